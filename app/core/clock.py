"""Time: UTC inside; for people the clock of the place, Santiago's unless something else is said."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core.errors import InvalidValue

SANTIAGO = ZoneInfo("America/Santiago")
#: Clocks of machines that are kept in time differ by less. A stored moment that lies further
#: ahead was written by a clock that ran ahead, so its age is not known.
CLOCK_SKEW = timedelta(minutes=2)


def utcnow() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def is_ahead_of(moment: datetime, now: datetime) -> bool:
    """Whether a stored moment lies so far ahead that the clock which wrote it was wrong."""
    return moment > now + CLOCK_SKEW


def is_within(moment: datetime, now: datetime, period: timedelta) -> bool:
    """Whether something happened at most ``period`` ago.

    What a clock that ran ahead stamped did not: nothing is known of its age, and it must block
    nothing for longer than the period.
    """
    return not is_ahead_of(moment, now) and now - moment <= period


@dataclass(frozen=True)
class Reading:
    """What a local clock showed, as a moment.

    ``duda`` says in words why the moment is not certain: the clock showed that hour twice, or
    never. It is kept beside the moment until somebody corrects the hour.
    """

    moment: datetime
    duda: str | None = None


def to_local(moment: datetime, zone: ZoneInfo = SANTIAGO) -> datetime:
    """Return the same moment on the clock of that zone.

    Raises:
        ValueError: the moment has no zone; guessing one would move the hour in silence.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone has no place on a clock")
    return moment.astimezone(zone)


def read_local(naive: datetime, zone: ZoneInfo = SANTIAGO) -> Reading:
    """Return the UTC moment at which the clock of that zone shows this, and what is doubtful in it.

    Chile moves its clock twice a year. An hour that happens twice (2026-04-04 23:00 to 23:59) is
    taken as its first occurrence, because the earlier moment never lies in the future of what was
    lived. One that never was (2026-09-06 00:00 to 00:59) is taken as if the clock had not moved
    yet. Both are told in ``duda``: what was written cannot decide it.

    Raises:
        ValueError: the moment already has a zone.
    """
    if naive.tzinfo is not None:
        raise ValueError("a moment that has a zone is not a reading of a local clock")
    first = naive.replace(tzinfo=zone, fold=0)
    try:
        moment = first.astimezone(UTC)
        is_skipped = moment.astimezone(zone).replace(tzinfo=None, fold=0) != naive.replace(fold=0)
    except OverflowError:
        raise InvalidValue("Esa fecha está fuera del calendario. Revise el año.") from None
    is_twice = not is_skipped and first.utcoffset() != first.replace(fold=1).utcoffset()
    if not (is_skipped or is_twice):
        return Reading(moment)
    why = "no existió ese día" if is_skipped else "existió dos veces"
    written = f"{naive:%d-%m-%Y %H:%M}"
    return Reading(moment, f"Hora dudosa: {written} {why} por el cambio de hora.")


def as_written(moment: datetime, zone: ZoneInfo = SANTIAGO) -> datetime:
    """Return what was written of a doubtful hour: the reading before the clock moved, naive."""
    before = (moment - timedelta(hours=1)).astimezone(zone).utcoffset() or timedelta(0)
    return (moment + before).replace(tzinfo=None)


def from_local(naive: datetime, zone: ZoneInfo = SANTIAGO) -> datetime:
    """Return the moment of :func:`read_local` where nobody wrote the hour, so nothing is in doubt.

    Raises:
        InvalidValue: the clock never showed that.
        ValueError: the moment already has a zone.
    """
    moment = read_local(naive, zone).moment
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) != naive.replace(fold=0):
        raise InvalidValue(
            f"La hora {naive:%H:%M} del {naive:%d-%m-%Y} no existe: esa noche el reloj se adelantó "
            "una hora. Escriba la hora siguiente."
        )
    return moment


def local_today(now: datetime, zone: ZoneInfo = SANTIAGO) -> date:
    """Return the calendar day that people in that zone live at that moment."""
    return to_local(now, zone).date()


def latest_today(now: datetime) -> date:
    """Return the latest calendar day that anybody in Chile lives at that moment.

    A day without an hour lies ahead only if it has begun nowhere: Magallanes is an hour before
    Santiago in winter.
    """
    return (now.astimezone(UTC) - timedelta(hours=3)).date()


def start_of_day(day: date, zone: ZoneInfo = SANTIAGO) -> datetime:
    """Return the UTC moment at which a day begins in that zone.

    When the clock skips midnight (2026-09-06 in Santiago) the day begins at one o'clock.
    """
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
