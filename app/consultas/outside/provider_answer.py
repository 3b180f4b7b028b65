"""Reading what a provider answered: its status, its JSON, and one field at a time."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from app.avistamientos.rules.crossings import Crossing
from app.consultas.outside.http import HttpAnswer
from app.consultas.outside.interface import ProviderAnswer, ProviderError
from app.core.clock import utcnow
from app.core.dates import parse_fecha
from app.core.errors import InvalidValue
from app.core.money import parse_pesos
from app.core.text import clean_text
from app.jobs.service import LONGEST_SILENCE

#: Seconds to leave a provider alone that answers 429 without saying for how long.
RETRY_AFTER = 60
_LONGEST_RETRY_AFTER = LONGEST_SILENCE.total_seconds()
#: A crossing before this year is a mistake: the first gantries with TAG are of 2004. One after the
#: last is as well, and at the end of the calendar no clock of a place can be told.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
#: Maximum digits of a number.
_MOST_DIGITS = 400
#: Characters of what could not be read that a warning repeats.
_QUOTED = 40
#: Named one by one in the bitácora; the rest is counted.
_MAX_NAMED = 20

KEY_REFUSED = (
    "El proveedor de pórticos rechazó la clave de acceso. Revise PROVIDER_API_KEY en la "
    "configuración."
)
UNREADABLE = "La respuesta del proveedor de pórticos no se pudo leer."

T = TypeVar("T")
Item = TypeVar("Item", bound=BaseModel)


def refuse_bad_status(http: HttpAnswer) -> None:
    """Say in words why an answer that is not a 200 is of no use.

    Raises:
        ProviderError: it is not a 200.
    """
    status = http.status
    if status == 200:
        return
    if status == 429:
        raise ProviderError(
            "El proveedor de pórticos pidió esperar: se le consultó demasiadas veces (429).",
            delay=retry_after(http.headers.get("Retry-After"), http.headers.get("Date")),
            is_throttled=True,
        )
    if status == 401 or (status == 403 and http.is_json):
        raise ProviderError(KEY_REFUSED, retry=False)
    if status == 403:
        raise ProviderError(
            "Algo delante del proveedor de pórticos bloqueó la consulta (403) sin decir por qué."
        )
    if 300 <= status < 400:
        raise ProviderError(
            f"El proveedor de pórticos pidió ir a otra dirección ({status}). No se siguió, para "
            "no llevar la clave a otra parte. Revise PROVIDER_API_URL."
        )
    if status >= 500 or status in {408, 425}:
        raise ProviderError(f"El proveedor de pórticos falló (respondió {status}).")
    raise ProviderError(
        f"El proveedor de pórticos no aceptó la consulta (respondió {status}). Revise "
        "PROVIDER_API_URL en la configuración.",
        retry=False,
    )


def retry_after(value: str | None, date: str | None = None) -> timedelta:
    """How long a ``Retry-After`` header asks to wait: seconds or a date, within reason.

    A date is one of the provider's clock, so it is compared with the ``Date`` of its answer.
    """
    seconds: float = RETRY_AFTER
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        seconds = int(text[:9])
    elif text:
        until = _http_date(text)
        if until is not None:
            seconds = (until - (_http_date(date or "") or utcnow())).total_seconds()
    return timedelta(seconds=min(max(seconds, 1), _LONGEST_RETRY_AFTER))


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def load_json(http: HttpAnswer) -> Any:
    """The answer's JSON. Numbers that no column holds (NaN, 1e999) stay for their field to refuse.

    One such number must not cost the rest of the answer.

    Raises:
        ProviderError: it is not JSON.
    """
    if not http.is_json:
        raise ProviderError(
            "El proveedor de pórticos respondió con una página en lugar de datos. Puede estar en "
            "mantención."
        )
    try:
        return json.loads(http.body.decode("utf-8-sig"), parse_int=_whole)
    except (ValueError, RecursionError):
        raise ProviderError(UNREADABLE) from None


def _whole(text: str) -> int | float:
    """An integer; Python refuses thousands of digits, which are as good as infinity here."""
    return int(text) if len(text) <= _MOST_DIGITS else math.inf


def make_answer(
    http: HttpAnswer,
    sightings: Iterable[Crossing] = (),
    omitted: Iterable[str] = (),
    advertencias: Iterable[str] = (),
) -> ProviderAnswer:
    """The answer with its evidence."""
    return ProviderAnswer(
        status=http.status,
        # PostgreSQL keeps no NUL in a text; JSON has none outside of an escape.
        raw_body=http.body.decode("utf-8", "replace").replace("\x00", "\ufffd"),
        sha256=hashlib.sha256(http.body).hexdigest(),
        sightings=tuple(sightings),
        omitted=_shorten(list(omitted)),
        advertencias=tuple(advertencias),
        is_demo=http.headers.get("X-Rastro-Demo") == "1",
        size=len(http.body),
    )


def _shorten(omitted: list[str]) -> tuple[str, ...]:
    if len(omitted) <= _MAX_NAMED:
        return tuple(omitted)
    return (*omitted[:_MAX_NAMED], *["otro más"] * (len(omitted) - _MAX_NAMED))


def read_items(
    items: Iterable[Any], schema: type[Item], label: str
) -> tuple[list[tuple[int, Item]], list[str]]:
    """Read each item on its own: a bad one is named, and the others count all the same.

    ``label`` is what an item is called on screen; items are numbered from 1.
    """
    good: list[tuple[int, Item]] = []
    bad: list[str] = []
    for number, item in enumerate(items, 1):
        try:
            good.append((number, schema.model_validate(item)))
        except (ValidationError, OverflowError) as error:
            bad.append(f"{label} {number}: {_reason(error)}")
    return good, bad


def _reason(error: ValidationError | OverflowError) -> str:
    """What is wrong with an item, by the field's name and without its value."""
    if isinstance(error, OverflowError):
        return "fecha imposible"
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = str(first["loc"][0]) if first["loc"] else "el dato"
    return f"falta {where}" if first["type"] == "missing" else f"{where} no se entiende"


def read_moment(value: Any) -> date | datetime:
    """An ISO 8601 moment: in UTC when it has an offset, else as the clock of its place showed it.

    A day without an hour stays a day: midnight would be invented.
    """
    text = value.strip() if isinstance(value, str) else ""
    if len(text) <= 10:
        return read_day(text)
    moment = datetime.fromisoformat(text)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    _believable(moment.year)
    return moment


def read_day(value: Any) -> date:
    """A day, ISO or day first."""
    if not isinstance(value, str):
        raise ValueError("a day is text")
    day = parse_fecha(value)
    _believable(day.year)
    return day


def _believable(year: int) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError("no gantry was read that year")


@dataclass
class Leniency:
    """The optional fields of an item, one at a time: a bad one costs itself, not the sighting.

    What could not be used is kept in words, by the name of its field.
    """

    advertencias: dict[str, str] = field(default_factory=dict)

    def pesos(self, name: str, value: Any) -> int | None:
        """An amount in whole pesos, as a number or as text."""
        if value is None or (isinstance(value, str) and not clean_text(value)):
            return None
        try:
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                raise InvalidValue("not an amount")
            return parse_pesos(value)
        except (InvalidValue, OverflowError):
            said = _quote(value)
            self.advertencias[name] = f"Monto que no se pudo leer: la fuente dice {said}."
            return None

    def text(self, name: str, label: str, value: Any, limit: int) -> str | None:
        """A text for a column of that many characters; the raw answer keeps the rest."""
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self.advertencias[name] = (
                f"{label} que no se pudo leer: la fuente dice {_quote(value)}."
            )
            return None
        text = clean_text(value)
        if len(text) <= limit:
            return text or None
        self.advertencias[name] = f"{label} acortado: la fuente escribió {len(text)} caracteres."
        return text[: limit - 1] + "…"


def _quote(value: Any) -> str:
    """What the source wrote, short and in one line."""
    text = clean_text(value if isinstance(value, str) else repr(value)[:200])
    return f"«{text if len(text) <= _QUOTED else text[: _QUOTED - 1] + '…'}»"


Moment = Annotated[date | datetime, BeforeValidator(read_moment)]
Day = Annotated[date, BeforeValidator(read_day)]


class Schema(BaseModel):
    """What is read of an item; anything else in it stays in the raw answer only."""

    model_config = ConfigDict(extra="ignore", arbitrary_types_allowed=True)
