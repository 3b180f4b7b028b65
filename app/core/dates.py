"""Dates and hours as Chilean papers write them and as the screen shows them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core.clock import SANTIAGO, Reading, read_local, to_local
from app.core.errors import InvalidValue
from app.core.text import clean_text, fold
from app.core.time_zones import zone_note

MESES = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
DIAS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_IN_ENGLISH = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
#: «setiembre» is as correct as «septiembre»; spreadsheets abbreviate to three or four letters.
_MONTHS = {
    **{name: number for number, name in enumerate(MESES, 1)},
    **{name[:3]: number for number, name in enumerate(MESES, 1)},
    "sept": 9,
    "setiembre": 9,
    "set": 9,
    # As programs in English write them.
    **{name: number for number, name in enumerate(_IN_ENGLISH, 1)},
    **{name[:3]: number for number, name in enumerate(_IN_ENGLISH, 1)},
}
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
#: «20261024», as the systems of banks write it.
_WITHOUT_MARKS = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
#: «20261024 184205», as gantries write it.
_MOMENT_WITHOUT_MARKS = re.compile(
    r"((?:19|20)\d{2})(\d{2})(\d{2})[T ]?(\d{2}):?(\d{2})(?::?(\d{2}))?"
)
_IN_WORDS = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:o|er|[°º])?(?: de |[ \-/.])"
    r"([a-z]+)\.?(?: del? |[ \-/.]|, )(\d{4}|\d{2})"
)
#: «December 20, 2026».
_MONTH_IN_FRONT = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (?:de[l]? )?(\d{4})")
#: «jue. » before the numbers of a date, which alone count.
_WEEKDAY = re.compile(
    r"(?:lun|mar|mi[eé]|jue|vie|s[aá]b|dom|mon|tue|wed|thu|fri|sat|sun)[a-zé]*\.?,? (?=\d)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(?:hrs?|horas|h)?\.?")
#: «p. m.» after an hour.
_HALF = re.compile(r"(?:(?<=\d)|\s)\s*([ap])\.?\s?m\.?$", re.IGNORECASE)
#: Day 0 of a spreadsheet's calendar, two days early because 1900 was no leap year.
_EXCEL_ZERO = date(1899, 12, 30)
_EXCEL_MOMENT = re.compile(r"([2-9]\d{4})[.,](\d+)")
_EXCEL_SERIAL = re.compile(r"[2-9]\d{4}(?:\.0+)?")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
#: What stands where a day or moment was erased that its column has to say.
ERASED_DAY = date(1900, 1, 1)
ERASED_AT = datetime(1900, 1, 1, 12, tzinfo=UTC)
_ERASED = "(borrado)"
_HOW = "Escríbala como día-mes-año, por ejemplo 24-10-2026."


def parse_fecha(value: str | date | datetime | float) -> date:
    """Read a date: day first as in Chile, ISO, in words, or as a spreadsheet keeps it.

    Two-digit years are of this century up to 79. A moment with a zone is read on a Santiago clock.
    Bare numbers are days of a spreadsheet's calendar (46319 is 24-10-2026).

    Raises:
        InvalidValue: it is not a date, or the calendar has no such day.
    """
    if isinstance(value, datetime):
        return to_local(value).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        return _from_serial(float(value))
    text = clean_text(value)
    if not text:
        raise InvalidValue(f"Falta la fecha. {_HOW}")
    if _EXCEL_SERIAL.fullmatch(text):
        return _from_serial(float(text))
    day, month, year = _split(text)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise InvalidValue(f"El año de la fecha «{_short(text)}» no es creíble. {_HOW}")
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidValue(
            f"La fecha {_short(text)} no existe. Revise el día y el mes en el documento."
        ) from None


def parse_fecha_hora(value: str | datetime, zone: ZoneInfo = SANTIAGO) -> Reading:
    """Read a moment of the clock of a place and return it in UTC, with what is doubtful in it.

    Takes what :func:`split_fecha_hora` takes. With an offset nothing is in doubt.

    Raises:
        InvalidValue: it is not a date with an hour.
    """
    written = split_fecha_hora(value)
    if written.tzinfo is None:
        return read_local(written, zone)
    try:
        return Reading(written.astimezone(UTC))
    except OverflowError:
        raise InvalidValue("Esa fecha está fuera del calendario. Revise el año.") from None


def split_fecha_hora(value: str | datetime) -> datetime:
    """Read a date with an hour as it was written: aware only when it says an offset.

    Accepts a date of :func:`parse_fecha` and an hour of 24 or of twice 12 («24-10-2026 18:42»,
    «24-10-2026 6:42 p. m.»), the ISO form of a browser's field («2026-10-24T18:42»), with or
    without an offset, or the days of a spreadsheet's calendar with their fraction.

    Raises:
        InvalidValue: it is not a date with an hour.
    """
    if isinstance(value, datetime):
        return value
    text = clean_text(value)
    if not text:
        raise InvalidValue("Falta la fecha y la hora. Escríbalas, por ejemplo, 24-10-2026 18:42.")
    if (found := _EXCEL_MOMENT.fullmatch(text)) and int(found[2]):
        return datetime.combine(_from_serial(float(found[1])), _of_fraction(f"0.{found[2]}"))
    if found := _MOMENT_WITHOUT_MARKS.fullmatch(text):
        year, month, day, hour, minute, second = found.groups("00")
        text = f"{year}-{month}-{day} {hour}:{minute}:{second}"
    if re.match(r"\d{4}-\d{2}-\d{2}[T ]\d", text) and not _HALF.search(text):
        try:
            return datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            text = text.replace("T", " ", 1)
    half = _HALF.search(text)
    text = text[: half.start()] if half else text
    day, _, hour = re.sub(r",? a las |, ?", " ", text).rpartition(" ")
    if hour.casefold().rstrip(".") in ("hrs", "hr", "h", "horas"):
        day, _, hour = day.rpartition(" ")
    found = _CLOCK.fullmatch(hour)
    if not day or found is None:
        raise InvalidValue(
            f"«{_short(text)}» no es una fecha con hora. Escríbala, por ejemplo, 24-10-2026 18:42."
        )
    try:
        clock = _time(found, half[1] if half else "")
    except ValueError:
        raise InvalidValue(
            f"La hora {_short(hour)} no existe. Use el reloj de 24 horas, por ejemplo 18:42."
        ) from None
    return datetime.combine(parse_fecha(day), clock)


def parse_hora(text: str) -> time:
    """Read an hour: «18:42», «18.42», «6:42 p. m.», «1842», or a spreadsheet's part of a day.

    Raises:
        InvalidValue: it is none.
    """
    written = clean_text(text)
    refusal = InvalidValue(f"«{_short(written)}» no es una hora. Escríbala, por ejemplo, 18:42.")
    if re.fullmatch(r"0|0?[.,]\d+(?:[eE]-\d+)?|\d(?:\.\d+)?[eE]-\d+", written):
        return _of_fraction(written.replace(",", "."))
    if found := _EXCEL_MOMENT.fullmatch(written):
        return _of_fraction(f"0.{found[2]}")
    half = _HALF.search(written)
    hour = written[: half.start()] if half else written
    found = (
        _CLOCK.fullmatch(hour)
        or re.fullmatch(r"(\d{1,2})h(\d{2})()", hour, re.IGNORECASE)
        or re.fullmatch(r"(\d{1,2})(\d{2})()", hour if len(hour) < 5 else "")
        or re.fullmatch(r"(\d{2})(\d{2})(\d{2})", hour)
    )
    if found is None:
        raise refusal
    try:
        return _time(found, half[1] if half else "")
    except ValueError:
        raise refusal from None


def _time(found: re.Match[str], half: str) -> time:
    """The hour of a clock of 24, or of 12 where it says which half of the day."""
    hour = int(found[1])
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    elif half.lower() == "a":
        raise ValueError("no such hour before noon")
    return time(hour, int(found[2]), int(found[3] or 0))


def _of_fraction(text: str) -> time:
    """The hour at a part of a day, to the second that a spreadsheet shows."""
    seconds = min(round(float(text) * 86_400), 86_399)
    return time(seconds // 3_600, seconds // 60 % 60, seconds % 60)


def format_fecha(value: date | datetime, zone: ZoneInfo = SANTIAGO) -> str:
    """Return «24-10-2026», the day that a moment had in that zone; «(borrado)» of one erased."""
    if isinstance(value, datetime):
        value = to_local(value, zone).date()
    if value == ERASED_DAY:
        return _ERASED
    return f"{value.day:02}-{value.month:02}-{value.year:04}"


def format_dia(day: date, today: date) -> str:
    """Return «Hoy, jueves 26 de noviembre», «Ayer, …» or «Martes 24 de noviembre de 2026»."""
    name = f"{DIAS[day.weekday()]} {day.day} de {MESES[day.month - 1]}"
    if day == today:
        return f"Hoy, {name}"
    if (today - day).days == 1:
        return f"Ayer, {name}"
    return f"{name.capitalize()} de {day.year}"


def format_hora(moment: datetime, zone: ZoneInfo = SANTIAGO) -> str:
    """Return «18:42» on the clock of that zone; «10:15 (hora de Magallanes)» where it differs."""
    if moment == ERASED_AT:
        return _ERASED
    return f"{to_local(moment, zone):%H:%M}{zone_note(moment, zone)}"


def format_fecha_hora(moment: datetime, zone: ZoneInfo = SANTIAGO) -> str:
    """Return «24-10-2026 18:42» as a clock of that zone showed it.

    The zone is named where it differs from Santiago's at that moment:
    «24-06-2026 10:15 (hora de Magallanes)».
    """
    if moment == ERASED_AT:
        return _ERASED
    return f"{format_fecha(moment, zone)} {format_hora(moment, zone)}"


def format_relativa(moment: datetime, now: datetime, zone: ZoneInfo = SANTIAGO) -> str:
    """Return how long ago something was, as people say it.

    «recién», «hace 20 min», «hace 3 h», «hoy 07:51», «ayer 18:42», «hace 5 días»; beyond a month,
    and for what lies ahead, the date itself, because a count would say less. Hours and days are
    those of the zone.
    """
    elapsed = now - moment
    days = (to_local(now, zone).date() - to_local(moment, zone).date()).days
    if elapsed < timedelta(0):
        return format_fecha_hora(moment, zone)
    if elapsed < timedelta(minutes=1):
        return "recién"
    if elapsed < timedelta(hours=1):
        return f"hace {elapsed // timedelta(minutes=1)} min"
    if days == 0:
        if elapsed < timedelta(hours=6):
            return f"hace {elapsed // timedelta(hours=1)} h"
        return f"hoy {format_hora(moment, zone)}"
    if days == 1:
        return f"ayer {format_hora(moment, zone)}"
    if days <= 30:
        return f"hace {days} días"
    return format_fecha(moment, zone)


def format_duracion(seconds: float) -> str:
    """Return how long something took, as exactly as it matters.

    «0,03 s», «4,2 s», «40 s», «3 min 20 s», «12 min», «5 h», «2 días».
    """
    if seconds < 1:
        return f"{max(0.0, seconds):.2f} s".replace(".", ",")
    if seconds < 9.95:
        return f"{seconds:.1f} s".replace(".", ",")
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10 and rest:
        return f"{minutes} min {rest} s"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} días"


def _split(text: str) -> tuple[int, int, int]:
    """Return day, month and year of the text, whether or not the calendar has them."""
    if found := _WEEKDAY.match(text):
        text = text[found.end() :]
    if found := _YEAR_FIRST.match(text):
        rest = text[found.end() :]
        # A date cell printed as text carries a midnight nobody meant.
        if not rest or re.fullmatch(r"[T ]00:00(:00(\.0+)?)?", rest):
            return int(found[3]), int(found[2]), int(found[1])
    if found := _WITHOUT_MARKS.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _DAY_FIRST.fullmatch(re.sub(r" 0?0:00(:00)?$", "", text)):
        return int(found[1]), int(found[2]), _century(found[3])
    if (found := _IN_WORDS.fullmatch(fold(text))) and found[2] in _MONTHS:
        return int(found[1]), _MONTHS[found[2]], _century(found[3])
    if (found := _MONTH_IN_FRONT.fullmatch(fold(text))) and found[1] in _MONTHS:
        return int(found[2]), _MONTHS[found[1]], int(found[3])
    raise InvalidValue(f"«{_short(text)}» no es una fecha. {_HOW}")


def _century(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) < 80 else 1900)


def _from_serial(days: float) -> date:
    if not 1 <= days < 80_000:
        raise InvalidValue(f"El número {days:g} no es una fecha. {_HOW}")
    return _EXCEL_ZERO + timedelta(days=int(days))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
