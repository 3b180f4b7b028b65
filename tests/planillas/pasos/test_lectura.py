"""Reading a concessionaire's list: headers as they come, hours that do not exist, other plates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook

from app.core.errors import InvalidValue
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.paso_fields import LAYOUT
from app.planillas.rules.paso_rows import read_pasos
from app.planillas.rules.rows import Review
from tests.planillas.pasos.rows import HEADER, ROW, make_csv, read


def only(contenido: bytes, **options):
    (paso,) = read(contenido, **options).filas
    return paso


def test_a_row_is_a_crossing_in_the_words_of_the_list():
    paso = only(make_csv(ROW))

    assert paso.problema == ""
    item = paso.sighting
    assert item.fecha == date(2026, 11, 20)
    assert item.fecha_hora == datetime(2026, 11, 20, 10, 51, 9, tzinfo=UTC)
    assert item.ubicacion == "P5, Carrascal – Vivaceta"
    assert (item.empresa, item.monto) == ("Costanera Norte", 740)


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (("PPU", "FECHA TRÁNSITO", "HORA", "PUNTO DE COBRO", "SENTIDO", "IMPORTE"),
         ("patente", "fecha", "hora", "ubicacion", "sentido", "monto")),
        (("Fecha y Hora", "Cód. Pórtico", "Autopista", "Valor"),
         ("fecha_hora", "codigo", "empresa", "monto")),
        (("Dia", "Concesionaria"), ("fecha", "empresa")),
        (("Patente", "FechaHora", "Nombre Pórtico"), ("patente", "fecha_hora", "ubicacion")),
    ],
)  # fmt: skip
def test_headers_are_recognised_however_they_are_called(header, fields):
    assert tuple(LAYOUT.guess(header).values()) == fields


@pytest.mark.parametrize(
    ("fecha", "hora", "moment"),
    [
        ("20-11-2026", "07:51", datetime(2026, 11, 20, 10, 51, tzinfo=UTC)),
        ("2026-11-20", "7.51 hrs", datetime(2026, 11, 20, 10, 51, tzinfo=UTC)),
        ("20/11/2026", "07:51:09.120", datetime(2026, 11, 20, 10, 51, 9, tzinfo=UTC)),
        ("20-11-2026", "20-11-2026 07:51", datetime(2026, 11, 20, 10, 51, tzinfo=UTC)),
        ("20-11-2026 00:00", "07:51", datetime(2026, 11, 20, 10, 51, tzinfo=UTC)),
        ("20-11-2026", "", None),
        # Winter: four hours behind UTC. An hour that happens twice is taken as its first.
        ("20-06-2026", "07:51", datetime(2026, 6, 20, 11, 51, tzinfo=UTC)),
        ("04-04-2026", "23:30", datetime(2026, 4, 5, 2, 30, tzinfo=UTC)),
    ],
)
def test_hours_are_those_of_a_clock_in_santiago(fecha, hora, moment):
    item = only(make_csv(("BBCL12", fecha, hora, "P5", "", "", ""))).sighting

    assert item.fecha_hora == moment


@pytest.mark.parametrize(
    ("text", "day", "moment"),
    [
        ("20-11-2026 07:51:09", date(2026, 11, 20), datetime(2026, 11, 20, 10, 51, 9, tzinfo=UTC)),
        (
            "2026-11-20T23:30:00-03:00",
            date(2026, 11, 20),
            datetime(2026, 11, 21, 2, 30, tzinfo=UTC),
        ),
        ("20-11-2026", date(2026, 11, 20), None),
    ],
)
def test_one_column_may_hold_both_or_the_day_alone(text, day, moment):
    item = only(make_csv((text, "P5"), header=("Fecha y hora", "Pórtico"))).sighting

    assert (item.fecha, item.fecha_hora) == (day, moment)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({1: ""}, "no dice la fecha"),
        ({1: "31-02-2026"}, "no existe"),
        ({1: "ayer"}, "no es una fecha"),
        ({1: "20-11-1999"}, "anterior a los primeros pórticos"),
        ({0: "???"}, "no es una patente"),
    ],
)
def test_a_row_that_cannot_be_read_says_why_and_the_others_count(change, says):
    bad = [change.get(index, cell) for index, cell in enumerate(ROW)]

    broken, good = read(make_csv(bad, ROW)).filas

    assert broken.sighting is None
    assert says in broken.problema
    assert not broken.es_otra_patente
    assert good.sighting is not None


def test_a_row_of_another_plate_is_refused_and_spellings_of_ours_are_not():
    other, *ours = read(
        make_csv(*(("BBCL13", *ROW[1:]), ("bb-cl.12", *ROW[1:]), ("BBCL12-5", *ROW[1:])))
    ).filas

    assert other.es_otra_patente
    assert "es de BBCL13, no de BBCL12" in other.problema
    assert [paso.problema for paso in ours] == ["", ""]


def test_a_list_without_plates_says_that_it_is_taken_on_trust():
    lectura = read(make_csv(("20-11-2026", "P5"), header=("Fecha", "Pórtico")))

    assert "se toman como de BBCL12" in lectura.warnings[0]


def test_titles_totals_and_repeated_headers_are_no_crossings():
    contenido = make_csv(
        HEADER, ROW, HEADER, ("Total", "", "", "", "", "", "$740"),
        header=("Sociedad Concesionaria", "", "", "", "", "", ""),
    )  # fmt: skip

    lectura = read(contenido)

    assert [paso.numero_fila for paso in lectura.filas] == [3]
    assert lectura.fila_encabezado == 2


def test_a_person_says_which_column_is_which_and_what_company_it_is():
    contenido = make_csv(("BBCL12", "x", "20-11-2026", "P5"), header=("A", "B", "Fecha", "D"))

    lectura = read(contenido, mapeo={0: "patente", 2: "fecha", 3: "codigo"}, empresa="AVN")

    item = lectura.filas[0].sighting
    assert (item.ubicacion, item.empresa) == ("P5", "AVN")
    assert [columna.campo for columna in lectura.columnas] == ["patente", None, "fecha", "codigo"]


@pytest.mark.parametrize(
    ("mapeo", "says"),
    [
        ({0: "patente"}, "Elija qué columna tiene la fecha"),
        ({0: "fecha", 1: "fecha"}, "está elegido en más de una columna"),
        ({0: "fecha", 1: "otro"}, "no existe"),
    ],
)
def test_columns_that_make_no_list_are_refused(mapeo, says):
    with pytest.raises(InvalidValue, match=says):
        read(make_csv(ROW), mapeo=mapeo)


@pytest.mark.parametrize(
    ("contenido", "says"),
    [
        (make_csv(("1", "2"), header=("Nombre", "Apellido")), "fila de encabezados"),
        (make_csv(), "ninguna fila debajo"),
        (make_csv(*([ROW] * 5001)), "más de 5.000 filas"),
    ],
)
def test_what_is_no_list_of_crossings_is_refused_whole(contenido, says):
    with pytest.raises(InvalidValue, match=says):
        read(contenido)


def test_codes_directions_and_long_texts_become_one_place():
    header = ("Fecha", "Código pórtico", "Tramo", "Sentido")
    first, second, third, fourth = read(
        make_csv(
            ("20-11-2026", "5", "Vivaceta", "oriente"),
            ("20-11-2026", "P5", "Pórtico P5 Vivaceta", "Sentido oriente"),
            ("20-11-2026", "", "", ""),
            ("20-11-2026", "", "x" * 300, ""),
            header=header,
        )
    ).filas

    assert first.sighting.ubicacion == "Pórtico 5, Vivaceta, sentido oriente"
    assert second.sighting.ubicacion == "Pórtico P5 Vivaceta, Sentido oriente"
    assert third.sighting.ubicacion is None
    assert len(fourth.sighting.ubicacion) == 200


def test_a_workbook_is_read_by_its_best_sheet():
    book = Workbook()
    book.active.title = "Portada"
    book.active.append(["Informe de tránsitos"])
    sheet = book.create_sheet("Pasos")
    sheet.append(list(HEADER))
    sheet.append(["BBCL12", date(2026, 11, 20), "07:51", "P5", None, "Costanera Norte", 740])
    file = BytesIO()
    book.save(file)

    planilla = open_planilla(file.getvalue(), "pasos.xlsx", LAYOUT.guess)
    lectura = read_pasos(planilla, Review(), patente="BBCL12")

    assert (lectura.hoja, lectura.fila_encabezado) == ("Pasos", 1)
    assert lectura.warnings == ("La hoja «Portada» no se leyó; se usó «Pasos».",)
    item = lectura.filas[0].sighting
    assert item.fecha_hora == datetime(2026, 11, 20, 10, 51, tzinfo=UTC)
    assert item.monto == 740
