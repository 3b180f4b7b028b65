from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import SANTIAGO, Reading, from_local, local_today, read_local, to_local, utcnow
from app.core.dates import (
    format_fecha,
    format_fecha_hora,
    format_hora,
    format_relativa,
    parse_fecha,
    parse_fecha_hora,
)
from app.core.errors import InvalidValue

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # 15:00 in Santiago


def test_now_carries_its_zone():
    assert utcnow().utcoffset() == timedelta(0)


def test_an_hour_that_the_clock_skipped_is_refused():
    with pytest.raises(InvalidValue, match="La hora 00:30 del 06-09-2026 no existe"):
        from_local(datetime(2026, 9, 6, 0, 30))  # noqa: DTZ001 - a reading of a local clock


def test_an_hour_that_happened_twice_is_its_first_occurrence():
    twice = datetime(2026, 4, 4, 23, 30)  # noqa: DTZ001 - a reading of a local clock

    assert from_local(twice) == datetime(2026, 4, 5, 2, 30, tzinfo=UTC)
    assert from_local(twice.replace(fold=1)) == from_local(twice)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_a_local_clock_showed_reads_back_as_that_hour(moment):
    shown = to_local(moment).replace(tzinfo=None)

    assert to_local(from_local(shown)).replace(tzinfo=None, fold=0) == shown.replace(fold=0)


def test_the_day_in_santiago_is_not_the_day_in_utc():
    assert local_today(datetime(2026, 11, 25, 1, 0, tzinfo=UTC)) == date(2026, 11, 24)


def test_a_moment_without_a_zone_has_no_place_on_a_clock_and_one_with_it_no_need():
    with pytest.raises(ValueError, match="without a zone"):
        to_local(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="has a zone"):
        from_local(NOW)


@pytest.mark.parametrize(
    "written",
    [
        "24-10-2026",
        "24/10/2026",
        "24.10.26",
        "24/10/26",
        " 24 - 10 - 2026 ",
        "2026-10-24",
        "2026-10-24T00:00:00",
        "2026-10-24 00:00:00",
        "24/10/2026 00:00",
        "24 de octubre de 2026",
        "24 de Octubre del 2026",
        "sábado, 24 de octubre de 2026",
        "24-oct-2026",
        "24 oct. 26",
        "24-October-2026",
        "October 24, 2026",
        "sáb. 24/10/2026",
        "Sat 24-Oct-26",
        "46319",
        "46319.0",
        46319,
        46319.75,
        date(2026, 10, 24),
        datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
    ],
)
def test_every_way_of_writing_a_date_is_read(written):
    assert parse_fecha(written) == date(2026, 10, 24)


def test_the_first_of_the_month_and_september_have_two_names():
    assert parse_fecha("1º de setiembre de 2026") == date(2026, 9, 1)
    assert parse_fecha("1 de septiembre de 2026") == date(2026, 9, 1)


def test_a_day_that_the_calendar_lacks_is_named():
    with pytest.raises(InvalidValue, match=r"^La fecha 31/02/2026 no existe\. "):
        parse_fecha("31/02/2026")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "pronto",
        "10-2026",
        "24/10/0206",
        "24-10-20266",
        "2026-10-24 18:00",
        "24 de brumario de 2026",
        "1234567",
        "2026",
        "24/10/2026; 25/10/2026",
        -3,
        999999,
        "0",
    ],
)
def test_what_is_no_date_is_refused_with_a_sentence(written):
    with pytest.raises(InvalidValue) as refusal:
        parse_fecha(written)

    assert str(refusal.value).endswith(".")


#: 1 January 1900 stands for a day that was erased, and is shown as such.
@given(st.dates(date(1900, 1, 2), date(2100, 12, 31)))
def test_a_shown_date_reads_back(day):
    assert parse_fecha(format_fecha(day)) == day


@given(st.text())
def test_any_text_is_a_date_or_a_refusal(text):
    with suppress(InvalidValue):
        assert isinstance(parse_fecha(text), date)


@pytest.mark.parametrize(
    "written",
    [
        "24-10-2026 18:42",
        "24/10/26 18.42 hrs.",
        "24-10-2026, 18:42 h",
        "24-10-2026 a las 18:42",
        "24 de octubre de 2026 18:42",
        "2026-10-24T18:42",
        "2026-10-24 18:42:00",
        "20261024 1842",
        "20261024184200",
        "sáb 24/10/2026 18:42",
        "2026-10-24T21:42:00Z",
        "2026-10-24T18:42:00-03:00",
    ],
)
def test_every_way_of_writing_a_moment_is_read(written):
    assert parse_fecha_hora(written) == Reading(datetime(2026, 10, 24, 21, 42, tzinfo=UTC))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "Falta"),
        ("24-10-2026", "no es una fecha con hora"),
        ("24-10-2026 25:00", "La hora 25:00 no existe"),
        ("31-02-2026 10:00", "La fecha 31-02-2026 no existe"),
        ("2026-02-31T10:00", "La fecha 2026-02-31"),
    ],
)
def test_what_is_no_moment_is_refused(written, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        parse_fecha_hora(written)


def test_moments_show_as_a_santiago_clock_did():
    assert format_fecha_hora(datetime(2026, 10, 24, 21, 42, tzinfo=UTC)) == "24-10-2026 18:42"
    assert format_fecha(datetime(2026, 10, 25, 1, 0, tzinfo=UTC)) == "24-10-2026"


@pytest.mark.parametrize(
    ("local", "shown"),
    [
        ("2026-11-24 14:59:30", "recién"),
        ("2026-11-24 14:40:00", "hace 20 min"),
        ("2026-11-24 12:00:00", "hace 3 h"),
        ("2026-11-24 07:51:00", "hoy 07:51"),
        ("2026-11-23 18:42:00", "ayer 18:42"),
        ("2026-11-19 23:00:00", "hace 5 días"),
        ("2026-09-01 10:00:00", "01-09-2026"),
        ("2026-11-24 16:00:00", "24-11-2026 16:00"),
    ],
)
def test_how_long_ago_is_said_as_people_say_it(local, shown):
    moment = datetime.fromisoformat(local).replace(tzinfo=SANTIAGO)

    assert format_relativa(moment, NOW) == shown


@pytest.mark.parametrize(
    ("written", "zone", "moment", "duda"),
    [
        ("06-09-2026 00:30", "America/Santiago", "2026-09-06T04:30", "no existió ese día"),
        ("2026-09-06T00:30", "America/Santiago", "2026-09-06T04:30", "no existió ese día"),
        ("04-04-2026 23:30", "America/Santiago", "2026-04-05T02:30", "existió dos veces"),
        ("04-04-2026 21:30", "Pacific/Easter", "2026-04-05T02:30", "existió dos veces"),
        ("04-04-2026 23:30", "America/Punta_Arenas", "2026-04-05T02:30", None),
        ("06-09-2026 00:30", "America/Coyhaique", "2026-09-06T03:30", None),
        ("2026-04-04T23:30:00-04:00", "America/Santiago", "2026-04-05T03:30", None),
        ("2026-09-06T00:30:00-04:00", "America/Santiago", "2026-09-06T04:30", None),
    ],
)
def test_an_hour_of_a_clock_change_is_kept_and_said_to_be_doubtful(written, zone, moment, duda):
    reading = parse_fecha_hora(written, ZoneInfo(zone))

    assert reading.moment == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert (duda in reading.duda) if duda else reading.duda is None


def test_a_doubtful_hour_is_told_as_it_was_written():
    reading = read_local(datetime(2026, 4, 4, 23, 30))  # noqa: DTZ001 - a reading of a local clock

    assert reading.duda == (
        "Hora dudosa: 04-04-2026 23:30 existió dos veces por el cambio de hora."
    )


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["America/Santiago", "America/Punta_Arenas", "Pacific/Easter"]),
)
def test_what_is_not_doubtful_has_one_moment_and_reads_back(naive, zone):
    place = ZoneInfo(zone)
    reading = read_local(naive, place)
    moments = {
        moment
        for moment in (naive.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
        if moment.astimezone(place).replace(tzinfo=None, fold=0) == naive
    }

    assert (reading.duda is None) == (len(moments) == 1)
    assert not moments or reading.moment == min(moments)


@pytest.mark.parametrize(
    ("moment", "zone", "shown"),
    [
        ("2026-06-24T13:15", "America/Punta_Arenas", "24-06-2026 10:15 (hora de Magallanes)"),
        ("2026-06-24T13:15", "America/Coyhaique", "24-06-2026 10:15 (hora de Aysén)"),
        ("2026-06-24T13:15", "America/Santiago", "24-06-2026 09:15"),
        ("2026-11-24T13:15", "America/Punta_Arenas", "24-11-2026 10:15"),
        ("2026-11-24T13:15", "Pacific/Easter", "24-11-2026 08:15 (hora de Isla de Pascua)"),
        ("2026-06-25T03:30", "America/Punta_Arenas", "25-06-2026 00:30 (hora de Magallanes)"),
    ],
)
def test_an_hour_names_its_zone_where_it_differs_from_santiagos(moment, zone, shown):
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert format_fecha_hora(at, ZoneInfo(zone)) == shown
    assert format_hora(at, ZoneInfo(zone)) == shown[11:]
    assert format_fecha(at, ZoneInfo(zone)) == shown[:10]


def test_how_long_ago_counts_the_days_of_the_place():
    late = datetime(2026, 6, 25, 3, 30, tzinfo=UTC)  # the 24th in Santiago, the 25th in Magallanes
    now = datetime(2026, 6, 25, 15, 0, tzinfo=UTC)

    assert format_relativa(late, now) == "ayer 23:30"
    assert (
        format_relativa(late, now, ZoneInfo("America/Punta_Arenas"))
        == "hoy 00:30 (hora de Magallanes)"
    )
