"""When somebody wants to come back to a case, read from what they write."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from app.core.text import fold

#: A follow-up lies at most so far ahead; beyond it is a typing mistake.
LONGEST = timedelta(days=366)

_DAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_SHOWN_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_MONTHS = (
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
_NUMBERS = ("un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez")
#: What is still to be done. Without one of these a day is taken for what happened then.
_INTENT = re.compile(
    r"\b(volver|vuelv|llamar|rellamar|visitar|pasar[ea]?\b|ire?\b|revisar|insistir|confirmar|"
    r"preguntar|consultar|retomar|esperar|qued[oae]\b|quedamos|quedaron|agendar|devolver|llegara|"
    r"viene|vendra|estara|contactar|recordar|enviar|avisar|pendiente|reintentar|pide que|pidio que)"
)
_DAY = "|".join(_DAYS)
_MONTH = "|".join(_MONTHS)
_COUNT = r"\d{1,3}|una|" + "|".join(_NUMBERS)


def propose_follow_up(text: str, today: date) -> date | None:
    """The day on which a note says that its case is taken up again; None if it says none.

    «Volver a llamar el martes» does; «llamé el martes» tells what was done. It is only proposed:
    whoever writes sees it and may take it off.
    """
    folded = fold(text)
    if not _INTENT.search(folded):
        return None
    for pattern, read in _READERS:
        for found in pattern.finditer(folded):
            day = read(found, today)
            if day is not None and today <= day <= today + LONGEST:
                return day
    return None


def say_day(day: date, today: date, *, article: bool = False) -> str:
    """Return «mañana», or «martes 1 de diciembre»; with its article, «el martes 1 de diciembre»."""
    near = {0: "hoy", 1: "mañana", 2: "pasado mañana"}.get((day - today).days)
    if near:
        return near
    named = name_day(day) if day.year == today.year else f"{name_day(day)} de {day.year}"
    return f"el {named}" if article else named


def name_day(day: date) -> str:
    """Return «martes 1 de diciembre»."""
    return f"{_SHOWN_DAYS[day.weekday()]} {day.day} de {_MONTHS[day.month - 1]}"


def _in_days(number: int) -> Callable[[re.Match[str], date], date]:
    return lambda _found, today: today + timedelta(days=number)


def _counted(found: re.Match[str], today: date) -> date:
    word = found[1]
    number = int(word) if word.isdigit() else 1 if word == "una" else _NUMBERS.index(word) + 1
    return today + timedelta(days=number * (7 if found[2].startswith("semana") else 1))


def _next_week(_found: re.Match[str], today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _weekday(found: re.Match[str], today: date) -> date | None:
    """The next day of that name; with its number, the next such day of a month."""
    if found[2]:
        return _next_date(today, int(found[2]), weekday=_DAYS.index(found[1]))
    return today + timedelta(days=(_DAYS.index(found[1]) - today.weekday() - 1) % 7 + 1)


def _of_month(found: re.Match[str], today: date) -> date | None:
    return _on(today, int(found[1]), _MONTHS.index(found[2]) + 1, found[3])


def _written(found: re.Match[str], today: date) -> date | None:
    return _on(today, int(found[1]), int(found[2]), found[3])


def _numbered(found: re.Match[str], today: date) -> date | None:
    return _next_date(today, int(found[1]))


def _on(today: date, day: int, month: int, year: str | None) -> date | None:
    """A day of a year, or of the next one in which it has not passed."""
    years = [int(year) + (2000 if len(year) == 2 else 0)] if year else [today.year, today.year + 1]
    for one in years:
        try:
            found = date(one, month, day)
        except ValueError:
            return None
        if found >= today:
            return found
    return None


def _next_date(today: date, day: int, weekday: int | None = None) -> date | None:
    """The next day of some number, and of some name."""
    for ahead in range(62):
        one = today + timedelta(days=ahead)
        if one.day == day and weekday in (None, one.weekday()):
            return one
    return None


#: From the most exact to the vaguest.
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = (
    (re.compile(rf"\b(\d{{1,2}})(?:ro)? de ({_MONTH})(?: del? (20\d\d))?"), _of_month),
    (re.compile(r"(?<![\d/.-])(\d{1,2})[/-](\d{1,2})(?:[/-](20\d\d|\d\d))?(?![\d/-])"), _written),
    (re.compile(r"\bpasado manana\b"), _in_days(2)),
    (re.compile(r"(?<!la )(?<!esta )(?<!pasado )\bmanana\b"), _in_days(1)),
    (re.compile(rf"\b(?:en|dentro de) ({_COUNT}) (dias?|semanas?)\b"), _counted),
    (re.compile(r"\b(?:(?:la )?proxima semana|semana que viene|la otra semana)\b"), _next_week),
    (re.compile(rf"\b(?:el|este|proximo|para el) ({_DAY})(?: (\d{{1,2}})\b)?"), _weekday),
    (
        re.compile(r"\b(?:el|para el) (?:dia )?(\d{1,2})\b(?![/.:-]| (?:de|hrs?|horas)\b)"),
        _numbered,
    ),
    (re.compile(r"\bhoy\b"), _in_days(0)),
)
