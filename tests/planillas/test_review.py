"""The preview: every row with its outcome, its corrections and its columns."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import openpyxl
import pytest

from app.buffets.models import Buffet
from app.db import db
from app.oficios.models import Oficio, Propietario
from app.planillas.models import Importacion
from app.planillas.rules.layout import Columna
from app.planillas.rules.memory import apply_remembered, remember
from app.planillas.rules.oficio_fields import LAYOUT
from app.vehiculos.models import Vehiculo
from tests.planillas.listados import (
    BROKEN,
    GOOD,
    make_importacion,
    make_list,
    press_import,
    read_counts,
    upload,
)
from tests.plugins.application import HTMX, assert_fragment


@pytest.fixture
def draft(app, buffet, usuario_investigador) -> int:
    """Row 2 is good, row 3 has no readable plate."""
    return make_importacion(app, buffet, usuario_investigador)


def value_of(text: str, name: str) -> str:
    """What an input of the page holds."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', text)
    assert tag, f"there is no input {name}"
    value = re.search(r'value="([^"]*)"', tag[0])
    assert value
    return value[1]


def chosen_for(text: str, column: int) -> str:
    """Which field a column's select holds."""
    select = text.partition(f'name="m-{column}"')[2].partition("</select>")[0]
    return next(iter(re.findall(r'value="([a-z_]*)" selected', select)), "")


def test_every_row_shows_its_outcome_and_its_reason(investigador, draft):
    page = investigador.get(f"/importar/{draft}").text

    assert read_counts(page) == (1, 0, 0, 1)
    assert 'id="importacion-fila-2"' in page
    assert 'id="importacion-fila-3"' in page
    assert "«NO TIENE» no es una patente chilena." in page
    assert value_of(page, "c-3-patente") == "NO TIENE"
    assert "c-2-patente" not in page
    assert "Se creará 1 oficio." in page
    assert "1 fila queda fuera." in page


def test_a_filter_shows_only_its_rows(investigador, draft):
    page = investigador.get(f"/importar/{draft}?ver=error").text

    assert 'id="importacion-fila-3"' in page
    assert 'id="importacion-fila-2"' not in page
    assert read_counts(page) == (1, 0, 0, 1)
    assert "Ninguna fila está así" in investigador.get(f"/importar/{draft}?ver=existe").text
    assert 'id="importacion-fila-2"' in investigador.get(f"/importar/{draft}?ver=cualquiera").text


def test_a_long_list_comes_in_pages_that_keep_the_filter(
    investigador, app, buffet, usuario_investigador
):
    listado = make_list(*((f"OF-{n}", "BBCL12", "", "") for n in range(150)))
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)

    first = investigador.get(f"/importar/{draft}?ver=crea").text
    second = investigador.get(f"/importar/{draft}?ver=crea&pagina=2").text
    beyond = investigador.get(f"/importar/{draft}?pagina=99").text

    assert 'id="importacion-fila-101"' in first
    assert 'id="importacion-fila-102"' not in first
    assert f'href="/importar/{draft}?ver=crea&amp;pagina=2"' in first
    assert 'id="importacion-fila-151"' in second
    assert 'id="importacion-fila-151"' in beyond


def test_a_correction_on_screen_turns_an_error_into_an_oficio(investigador, draft, rows):
    response = investigador.post(
        f"/importar/{draft}", data={"c-3-patente": "PHZF.55-K", "ver": "error"}
    )

    assert response.status_code == 303
    assert response.headers["Location"] == f"/importar/{draft}?ver=error"
    page = investigador.get(f"/importar/{draft}").text
    assert read_counts(page) == (2, 0, 0, 0)
    assert value_of(page, "c-3-patente") == "PHZF.55-K"
    assert "El archivo dice «NO TIENE»." in page
    assert rows(Oficio) == []

    assert press_import(investigador, f"/importar/{draft}").status_code == 303
    assert [(v.patente, v.patente_dv) for v in rows(Vehiculo)] == [
        ("BBCL12", None),
        ("PHZF55", "K"),
    ]


def test_a_correction_that_cannot_be_read_either_stays_as_typed(investigador, draft):
    response = investigador.post(
        f"/importar/{draft}", data={"c-3-patente": "no sé <b>"}, headers=HTMX
    )

    assert response.status_code == 200
    fragment = assert_fragment(response, f"importacion-preview-{draft}")
    assert value_of(fragment, "c-3-patente") == "no sé &lt;b&gt;"
    assert read_counts(fragment) == (1, 0, 0, 1)
    notice = json.loads(response.headers["HX-Trigger"])["aviso"]["texto"]
    assert notice == "Revisado. Filas por crear: 1; con error: 1."


def test_typing_what_the_file_says_takes_a_correction_back(investigador, draft, rows):
    investigador.post(f"/importar/{draft}", data={"c-3-patente": "BBCL34"})
    assert len(rows(Importacion)[0].correcciones) == 1

    investigador.post(f"/importar/{draft}", data={"c-3-patente": " NO  TIENE "})

    assert rows(Importacion)[0].correcciones == {}


def test_corrections_of_what_the_list_does_not_have_are_ignored(investigador, draft, rows):
    data = {"c-99-patente": "BBCL12", "c-3-clave": "x", "c-x-patente": "y", "c-3-notas": "Ojo"}

    investigador.post(f"/importar/{draft}", data=data)

    assert rows(Importacion)[0].correcciones == {"3": {"notas": "Ojo"}}


def test_a_formula_is_refused_on_the_list_and_on_screen(
    investigador, app, buffet, usuario_investigador, rows
):
    listado = make_list(("=cmd|' /C calc'!A0", *GOOD[1:]))
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)

    page = investigador.get(f"/importar/{draft}").text
    assert read_counts(page) == (0, 0, 0, 1)
    assert "parece una fórmula de planilla y no se importa" in page
    assert "No hay ninguna fila que crear." in page
    assert "/importar/1/importar" not in page

    investigador.post(f"/importar/{draft}", data={"c-2-numero_oficio": "@SUM(A1)"})
    assert read_counts(investigador.get(f"/importar/{draft}").text) == (0, 0, 0, 1)
    investigador.post(f"/importar/{draft}/importar", data={"version": 2})
    assert rows(Oficio) == []


def test_a_warning_can_be_corrected_on_screen_too(investigador, app, buffet, usuario_investigador):
    listado = make_list((*GOOD[:3], "Nunoaa"))
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)

    page = investigador.get(f"/importar/{draft}").text
    assert read_counts(page) == (0, 1, 0, 0)
    assert "¿Será «Ñuñoa»?" in page
    assert value_of(page, "c-2-comuna") == "Nunoaa"

    investigador.post(f"/importar/{draft}", data={"c-2-comuna": "Ñuñoa"})
    assert read_counts(investigador.get(f"/importar/{draft}").text) == (1, 0, 0, 0)


def test_a_long_note_is_corrected_in_a_box_of_lines(
    investigador, app, buffet, usuario_investigador, rows
):
    header = ("Oficio", "Patente", "Observaciones")
    listado = make_list(("OF-1", "BBCL12", "=1+1"), header=header)
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)

    assert "<textarea" in investigador.get(f"/importar/{draft}").text
    investigador.post(f"/importar/{draft}", data={"c-2-notas": "Uno\r\nDos"})
    press_import(investigador, f"/importar/{draft}")

    assert rows(Oficio)[0].notas_generales == "Uno\nDos"


# ---- Columns ----

STRANGE = ("Código interno", "Folio", "Patente", "Comuna")


def swapped() -> bytes:
    """A list whose first column is the number, though «Folio» looks more like one."""
    return make_list(("OF-7", "99", "BBCL12", "Ñuñoa"), header=STRANGE)


def test_columns_show_what_was_guessed_with_an_example(investigador, app, buffet):
    url = upload(investigador, buffet, swapped()).headers["Location"]

    page = investigador.get(url).text

    assert [chosen_for(page, n) for n in range(4)] == ["", "numero_oficio", "patente", "comuna"]
    assert "Por ejemplo: OF-7" in page


def test_a_corrected_mapping_is_read_at_once_and_remembered_after_the_import(
    investigador, buffet, otro_buffet, rows
):
    url = upload(investigador, buffet, swapped()).headers["Location"]
    columns = {"m-0": "numero_oficio", "m-1": "", "m-2": "patente", "m-3": "comuna"}

    assert investigador.post(url, data=columns).status_code == 303
    assert ">OF-7</span>" in investigador.get(url).text
    assert rows(Buffet, id=buffet.id)[0].mapeo_importacion == {}

    press_import(investigador, url)
    assert rows(Oficio)[0].numero_oficio == "OF-7"
    assert list(rows(Buffet, id=buffet.id)[0].mapeo_importacion.values()) == [
        {"0": "numero_oficio", "1": "", "2": "patente", "3": "comuna"}
    ]

    again = upload(investigador, buffet, swapped()).headers["Location"]
    page = investigador.get(again).text
    assert [chosen_for(page, n) for n in range(4)] == ["numero_oficio", "", "patente", "comuna"]
    assert read_counts(page) == (0, 0, 1, 0)

    other = upload(investigador, otro_buffet, swapped()).headers["Location"]
    assert chosen_for(investigador.get(other).text, 0) == ""


def test_what_was_remembered_holds_for_its_layout_alone(investigador, buffet):
    url = upload(investigador, buffet, swapped()).headers["Location"]
    columns = {"m-0": "numero_oficio", "m-1": "", "m-2": "patente", "m-3": "comuna"}
    investigador.post(url, data=columns)
    press_import(investigador, url)

    header = ("Patente", "Marca", "Código interno", "Folio")
    listado = make_list(("BBCL12", "Kia", "OF-8", "98"), header=header)
    page = investigador.get(upload(investigador, buffet, listado).headers["Location"]).text

    assert [chosen_for(page, n) for n in range(4)] == ["patente", "marca", "", "numero_oficio"]


def test_what_was_remembered_does_not_beat_the_name_of_a_field():
    columns = [Columna(0, "Patente", "patente"), Columna(1, "Número", "numero_oficio")]
    kept = remember([replace(columns[0], campo=None), replace(columns[1], campo="patente")], {})

    assert apply_remembered(columns, kept, LAYOUT) is None
    assert apply_remembered(
        columns, remember([columns[0], replace(columns[1], campo="rol")], {}), LAYOUT
    ) == {0: "patente", 1: "rol"}


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (("patente", "patente", "tribunal", "comuna"), "«Patente» está elegido en más de una"),
        (("numero_oficio", "", "tribunal", "comuna"), "Elija qué columna tiene el campo «Patente»"),
        (("numero_oficio", "patente", "clave", "comuna"), "El campo «clave» no existe."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_columns_that_make_no_sense_are_refused_and_stay_as_chosen(
    headers, columns, sentence, investigador, draft, rows
):
    data = {f"m-{n}": campo for n, campo in enumerate(columns)} | {"c-3-patente": "BBCL34"}

    response = investigador.post(f"/importar/{draft}", data=data, headers=headers)

    assert response.status_code == 422
    assert sentence in response.text
    assert chosen_for(response.text, 0) == columns[0]
    assert value_of(response.text, "c-3-patente") == "BBCL34"
    assert ("<html" in response.text) is not bool(headers)
    assert (rows(Importacion)[0].mapeo, rows(Importacion)[0].correcciones) == ({}, {})


def test_a_field_that_moves_to_another_column_loses_its_corrections(investigador, draft, rows):
    data = {"c-3-patente": "BBCL34", "c-3-comuna": "Maipú"}
    investigador.post(f"/importar/{draft}", data=data)
    columns = {"m-0": "numero_oficio", "m-1": "patente", "m-2": "comuna", "m-3": "tribunal"}

    investigador.post(f"/importar/{draft}", data=columns)

    stored = rows(Importacion)[0]
    assert stored.mapeo["2"] == "comuna"
    assert stored.correcciones == {"3": {"patente": "BBCL34"}}


def test_a_list_whose_number_was_not_found_asks_for_its_column(
    investigador, app, buffet, usuario_investigador
):
    listado = make_list(("BBCL12", "Kia", "OF-1"), header=("Patente", "Marca", "Identificador"))
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)

    assert read_counts(investigador.get(f"/importar/{draft}").text) == (0, 1, 0, 0)
    investigador.post(
        f"/importar/{draft}", data={"m-0": "patente", "m-1": "marca", "m-2": "numero_oficio"}
    )

    assert read_counts(investigador.get(f"/importar/{draft}").text) == (1, 0, 0, 0)


# ---- Discarding ----


def test_a_discarded_draft_loses_its_file_and_makes_no_oficio(investigador, draft, rows, app):
    response = investigador.post(f"/importar/{draft}/descartar")

    assert response.headers["Location"] == "/importar"
    assert rows(Oficio) == []
    assert rows(Importacion)[0].correcciones == {}
    with app.app_context():
        assert db.session.get_one(Importacion, draft).contenido == b""
    page = investigador.get(f"/importar/{draft}", follow_redirects=True).text
    assert "Ese listado se descartó." in page
    assert investigador.get(f"/importar/{draft}/informe.csv").status_code == 404
    assert investigador.post(f"/importar/{draft}", data={}).status_code == 303
    assert investigador.post(f"/importar/{draft}/descartar").status_code == 303


def test_an_imported_list_is_not_discarded(investigador, draft, rows):
    press_import(investigador, f"/importar/{draft}")

    response = investigador.post(f"/importar/{draft}/descartar", follow_redirects=True)

    assert "Este listado ya se importó." in response.text
    assert rows(Importacion)[0].resultado["crea"] == 1


# ---- Who ----


@pytest.mark.parametrize("who", ["cliente", "cliente_ajeno"])
def test_a_draft_does_not_exist_for_people_of_a_buffet(who, request, draft, rows):
    client = request.getfixturevalue(who)
    assert request.getfixturevalue("investigador").get(f"/importar/{draft}").status_code == 200

    assert client.get("/importar").status_code == 404
    assert client.get(f"/importar/{draft}").status_code == 404
    assert client.get(f"/importar/{draft}/informe.csv").status_code == 404
    for action in ("", "/importar", "/descartar"):
        assert client.post(f"/importar/{draft}{action}", data={"version": 1}).status_code == 404
    assert rows(Oficio) == []


def test_a_stranger_is_sent_to_the_sign_in_page(stranger, draft):
    assert stranger.get(f"/importar/{draft}").headers["Location"].startswith("/entrar")
    assert stranger.post(f"/importar/{draft}/importar").headers["Location"].startswith("/entrar")


def test_a_colleague_goes_on_with_a_draft(admin, draft):
    assert BROKEN[0] in admin.get(f"/importar/{draft}").text
    assert press_import(admin, f"/importar/{draft}").status_code == 303


def test_a_list_that_does_not_exist_is_not_found(investigador, draft):
    assert investigador.get(f"/importar/{draft}").status_code == 200
    assert investigador.get("/importar/987").status_code == 404


# ---- Proposals, rows left out, what is not imported ----


def test_proposals_are_taken_for_one_row_for_all_alike_and_all_at_once(
    investigador, app, buffet, usuario_investigador
):
    listado = make_list(
        ("1", "HJKL2O", "", "Maypu"), ("2", "BBCL13", "", "Maypu"), ("3", "BBCL14", "", "Ñuñoa")
    )
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)
    url = f"/importar/{draft}"
    page = investigador.get(url).text
    assert "Aplicar a las 2 iguales" in page
    assert "Letra O por cero" in page

    investigador.post(url, data={"propuesta": "2:patente", "c-2-patente": "HJKL2O"})
    assert read_counts(investigador.get(url).text) == (1, 2, 0, 0)
    investigador.post(url, data={"propuesta": "iguales:3:comuna"})
    assert read_counts(investigador.get(url).text) == (3, 0, 0, 0)

    again = make_importacion(app, buffet, usuario_investigador, contenido=listado)
    investigador.post(f"/importar/{again}", data={"propuesta": "todas"})
    assert read_counts(investigador.get(f"/importar/{again}").text) == (3, 0, 0, 0)


def test_a_row_is_opened_for_editing_and_left_out(investigador, draft, rows):
    url = f"/importar/{draft}"
    moved = investigador.post(url, data={"editar": "2"}).headers["Location"]
    page = investigador.get(moved).text
    assert value_of(page, "c-2-comuna") == "Ñuñoa"
    assert value_of(page, "c-2-numero_oficio") == "OF-1"

    investigador.post(url, data={"saltar": "2", "c-3-patente": "LGCR75"})
    press_import(investigador, url)
    assert [v.patente for v in rows(Vehiculo)] == ["LGCR75"]


def test_what_is_not_imported_is_named_counted_and_taken_to_the_notes(
    investigador, app, buffet, usuario_investigador, rows
):
    header = ("N° Oficio", "Patente", "N° Carpeta")
    listado = make_list(("1", "BBCL12", "2026-118"), ("2", "BBCL13", ""), header=header)
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)
    url = f"/importar/{draft}"
    page = investigador.get(url).text
    assert "Esto no se importa" in page
    assert "«N° Carpeta»" in page
    assert "1 de 2" in page

    columns = {"m-0": "numero_oficio", "m-1": "patente", "m-2": "", "a_notas": "2"}
    investigador.post(url, data=columns)
    assert "Esto no se importa" not in investigador.get(url).text
    press_import(investigador, url)
    assert [o.notas_generales for o in rows(Oficio)] == ["N° Carpeta: 2026-118", None]


def test_the_vehicles_of_an_order_become_linked_cases_with_all_their_persons(
    investigador, app, buffet, usuario_investigador, rows
):
    header = ("N° Oficio", "Rol", "Patentes", "Deudores", "RUTs")
    persons = ("ANA SOTO (deudora) y LUIS PAZ (aval)", "12.345.678-5 / 7.654.321-6")
    listado = make_list(("7", "C-1-2026", "BBCL12 / LGCR75", *persons), header=header)
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)
    url = f"/importar/{draft}"
    assert "(2 de 2)" in investigador.get(url).text
    press_import(investigador, url)

    assert [(o.numero_oficio, o.vehiculo_n) for o in rows(Oficio)] == [("7", 1), ("7", 2)]
    assert [v.patente for v in rows(Vehiculo)] == ["BBCL12", "LGCR75"]
    case = investigador.get(f"/oficios/{rows(Oficio)[0].id}").text
    assert "Otro vehículo del mismo oficio" in case
    assert sorted((p.oficio_id, p.nombre, p.tipo.value) for p in rows(Propietario)) == [
        (n, *who)
        for n in sorted(o.id for o in rows(Oficio))
        for who in (("ANA SOTO", "principal"), ("LUIS PAZ", "aval"))
    ]


def test_the_encoding_is_shown_and_can_be_changed(investigador, app, buffet, usuario_investigador):
    listado = make_list(("1", "BBCL12", "", "Ñuñoa")).decode().encode("cp850")
    draft = make_importacion(app, buffet, usuario_investigador, contenido=listado)
    url = f"/importar/{draft}"
    assert 'value="cp850" selected' in investigador.get(url).text

    investigador.post(url, data={"codificacion": "cp1252"})
    page = investigador.get(url).text
    assert 'value="cp1252" selected' in page
    assert "¥u¤oa" in page

    investigador.post(url, data={"codificacion": "cp850"})
    assert "Ñuñoa" in investigador.get(url).text


def test_what_is_said_of_a_row_as_a_whole_is_told_although_the_list_has_no_notes(
    investigador, buffet
):
    book = openpyxl.Workbook()
    for row in (("N° Oficio", "Patente"), ("OF-1", "BBCL12"), ("OF-2", "BBCL13")):
        book.active.append(row)
    for cell in book.active[3]:
        cell.font = openpyxl.styles.Font(strike=True)
    stream = io.BytesIO()
    book.save(stream)

    url = upload(investigador, buffet, stream.getvalue(), "lista.xlsx").headers["Location"]

    page = investigador.get(url).text
    assert read_counts(page) == (1, 1, 0, 0)
    assert "Fila tachada: La fila está tachada en la planilla" in page
