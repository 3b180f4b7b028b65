"""When two sightings are the same one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.avistamientos.rules import Fuente, sighting_key
from app.avistamientos.rules.crossings import Crossing, with_keys

DAY = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 20, 11, 15, tzinfo=UTC)


def key(**values):
    facts = {
        "fuente": Fuente.PORTICO,
        "fecha": DAY,
        "fecha_hora": MOMENT,
        "ubicacion": "Costanera Norte",
        "empresa": "Sociedad",
        "monto": 500,
        **values,
    }
    return sighting_key(**facts)


@pytest.mark.parametrize(
    "same",
    [
        {"ubicacion": "COSTANERA  NORTE"},
        {"fecha_hora": MOMENT.astimezone(timezone(timedelta(hours=-3)))},
        {"ordinal": 2},
    ],
)
def test_the_same_crossing_written_otherwise_has_the_same_key(same):
    assert key(**same) == key()


@pytest.mark.parametrize(
    "other",
    [
        {"fuente": Fuente.TERRENO},
        {"fecha_hora": MOMENT + timedelta(seconds=1)},
        {"fecha_hora": None},
        {"ubicacion": None},
        {"empresa": "Otra"},
        {"monto": 0},
        {"monto": None},
    ],
)
def test_another_crossing_has_another_key(other):
    assert key(**other) != key()


def test_two_crossings_of_a_day_at_one_price_are_two_when_the_hour_is_unknown():
    toll = Crossing(fecha=DAY, empresa="Vespucio Norte", monto=900)

    keyed = with_keys([toll, toll])

    assert len(keyed) == 2
    assert keyed[:1] == with_keys([toll])


def test_a_crossing_told_twice_in_one_answer_is_one():
    crossing = Crossing(fecha=DAY, fecha_hora=MOMENT, ubicacion="Pórtico 1")

    assert len(with_keys([crossing, crossing])) == 1
