"""The heads over the rows of a list: what each column is, and where that is chosen."""

from __future__ import annotations

import re
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.oficios.models import Oficio
from app.planillas.rules.column_heads import list_heads
from tests.planillas.listados import (
    make_importacion,
    make_list,
    press_import,
    read_list,
)

TODAY = date(2026, 11, 20)
HEADER = ("PPU", "N° OF.", "CAUSA", "RUT", "DV", "F. VENC.", "N° Carpeta")
ROWS = (
    ("BBCL12", "1", "C-1-2026 3º Civil de Santiago", "12345678", "5", "04-05-1975", "2026-118"),
    ("BBCL1O", "2", "C-2-2026 3º Civil de Santiago", "7654321", "6", "11-09-1980", "2026-119"),
    ("BBCL14", "3", "C-3-2026 3º Civil de Santiago", "11111111", "1", "30-01-1969", ""),
)


@pytest.fixture
def listado(app, buffet, usuario_investigador) -> int:
    """Three rows: one plate with a letter for a digit, births under the header of a deadline."""
    contenido = make_list(*ROWS, header=HEADER)
    return make_importacion(app, buffet, usuario_investigador, contenido=contenido)


def split_page(page: str) -> tuple[str, str, str]:
    """The panel beside the rows, the heads, and the rows."""
    panel = page.partition('class="review-side"')[2].partition('class="review-rows"')[0]
    heads = page.partition("<thead>")[2].partition("</thead>")[0]
    return panel, heads, page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_columns_that_make_one_field_stand_under_one_head():
    lectura = read_list(make_list(*ROWS, header=HEADER), "a.csv", today=TODAY)

    heads = list_heads(lectura.columnas, lectura.filas)

    assert [
        (tuple(one.encabezado for one in head.columnas), head.etiqueta, head.campos)
        for head in heads
    ] == [
        (("PPU",), "Patente", ("patente",)),
        (("N° OF.",), "Número de oficio", ("numero_oficio",)),
        (("CAUSA",), "Rol y tribunal", ("rol", "tribunal")),
        (("RUT", "DV"), "RUT del propietario", ("propietario_rut",)),
    ]
    assert [(head.leidas, head.dudosas) for head in heads] == [(2, 1), (3, 0), (3, 0), (3, 0)]
    assert [head.is_split for head in heads] == [False, False, True, False]


def test_each_column_is_chosen_once_at_its_head_or_beside_the_rows(investigador, listado):
    panel, heads, _ = split_page(investigador.get(f"/importar/{listado}").text)

    assert re.findall(r'<select[^>]*name="m-(\d+)"', heads) == ["0", "1", "2", "3", "4"]
    assert re.findall(r'<select[^>]*name="m-(\d+)"', panel) == ["5", "6"]
    assert re.findall(r'<label class="heads-name" for="m-\d+">([^<]*)<', heads) == [*HEADER[:5]]
    assert "2 de 3" in heads
    assert "1 fila con dudas" in heads
    assert "partida en dos" in heads


def test_what_the_cells_deny_is_said_beside_their_column(investigador, listado):
    panel, heads, _ = split_page(investigador.get(f"/importar/{listado}").text)

    assert "Columna «F. VENC.»" in panel
    assert "Su encabezado dice «Fecha límite», sus celdas no." in panel
    assert "sus celdas no" not in heads

    columns = ("patente", "numero_oficio", "rol_tribunal", "rut_sin_dv", "rut_dv", "", "a_notas")
    investigador.post(
        f"/importar/{listado}", data={f"m-{n}": name for n, name in enumerate(columns)}
    )
    again = investigador.get(f"/importar/{listado}").text
    assert "sus celdas no" not in again, "a person has chosen"


def test_a_column_is_taken_to_a_field_from_the_panel_and_from_its_head(investigador, listado, rows):
    url = f"/importar/{listado}"
    columns = ("patente", "", "rol_tribunal", "rut_sin_dv", "rut_dv", "", "numero_oficio")

    investigador.post(url, data={f"m-{n}": name for n, name in enumerate(columns)})

    panel, heads, body = split_page(investigador.get(url).text)
    assert "Columna «N° OF.»" in panel
    assert re.findall(r'<select[^>]*name="m-(\d+)"', heads) == ["0", "2", "3", "4", "6"]
    assert "2026-118" in body
    investigador.post(url, data={"saltar": "3"})
    press_import(investigador, url)
    numbers = [oficio.numero_oficio for oficio in rows(Oficio)]
    assert numbers[0] == "2026-118"
    assert len(numbers) == 2


def test_a_column_of_the_notes_is_told_beside_the_rows_and_shown_under_them(investigador, listado):
    url = f"/importar/{listado}"
    columns = ("patente", "numero_oficio", "rol_tribunal", "rut_sin_dv", "rut_dv", "", "a_notas")
    investigador.post(url, data={f"m-{n}": name for n, name in enumerate(columns)})

    panel, heads, body = split_page(investigador.get(url).text)

    notes = panel.partition('id="importacion-to-notes"')[2]
    assert "1 columna, 2 celdas con texto" in notes
    assert 'name="m-6"' in notes
    assert 'name="m-6"' not in heads
    assert "N° Carpeta: 2026-118" in body


def test_choices_stand_under_their_row(investigador, listado):
    _, _, body = split_page(investigador.get(f"/importar/{listado}").text)

    row, under = body.partition('id="importacion-fila-3"')[2].split("</tr>")[:2]
    assert "BBCL1O" in row
    assert "<input" not in row
    assert "preview-under" in under
    assert 'name="c-3-patente"' in under
    assert "Usar «BBCL10»" in under
    assert 'headers="importacion-fila-3-n"' in under
    assert "preview-under" not in body.partition('id="importacion-fila-2"')[2].split("</tr>")[1]


def test_a_list_without_a_number_shows_the_one_that_it_gets_under_its_row(
    investigador, app, buffet, usuario_investigador
):
    contenido = make_list(("BBCL12", "C-15-2026"), header=("Patente", "Rol"))
    draft = make_importacion(app, buffet, usuario_investigador, contenido=contenido)

    _, _, body = split_page(investigador.get(f"/importar/{draft}").text)

    assert "C-15-2026 BBCL12" in body


def test_empty_columns_are_sent_with_the_others(investigador, app, buffet, usuario_investigador):
    contenido = make_list(("BBCL12", "1", ""), header=("Patente", "Oficio", "Sobrante"))
    draft = make_importacion(app, buffet, usuario_investigador, contenido=contenido)

    page = investigador.get(f"/importar/{draft}").text

    assert re.search(r'<input type="hidden"\s+name="m-2"\s+value=""', page)


@pytest.mark.e2e
def test_a_column_is_chosen_with_the_keyboard_and_without_scripts(
    browse, listado, usuario_investigador
):
    page = browse(usuario_investigador, f"/importar/{listado}", java_script_enabled=False)

    select = page.get_by_role("combobox", name="N° OF.")
    expect(select).to_have_value("numero_oficio")
    select.focus()
    page.keyboard.type("No se")
    expect(select).to_have_value("")
    page.get_by_role("columnheader", name="Resultado").get_by_role("button").press("Enter")

    expect(page.locator("#importacion-left-out")).to_contain_text("Columna «N° OF.»")
    expect(page.get_by_role("columnheader", name="N° OF.")).to_have_count(0)


@pytest.mark.e2e
def test_the_heads_of_a_phone_open_over_the_rows(browse, listado, usuario_investigador):
    page = browse(usuario_investigador, f"/importar/{listado}", width=360, height=740)
    select = page.locator("select[name=m-0]")
    expect(select).to_be_hidden()

    page.locator(f"#importacion-columns-{listado} summary").click()

    expect(select).to_be_visible()
    assert select.bounding_box()["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.e2e
def test_nothing_of_the_review_shuts_anybody_out(browse, listado, usuario_investigador):
    page = browse(usuario_investigador, f"/importar/{listado}")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert found == [], [(one["id"], one["nodes"][0]["html"][:200]) for one in found]
