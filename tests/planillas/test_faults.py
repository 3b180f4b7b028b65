"""Lists that once were misread, each as it came (tests/data/faults)."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.clock import to_local
from app.core.dates import parse_hora, split_fecha_hora
from app.core.errors import InvalidValue
from app.db import db
from app.oficios.models import Oficio, Propietario
from app.planillas.outside import book_reader
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.oficio_outcomes import classify_oficios
from app.planillas.rules.paso_fields import LAYOUT
from app.planillas.rules.paso_rows import read_pasos
from app.planillas.rules.rows import Review
from tests.planillas.listados import press_import, read_list, upload

FAULTS = Path(__file__).parents[1] / "data" / "faults"
HOY = date(2026, 11, 28)


def read(name):
    return read_list((FAULTS / name).read_bytes(), name, today=HOY)


def hours(content, patente="LGCR75", name="pasos.csv"):
    planilla = open_planilla(content, name, LAYOUT.guess)
    filas = read_pasos(planilla, Review(), patente=patente).filas
    sightings = [fila.sighting for fila in filas]
    return [f"{to_local(s.fecha_hora):%H:%M:%S}" if s.fecha_hora else None for s in sightings]


@pytest.mark.parametrize(
    ("name", "patente", "right"),
    [
        (
            "pasos_18_dias_a_las_0740.csv",
            "XGXK80",
            [f"07:{40 + day % 5}:10" for day in range(2, 20)],
        ),
        ("pasos_fecha_con_hora.csv", "LGCR75", ["18:42:37", "19:05:00"]),
        ("pasos_fecha_con_hora.xlsx", "LGCR75", ["18:42:37", "19:05:00", "19:05:40"]),
        (
            "pasos_horas.xlsx",
            "LGCR75",
            ["18:42:37", "00:00:00"] + ["18:42:00"] * 5 + ["18:42:10"] + ["18:42:00"] * 3,
        ),
    ],
)
def test_the_hour_of_a_crossing_is_kept(name, patente, right):
    assert hours((FAULTS / name).read_bytes(), patente, name) == right


def test_a_column_of_dates_has_hours_where_one_of_them_is_no_midnight():
    lines = ["10-07-2026 00:00:00", "11-07-2026 6:42 PM", "12-07-2026 12:05 a. m.", "13-07-2026"]

    assert hours("\n".join(["Fecha", *lines]).encode()) == [
        "00:00:00",
        "18:42:00",
        "00:05:00",
        None,
    ]
    assert hours("\n".join(["Fecha", lines[0], lines[3]]).encode()) == [None, None]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("0", time(0)),
        ("0.25", time(6)),
        ("0,779166666666667", time(18, 42)),
        ("6:42 PM", time(18, 42)),
        ("12:00 a.m.", time(0)),
        ("12:30 p. m.", time(12, 30)),
        ("7h05", time(7, 5)),
        ("742", time(7, 42)),
        ("184237", time(18, 42, 37)),
        ("18:42 hrs.", time(18, 42)),
    ],
)
def test_an_hour_is_read_however_a_sheet_writes_it(text, right):
    assert parse_hora(text) == right


@pytest.mark.parametrize("text", ["", "25:00", "18:60", "13:00 a. m.", "tarde", "7", "9999"])
def test_what_is_no_hour_is_refused(text):
    with pytest.raises(InvalidValue, match="no es una hora"):
        parse_hora(text)


def test_days_with_a_fraction_are_a_moment():
    assert f"{split_fecha_hora('46213.779166666667')}" == "2026-07-10 18:42:00"


def test_merged_cells_give_their_value_to_each_of_their_rows():
    filas = read("oficios_combinadas.xlsx").filas

    assert [fila.datos.get("tribunal") for fila in filas] == ["1º Juzgado Civil de Santiago"] * 3
    assert [fila.datos.get("fecha_limite") for fila in filas] == [date(2026, 12, 2)] * 3


def test_rows_hidden_by_a_filter_are_asked_about(app, investigador, buffet):
    name = "oficios_filtrada.xlsx"
    content = (FAULTS / name).read_bytes()
    url = upload(investigador, buffet, content, name).headers["Location"]
    page = investigador.get(url).text
    assert "2 filas ocultas en la planilla" in page
    assert page.count("Incluir esta fila oculta") == 2

    investigador.post(url, data={"h-3": "1", "o-3": "1", "h-4": "1"})
    press_import(investigador, url)

    with app.app_context():
        numbers = db.session.scalars(select(Oficio.numero_oficio).order_by(Oficio.id)).all()
    assert numbers == ["1", "2", "4"]
    assert "1 fila oculta en la planilla no se importó" in investigador.get(url).text
    assert "Oculta: no se importó" in investigador.get(f"{url}/informe.csv").text


def test_all_hidden_rows_may_be_asked_for_and_left_out_again(investigador, buffet):
    name = "oficios_filtrada.xlsx"
    url = upload(investigador, buffet, (FAULTS / name).read_bytes(), name).headers["Location"]
    assert "Importar 2 oficios" in investigador.get(url).text

    investigador.post(url, data={"ocultas": "todas"})
    assert "Importar 4 oficios" in investigador.get(url).text

    investigador.post(url, data={"ocultas": "ninguna"})
    assert "Importar 2 oficios" in investigador.get(url).text


def test_a_number_shown_with_zeros_and_its_text_are_one():
    filas = classify_oficios(read("oficios_ceros.xlsx").filas, ())

    assert [fila.texto("numero_oficio") for fila in filas] == ["000123"] * 2
    assert filas[1].motivo.startswith("Otro vehículo del oficio de la fila 2:")


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (123, "000000", "000123"),
        (1842, r"00\:00", "18:42"),
        (5, '0000"-2026"', "0005-2026"),
        (1234567, "000-000", "1234-567"),
        (-5, "000", "-5"),
        (123, "#,##0", "123"),
    ],
)
def test_a_whole_number_is_read_as_its_format_shows_it(value, code, text):
    assert book_reader.cell_text(value, code) == text


def test_utf8_stays_utf8_in_spite_of_a_pasted_row():
    filas = read("csv_mezcla_utf8_cp1252.csv").filas

    assert [f.datos["propietario_nombre"] for f in filas] == ["José Muñoz"] * 5 + ["María Peña"]
    assert [f.datos["comuna"] for f in filas[:5]] == ["Ñuñoa"] * 5
    assert filas[5].texto("comuna") == "Viña"


def test_capitals_of_windows_are_read():
    filas = read("oficios_cp1252_mayusculas.csv").filas

    names = ["JOSÉ MUÑOZ", "JOSÉ MUÑOZ", "BEGOÑA ZÚÑIGA"]
    assert [fila.datos["propietario_nombre"] for fila in filas] == names
    assert [fila.datos["comuna"] for fila in filas] == ["Santiago", "Concepción", "Vitacura"]


def test_what_an_optional_field_cannot_take_refuses_no_order(app, investigador, buffet):
    name = "oficios_campos_opcionales.csv"
    filas = read(name).filas
    assert len(filas) == 12
    assert not any(fila.errores for fila in filas)
    assert filas[8].datos["fecha_ingreso"] == date(2026, 11, 1)
    url = upload(investigador, buffet, (FAULTS / name).read_bytes(), name).headers["Location"]

    press_import(investigador, url)

    with app.app_context():
        kept = {o.numero_oficio: o.advertencias_ingreso for o in db.session.scalars(select(Oficio))}
    assert len(kept) == 12
    assert kept["901"] == kept["910"] == {}
    with app.app_context():
        personas = {p.rut or p.notas for p in db.session.scalars(select(Propietario))}
    assert {"12345678-5", "76123456-0", "Otro teléfono: 2 2345 6789"} <= personas
    assert "«EXTRANJERO»" in kept["912"]["propietario_rut"]
