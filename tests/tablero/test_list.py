"""The list of the same filters: sorted, on paper, and as a file that no program computes."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from app.core.clock import local_today, utcnow
from app.core.plazos import add_business_days
from app.oficios.rules import Estado, Prioridad
from app.oficios.service import PropietarioData
from app.tablero.models import ASPECT, Vista
from app.tablero.queries.listing import SORTS
from tests.factories import make_oficio
from tests.plugins.board import cards


def listed(html):
    return [int(pk) for pk in re.findall(r'id="oficio-row-(\d+)"', html)]


def read_csv(response):
    text = response.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


@pytest.fixture
def some(app, buffet, otro_buffet, usuario_admin):
    today = local_today(utcnow())
    return [
        make_oficio(
            app,
            firm,
            usuario_admin,
            patente=patente,
            prioridad=prioridad,
            fecha_limite=today + timedelta(days=days) if days is not None else None,
        )
        for firm, patente, prioridad, days in (
            (buffet, "BBCL12", Prioridad.BAJA, 30),
            (otro_buffet, "TDVJ83", Prioridad.URGENTE, 1),
            (buffet, "LGCR75", Prioridad.MEDIA, None),
        )
    ]


def test_the_most_urgent_deadline_comes_first_and_none_last(investigador, some):
    late, soon, none = some

    assert listed(investigador.get("/tablero/lista").text) == [soon.id, late.id, none.id]


def test_a_heading_sorts_and_turns_the_order_round(investigador, some):
    a, b, c = some
    up = investigador.get("/tablero/lista?orden=patente").text
    down = investigador.get("/tablero/lista?orden=patente&sentido=desc").text

    assert listed(up) == [a.id, c.id, b.id]
    assert listed(down) == [b.id, c.id, a.id]
    assert 'aria-sort="ascending"' in up
    assert 'aria-sort="descending"' in down
    assert listed(investigador.get("/tablero/lista?orden=prioridad").text)[0] == b.id


def test_open_cases_come_before_closed_ones_whatever_the_order(investigador, some, change):
    late, soon, none = some
    change(soon, estado=Estado.ENCONTRADO)

    assert listed(investigador.get("/tablero/lista").text) == [late.id, none.id, soon.id]
    down = investigador.get("/tablero/lista?orden=patente&sentido=desc").text
    assert listed(down) == [none.id, late.id, soon.id]


def test_each_person_chooses_columns_and_density_and_keeps_them(investigador, admin, some, rows):
    path = "/tablero/aspecto"
    columns = {"elegidas": "1", "columna": ["plazo", "rol", "basura"]}
    before = {"Referer": "http://localhost/tablero/lista"}

    answer = investigador.post(path, data=columns, headers=before)
    investigador.post(path, data={"densidad": "compacta"})
    refused = investigador.post(path, data={"densidad": "minúscula"})

    assert answer.headers["Location"].endswith("/tablero/lista")
    html = investigador.get("/tablero/lista").text
    shown = re.findall(r'href="/tablero/lista\?orden=(\w+)', html)
    assert shown == ["patente", "numero", "rol", "plazo"]
    assert "board-list is-compact" in html
    assert "is-compact" in investigador.get("/tablero").text
    assert refused.status_code == 303
    assert "board-list is-compact" not in admin.get("/tablero/lista").text
    assert "Vistas guardadas" in html
    assert len(rows(Vista, nombre=ASPECT)) == 1


@pytest.mark.parametrize("sort", [*SORTS, "basura"])
def test_every_order_works_in_both_directions(investigador, some, sort):
    for direction in ("", "&sentido=desc"):
        html = investigador.get(f"/tablero/lista?orden={sort}{direction}").text
        assert set(listed(html)) == {oficio.id for oficio in some}


def test_the_list_has_the_boards_filters(investigador, some, otro_buffet):
    query = f"buffet={otro_buffet.id}"

    in_list = listed(investigador.get(f"/tablero/lista?{query}").text)

    assert in_list == list(cards(investigador.get(f"/tablero?{query}").text)) == [some[1].id]
    assert len(read_csv(investigador.get(f"/tablero/lista.csv?{query}"))) == 2
    assert "Ningún oficio coincide" in investigador.get("/tablero/lista?q=nada+de+esto").text


def test_a_list_without_any_case_names_no_filter(investigador):
    page = investigador.get("/tablero/lista?todo=1").text
    assert "Todavía no hay oficios" in page
    assert "Quitar todos los filtros" not in page
    assert "Quitar todos los filtros" in investigador.get("/tablero/lista?q=nada").text


def test_what_is_due_counts_dias_habiles_and_what_is_quiet_counts_days(
    investigador, app, buffet, usuario_admin, change
):
    today = local_today(utcnow())
    due, later, closed = (
        make_oficio(app, buffet, usuario_admin, fecha_limite=day, estado=estado)
        for day, estado in (
            (add_business_days(today, 5), Estado.PENDIENTE),
            (add_business_days(today, 6), Estado.PENDIENTE),
            (today, Estado.ENCONTRADO),
        )
    )
    change(later, ultima_actividad_at=utcnow() - timedelta(days=8))
    change(closed, ultima_actividad_at=utcnow() - timedelta(days=8))

    assert listed(investigador.get("/tablero/lista?vence=5").text) == [due.id]
    assert listed(investigador.get("/tablero/lista?quieto=7").text) == [later.id]
    assert listed(investigador.get("/tablero/lista?vence=99999&quieto=99999").text) != []


def test_every_kind_of_warning_is_found_and_marked(
    investigador, app, buffet, usuario_admin, change
):
    quiet = make_oficio(app, buffet, usuario_admin)
    plate = make_oficio(app, buffet, usuario_admin, patente="SPRT44-1")
    person = make_oficio(
        app, buffet, usuario_admin, propietario=PropietarioData(nombre="X", rut="12345678-9")
    )
    arrival = make_oficio(
        app, buffet, usuario_admin, advertencias_ingreso={"comuna": "Esa comuna no existe."}
    )

    html = investigador.get("/tablero?advertencias=1").text

    assert set(cards(html)) == {plate.id, person.id, arrival.id}
    assert "Esa comuna no existe." in cards(html)[arrival.id]
    assert "plate-mark" not in cards(investigador.get("/tablero?todo=1").text)[quiet.id]
    change(plate.vehiculo, patente_confirmada=True)
    assert plate.id not in cards(investigador.get("/tablero?advertencias=1").text)


def test_a_csv_opens_in_excel_as_it_is_in_chile(investigador, some):
    response = investigador.get("/tablero/lista.csv?orden=patente")

    assert response.data.startswith("\ufeff".encode())
    head, first, *_ = read_csv(response)
    assert head[0] == "Patente"
    assert first[0] == "BBCL12"
    assert re.fullmatch(r"\d\d-\d\d-\d{4}", first[head.index("Fecha límite")])
    assert "attachment" in response.headers["Content-Disposition"]


def test_a_workbook_has_dates_as_dates_and_no_formula(investigador, some, change):
    change(some[0], numero_oficio="=HYPERLINK(1)")

    with investigador.get("/tablero/lista.xlsx?orden=patente") as response:
        sheet = load_workbook(io.BytesIO(response.data)).active

    head, first, *_ = list(sheet.iter_rows(values_only=True))
    assert first[head.index("Número de oficio")] == "'=HYPERLINK(1)"
    assert first[head.index("Fecha límite")].date() == some[0].fecha_limite
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    numbers = {row[4] for row in read_csv(investigador.get("/tablero/lista.csv"))}
    assert "'=HYPERLINK(1)" in numbers


def test_there_is_no_other_kind_of_file(investigador, oficio):
    assert investigador.get("/tablero/lista.pdf").status_code == 404
    assert investigador.get("/tablero/lista.csv").status_code == 200


def test_on_paper_there_is_neither_menu_nor_pages(investigador, some):
    html = investigador.get("/tablero/lista?imprimir=1").text

    assert "topbar" not in html.partition("<main")[0].partition("<body")[2]
    assert all(oficio.numero_oficio in html for oficio in some)


def test_a_long_list_comes_in_pages_that_keep_filters_and_order(
    investigador, app, buffet, usuario_admin
):
    for _ in range(52):
        make_oficio(app, buffet, usuario_admin)

    first = investigador.get("/tablero/lista?orden=numero").text
    second = investigador.get("/tablero/lista?orden=numero&pagina=2").text

    assert (len(listed(first)), len(listed(second))) == (50, 2)
    assert "orden=numero&amp;pagina=2" in first
