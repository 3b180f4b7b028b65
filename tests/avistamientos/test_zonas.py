"""Hours on the clock of their place, from what is read to what is shown, printed and answered."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from app.avistamientos.models import Avistamiento
from app.avistamientos.queries.newest_sightings import list_for_notice
from app.avistamientos.rules.crossings import Crossing
from app.avistamientos.service import rematch
from app.db import transaction
from app.patrones.queries.sighting_columns import list_pasos
from app.patrones.rules.trips import group_trips
from tests.avistamientos.rows import an_answer, make_sighting, store
from tests.informes.expedientes import make_expediente, pdf_of
from tests.planillas.pasos.rows import make_csv, make_listado
from tests.porticos.rows import make_gantry

#: 10:15 in Punta Arenas in winter, when Santiago's clock shows 9:15.
WINTER = datetime(2026, 6, 24, 13, 15, tzinfo=UTC)
SHOWN = "24-06-2026 10:15 (hora de Magallanes)"
TWICE = "Hora dudosa: 04-04-2026 23:30 existió dos veces por el cambio de hora."
NEVER = "Hora dudosa: 06-09-2026 00:30 no existió ese día por el cambio de hora."


def expediente_of(app, oficio, usuario) -> str:
    """Its text as another program reads it."""
    row = make_expediente(app, oficio, usuario)
    pages = PdfReader(io.BytesIO(pdf_of(app, row))).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.replace("\u200b", "").split())


def crossing(**values) -> Crossing:
    return Crossing(
        **{"fecha": date(2026, 6, 24), "fecha_hora": WINTER, "ubicacion": "Punta Arenas", **values}
    )


def test_a_sighting_shows_the_clock_of_its_place_everywhere(
    app, oficio, investigador, investigador_api, usuario_investigador
):
    store(app, oficio, an_answer([crossing(ubicacion="Av. Colón 5, Punta Arenas")]))

    section = investigador.get(f"/oficios/{oficio.id}/avistamientos").text
    assert SHOWN in section
    assert "09:15" not in section
    assert SHOWN in expediente_of(app, oficio, usuario_investigador)
    with app.app_context():
        assert [told.cuando for told in list_for_notice(oficio.id)] == [SHOWN]
        [trip] = group_trips(list_pasos(oficio.id))
    assert (trip.fecha, trip.minuto) == (date(2026, 6, 24), 10 * 60 + 15)
    [told] = investigador_api("GET", f"/oficios/{oficio.id}/avistamientos").get_json()
    assert datetime.fromisoformat(told["fecha_hora"]) == WINTER


def test_a_sighting_near_santiago_names_no_zone(app, oficio, investigador):
    store(app, oficio, an_answer([crossing(ubicacion="Ruta 68, Valparaíso")]))

    section = investigador.get(f"/oficios/{oficio.id}/avistamientos").text
    assert "24-06-2026 09:15" in section
    assert "(hora de" not in section


def test_an_hour_without_an_offset_is_one_of_the_gantry_that_the_text_names(
    app, oficio, usuario_investigador, rows
):
    road = "Ruta del Fin del Mundo"
    make_gantry(app, usuario_investigador, autopista=road, codigo="PM1", region="Magallanes")
    written = datetime(2026, 6, 24, 10, 15)  # noqa: DTZ001 - a reading of a local clock
    said = Crossing(fecha=written.date(), ubicacion="PM1", empresa=road, escrita=written)

    store(app, oficio, an_answer([said]))
    store(app, oficio, an_answer([said]))

    [row] = rows(Avistamiento)
    assert row.portico_id is not None
    assert row.fecha_hora == WINTER


@pytest.mark.parametrize(
    ("day", "hour", "place", "moment", "duda"),
    [
        ("04-04-2026", "23:30", "P5", datetime(2026, 4, 5, 2, 30, tzinfo=UTC), TWICE),
        ("06-09-2026", "00:30", "P5", datetime(2026, 9, 6, 4, 30, tzinfo=UTC), NEVER),
        ("24-06-2026", "10:15", "Ruta 9, Punta Arenas", WINTER, None),
    ],
)
def test_a_list_keeps_a_doubtful_hour_with_its_mark(
    app, oficio, usuario_investigador, rows, investigador, day, hour, place, moment, duda
):
    row = ("BBCL12", day, hour, "", place, "Autopista", "$740")
    make_listado(app, oficio, usuario_investigador, make_csv(row))

    [seen] = rows(Avistamiento)
    assert (seen.fecha_hora, seen.fecha.strftime("%d-%m-%Y")) == (moment, day)
    assert seen.advertencias == ([duda] if duda else [])
    assert (duda or "(hora de Magallanes)") in (
        investigador.get(f"/oficios/{oficio.id}/avistamientos").text
    )


@pytest.mark.parametrize("amount", ["-5", "1e999", "NaN", "abc", "1" + "0" * 30, "12,5"])
def test_a_list_loses_the_amount_and_not_the_crossing(
    app, oficio, usuario_investigador, rows, amount
):
    row = ("BBCL12", "20-11-2026", "07:51", "P5", "Carrascal", "E" * 300, amount)
    make_listado(app, oficio, usuario_investigador, make_csv(row))

    [seen] = rows(Avistamiento)
    assert seen.monto is None
    assert len(seen.empresa) == 120
    assert set(seen.advertencias_ingreso) == {"monto", "empresa"}
    assert amount[:39] in seen.advertencias_ingreso["monto"]


def test_a_list_loses_the_hour_that_cannot_be_read_and_not_the_day(
    app, oficio, usuario_investigador, rows
):
    row = ("BBCL12", "20-11-2026", "25:99", "P5", "Carrascal", "Costanera Norte", "$740")
    make_listado(app, oficio, usuario_investigador, make_csv(row))

    [seen] = rows(Avistamiento)
    assert (seen.fecha, seen.fecha_hora) == (date(2026, 11, 20), None)
    assert seen.advertencias == ["Hora que no se pudo leer: la fila dice «25:99»."]


@pytest.mark.parametrize(
    ("day", "hour", "place", "moment", "duda"),
    [
        ("2026-04-04", "23:30", "Renca", datetime(2026, 4, 5, 2, 30, tzinfo=UTC), TWICE),
        ("2026-09-06", "00:30", "Renca", datetime(2026, 9, 6, 4, 30, tzinfo=UTC), NEVER),
        ("2026-06-24", "10:15", "Colón 5, Punta Arenas", WINTER, None),
    ],
)
def test_a_form_reads_the_place_s_clock_and_keeps_a_doubtful_hour(
    investigador, oficio, rows, day, hour, place, moment, duda
):
    data = {"fuente": "manual", "fecha": day, "hora": hour, "ubicacion": place}
    url = f"/oficios/{oficio.id}/avistamientos"
    assert investigador.post(url, data=data).status_code == 303

    [seen] = rows(Avistamiento)
    assert seen.fecha_hora == moment
    assert seen.advertencias == ([duda] if duda else [])
    page = investigador.get(f"{url}/{seen.id}").text
    assert f'value="{hour}"' in page, "the form shows the hour that was typed"


def test_correcting_a_doubtful_hour_takes_its_mark_away(investigador, investigador_api, oficio):
    url = f"/oficios/{oficio.id}/avistamientos"
    made = investigador_api(
        "POST", url, {"fecha_hora": "2026-04-04T23:30:00", "ubicacion": "Renca"}
    ).get_json()
    assert made["advertencias"] == [TWICE]
    assert made["fecha"] == "2026-04-04"

    told = investigador_api(
        "PATCH", f"{url}/{made['id']}", {"fecha_hora": "2026-04-04T23:30:00-04:00"}
    ).get_json()
    assert told["advertencias"] == []
    assert datetime.fromisoformat(told["fecha_hora"]) == datetime(2026, 4, 5, 3, 30, tzinfo=UTC)


def test_the_api_reads_an_hour_without_an_offset_on_the_clock_of_the_place(
    investigador_api, oficio
):
    made = investigador_api(
        "POST",
        f"/oficios/{oficio.id}/avistamientos",
        {"fecha_hora": "2026-06-24T10:15:00", "ubicacion": "Colón 5, Punta Arenas"},
    ).get_json()

    assert datetime.fromisoformat(made["fecha_hora"]) == WINTER


def test_the_notice_and_the_expediente_say_that_an_hour_is_doubtful(
    app, oficio, usuario_investigador
):
    make_sighting(
        app,
        oficio,
        usuario_investigador,
        fecha=date(2026, 4, 4),
        fecha_hora=datetime(2026, 4, 5, 2, 30, tzinfo=UTC),
        advertencias_ingreso={"fecha_hora": TWICE},
    )

    with app.app_context():
        [told] = list_for_notice(oficio.id)
    assert told.cuando == f"04-04-2026 23:30. {TWICE}"
    assert TWICE in expediente_of(app, oficio, usuario_investigador)


def test_the_list_of_cases_and_the_board_tell_the_place_s_hour(app, oficio, investigador):
    # Yesterday's evening, by the clock of an island where it is always two hours earlier.
    make_day = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    store(app, oficio, an_answer([crossing(fecha_hora=make_day, ubicacion="Hanga Roa")]))

    exported = investigador.get("/tablero/lista.csv").data.decode("utf-8-sig")
    assert "26-11-2026 18:30 (hora de Isla de Pascua)" in exported


def test_a_rematch_keeps_what_was_read(app, oficio, rows):
    store(app, oficio, an_answer([crossing()]))
    with app.app_context(), transaction():
        rematch([("Punta Arenas", None)])

    assert rows(Avistamiento)[0].fecha_hora == WINTER
