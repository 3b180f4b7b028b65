"""The sender's own columns with the result, to correct and send again; and the template."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from app.oficios.models import Oficio, Propietario
from app.oficios.rules.campos import CAMPOS
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.layout import read_texts
from app.planillas.rules.map_points import LAT, LON, MARGIN
from app.planillas.rules.oficio_fields import LAYOUT
from tests.planillas.listados import make_importacion, make_list, press_import

HEADER = ("Cartera", "N° Oficio", "Patente", "Teléfono deudor", "Abogado")
ROWS = (
    ("Sur", "OF-1", "BBCL12", "+56 9 1234 5678", "=SUMA(A1)"),
    ("Norte", "OF-2", "NO TIENE", "", "Inés Vial"),
)


def cells(response: Any) -> list[tuple[Any, ...]]:
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    sheet = load_workbook(io.BytesIO(response.data)).worksheets[0]
    response.close()
    return [tuple("" if cell is None else cell for cell in row) for row in sheet.values]


@pytest.fixture
def imported(app, investigador, buffet, usuario_investigador) -> str:
    listado = make_list(*ROWS, header=HEADER)
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)
    press_import(investigador, f"/importar/{draft}")
    return f"/importar/{draft}"


def test_the_report_has_the_senders_columns_the_result_and_a_link(imported, investigador, rows):
    header, good, bad = cells(investigador.get(f"{imported}/informe.xlsx"))

    assert header[:5] == HEADER
    assert header[5:] == ("Resultado en Rastro", "Motivo en Rastro", "Enlace en Rastro")
    assert good[:4] == ("Sur", "OF-1", "BBCL12", "'+56 9 1234 5678")
    assert good[5:] == ("Creado", "", f"http://localhost/oficios/{rows(Oficio)[0].id}")
    assert bad[:3] == ROWS[1][:3]
    assert bad[5] == "Quedó fuera"
    assert "no es una patente chilena" in bad[6]


def test_the_report_is_corrected_and_dropped_again(
    imported, app, investigador, buffet, usuario_investigador, rows
):
    response = investigador.get(f"{imported}/informe.xlsx")
    book = load_workbook(io.BytesIO(response.data))
    response.close()
    book.worksheets[0]["C3"] = "BBCL34"
    corrected = io.BytesIO()
    book.save(corrected)
    draft = make_importacion(
        app,
        buffet,
        usuario_investigador,
        contenido=corrected.getvalue(),
        nombre="informe.xlsx",
    )
    press_import(investigador, f"/importar/{draft}")

    assert [row.numero_oficio for row in rows(Oficio)] == ["OF-1", "OF-2"]
    assert [row.telefono for row in rows(Propietario)] == ["+56912345678"]
    header, good, fixed = cells(investigador.get(f"/importar/{draft}/informe.xlsx"))
    assert header[:5] == HEADER
    assert len(header) == 8, "what the first report added is not there twice"
    assert (good[5], fixed[5]) == ("Ya existía", "Creado")


def test_a_list_without_headers_comes_in_and_its_report_can_be_sent_again(
    app, investigador, buffet, usuario_investigador, rows
):
    plates = ("BBCL12", "BBCL34", "LGCR75")
    content = make_list(*((plate, f"C-{n}-2026") for n, plate in enumerate(plates, 1)), header=())
    draft = make_importacion(app, buffet, usuario_investigador, contenido=content)

    page = investigador.get(f"/importar/{draft}").text

    assert "no trae una fila de encabezados" in page
    assert "Columna 1" in page
    header, first, *_ = cells(investigador.get(f"/importar/{draft}/informe.xlsx"))
    assert (header[:2], first[:2]) == (
        ("Patente", "Rol de la causa"),
        ("BBCL12", "C-1-2026"),
    )
    press_import(investigador, f"/importar/{draft}")
    assert [row.rol for row in rows(Oficio)] == ["C-1-2026", "C-2-2026", "C-3-2026"]


def test_the_template_is_a_list_with_every_field(investigador):
    response = investigador.get("/importar/plantilla.xlsx")

    assert response.status_code == 200
    texts = read_texts(open_planilla(response.data, "plantilla.xlsx", LAYOUT.guess), LAYOUT)
    names = list(CAMPOS)
    after = names.index("region") + 1
    names[after:after] = [LAT, LON, MARGIN]
    assert list(texts.mapeo.values()) == names
    assert [fila.valores["patente"] for fila in texts.filas] == ["BBCL12-3", "LGCR75"]
    sheet = load_workbook(io.BytesIO(response.data)).worksheets[0]
    assert len(sheet.data_validations.dataValidation) == 5
    response.close()
