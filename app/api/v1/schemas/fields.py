"""The kinds of value, each read by the parser that the pages use too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from app.core.clock import SANTIAGO, Reading, local_today, read_local, utcnow
from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.phone_numbers import parse_telefono
from app.core.rut import parse_rut
from app.core.text import clean_text
from app.mensajes.rules import REASON_MAX, TEXT_MAX
from app.notificaciones.rules import COMMENT_MAX, MESSAGE_MAX
from app.oficios.rules.papel import STRICT, judge
from app.usuarios.rules import PASSWORD_MAX
from app.vehiculos.rules import FIRST_YEAR

Value = TypeVar("Value")

#: The largest number that an id can be on PostgreSQL.
MAX_ID = 2**31 - 1
NOTES_MAX = 5000
_YEARS = (date(1900, 1, 1), date(2100, 12, 31))


def _read_text(text: str, *, limit: int, multiline: bool = False) -> str:
    if "\x00" in text:
        raise InvalidValue("No puede llevar el carácter NUL.")
    cleaned = clean_text(text, multiline=multiline)
    if len(cleaned) > limit:
        raise InvalidValue(f"No puede tener más de {limit} caracteres.")
    return cleaned


def _read_name(text: str, *, limit: int, multiline: bool = False) -> str:
    cleaned = _read_text(text, limit=limit, multiline=multiline)
    if not cleaned:
        raise InvalidValue("No puede quedar vacío.")
    return cleaned


def _parsed(parser: Callable[[str], Value]) -> Callable[[str], Value]:
    """A line of text, read by a parser of the core."""
    return lambda text: parser(_read_text(text, limit=254))


def _judged(campo: str, text: str, *, required: bool) -> str | None:
    """A text of a paper as it is written properly; None where it says nothing (``S/I``)."""
    if "\x00" in text:
        raise InvalidValue("No puede llevar el carácter NUL.")
    found = judge(campo, text, today=local_today(utcnow()), missing=STRICT.missing.get(campo))
    if found.refusal:
        raise InvalidValue(found.refusal)
    if not found.valores and required:
        raise InvalidValue("No puede quedar vacío.")
    value = str(next(iter(found.valores.values()))) if found.valores else None
    dv = found.valores.get("patente_dv")
    return f"{value}-{dv}" if dv else value


def _read_password(text: str) -> str:
    if len(text) > PASSWORD_MAX:
        raise InvalidValue(f"No puede tener más de {PASSWORD_MAX} caracteres.")
    return text


def _read_year(anio: int) -> int:
    _judged("anio", str(anio), required=True)
    return anio


def _read_day(day: date) -> date:
    if not _YEARS[0] <= day <= _YEARS[1]:
        raise InvalidValue(f"El año {day.year} no es creíble. Revise la fecha.")
    return day


def _read_moment(moment: datetime) -> datetime:
    """A moment without an offset stays naive: :func:`read_in_place` knows the place's clock."""
    _read_day(moment.date())
    return moment


def read_in_place(moment: datetime, zone: ZoneInfo = SANTIAGO) -> Reading:
    """A moment that was sent; without an offset it is one of the clock of its place."""
    return Reading(moment.astimezone(UTC)) if moment.tzinfo else read_local(moment, zone)


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def line(limit: int) -> AfterValidator:
    """One line of text that says something, of so many characters at most."""
    return AfterValidator(partial(_read_name, limit=limit))


def of_paper(campo: str, *, required: bool = False) -> AfterValidator:
    """The text of a field of a paper, judged as at every other door."""
    return AfterValidator(partial(_judged, campo, required=required))


Name = Annotated[str, line(160), Field(examples=["Estudio Jurídico Andes"])]
Email = Annotated[
    str, AfterValidator(_parsed(parse_email)), Field(examples=["contacto@andes.example"])
]
#: ``76123456-0``; a check digit that does not fit is kept and flagged.
Rut = Annotated[
    str, AfterValidator(_parsed(lambda text: parse_rut(text).valor)), Field(examples=["76123456-0"])
]
Telefono = Annotated[
    str, AfterValidator(_parsed(parse_telefono)), Field(examples=["+56 9 1234 5678"])
]
Message = Annotated[str, AfterValidator(partial(_read_text, limit=MESSAGE_MAX, multiline=True))]
Notes = Annotated[str, AfterValidator(partial(_read_text, limit=NOTES_MAX, multiline=True))]
Told = Annotated[str, AfterValidator(partial(_read_name, limit=NOTES_MAX, multiline=True))]
ReceptorComment = Annotated[
    str, AfterValidator(partial(_read_text, limit=COMMENT_MAX, multiline=True))
]
MessageReason = Annotated[str, AfterValidator(partial(_read_name, limit=REASON_MAX))]
MessageText = Annotated[str, AfterValidator(partial(_read_name, limit=TEXT_MAX, multiline=True))]
Password = Annotated[str, AfterValidator(_read_password)]
#: With or without separators and check digit; one that does not fit is kept and flagged.
PlacaPatente = Annotated[str, of_paper("patente"), Field(examples=["BBCL12"])]
RolCausa = Annotated[str, of_paper("rol"), Field(examples=["C-3030-2017"])]
PersonaRut = Annotated[str, of_paper("propietario_rut"), Field(examples=["12345678-5"])]
PersonaNombre = Annotated[str, of_paper("propietario_nombre"), Field(examples=["Rosa Soto"])]
PersonaEmail = Annotated[
    str, of_paper("propietario_email"), Field(examples=["rosa@correo.example"])
]
PersonaTelefono = Annotated[
    str, of_paper("propietario_telefono"), Field(examples=["+56 9 1234 5678"])
]
Comuna = Annotated[str, of_paper("comuna"), Field(examples=["Ñuñoa"])]
Vin = Annotated[str, of_paper("vin"), Field(examples=["JS2ZC21S9G6500001"])]
#: The document tells the bounds; which years are believed, the judgement of the paper says.
Anio = Annotated[
    int,
    Field(json_schema_extra={"minimum": FIRST_YEAR, "maximum": 2100}),
    AfterValidator(_read_year),
]
Day = Annotated[date, AfterValidator(_read_day)]
Moment = Annotated[datetime, AfterValidator(_read_moment)]
Pesos = Annotated[int, Field(ge=0, le=MAX_ID)]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Version = Annotated[int, Field(ge=1, le=MAX_ID)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
#: Nothing may be said by null and by an empty text.
Maybe = Annotated[Value | None, BeforeValidator(_blank_is_none)]
