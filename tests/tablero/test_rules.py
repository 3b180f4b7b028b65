"""What the board decides from values alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.oficios.rules import Estado
from app.tablero.rules import BoardFilter, idle_days, sighting_words

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "estado", "expected"),
    [
        (6, Estado.INVESTIGACION, 0),
        (7, Estado.INVESTIGACION, 7),
        (15, Estado.PENDIENTE, 15),
        (15, Estado.ENCONTRADO, 0),
    ],
)
def test_a_card_mentions_idleness_from_a_week_while_the_case_is_open(days, estado, expected):
    assert idle_days(estado, NOW - timedelta(days=days), NOW) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 24), "hoy"),
        (date(2026, 11, 23), "ayer"),
        (date(2026, 11, 19), "hace 5 días"),
        (date(2026, 9, 1), "01-09-2026"),
        (date(2026, 12, 24), "24-12-2026"),
    ],
)
def test_a_sighting_without_hour_is_told_by_its_day(day, expected):
    assert sighting_words(day, None, NOW) == expected


def test_a_sighting_with_its_hour_is_told_by_it():
    assert sighting_words(date(2026, 11, 24), NOW - timedelta(hours=3), NOW) == "hace 3 h"


def test_the_address_carries_only_what_is_set():
    assert BoardFilter().arguments() == {}
    assert not BoardFilter().is_set
    assert BoardFilter(mios=True, buffet=4, q="ñ").arguments() == {
        "mios": "1",
        "buffet": "4",
        "q": "ñ",
    }
