"""Time: UTC inside, America/Santiago for people."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.core.errors import InvalidValue

SANTIAGO = ZoneInfo("America/Santiago")


def utcnow() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def to_local(moment: datetime) -> datetime:
    """Return the same moment on a Santiago clock.

    Raises:
        ValueError: the moment has no zone; guessing one would move the hour in silence.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone has no place on a clock")
    return moment.astimezone(SANTIAGO)


def from_local(naive: datetime) -> datetime:
    """Return the UTC moment at which a Santiago clock shows this.

    Chile moves its clock twice a year. An hour that happens twice (2026-04-04 23:00 to 23:59) is
    taken as its first occurrence, the one still in summer time: what a person typed cannot tell,
    and the earlier moment never lies in the future of what was lived.

    Raises:
        InvalidValue: the clock never showed that (2026-09-06 00:00 to 00:59).
        ValueError: the moment already has a zone.
    """
    if naive.tzinfo is not None:
        raise ValueError("a moment that has a zone is not a reading of a local clock")
    moment = naive.replace(tzinfo=SANTIAGO, fold=0).astimezone(UTC)
    if moment.astimezone(SANTIAGO).replace(tzinfo=None, fold=0) != naive.replace(fold=0):
        raise InvalidValue(
            f"La hora {naive:%H:%M} del {naive:%d-%m-%Y} no existe: esa noche el reloj se adelantó "
            "una hora. Escriba la hora siguiente."
        )
    return moment


def local_today(now: datetime) -> date:
    """Return the calendar day that people in Santiago live at that moment."""
    return to_local(now).date()


def start_of_day(day: date) -> datetime:
    """Return the UTC moment at which a day begins in Santiago.

    When the clock skips midnight (2026-09-06) the day begins at one o'clock.
    """
    return datetime.combine(day, time.min, tzinfo=SANTIAGO).astimezone(UTC)
