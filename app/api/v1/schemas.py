"""The shapes of the API: what it takes, read by the parsers of ``app.core``, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from app.core.correo import parse_email
from app.core.errors import InvalidValue
from app.core.rut import parse_rut
from app.core.telefono import parse_telefono
from app.core.texto import clean_text
from app.jobs.rules import EstadoTrabajo
from app.notificaciones.rules import MESSAGE_MAX
from app.usuarios.rules import PASSWORD_MAX, Rol

Value = TypeVar("Value")

#: The largest number that an id can be on PostgreSQL.
_MAX_ID = 2**31 - 1


def _read_text(text: str, *, limit: int, multiline: bool = False) -> str:
    if "\x00" in text:
        raise InvalidValue("No puede llevar el carácter NUL.")
    cleaned = clean_text(text, multiline=multiline)
    if len(cleaned) > limit:
        raise InvalidValue(f"No puede tener más de {limit} caracteres.")
    return cleaned


def _read_name(text: str) -> str:
    cleaned = _read_text(text, limit=160)
    if not cleaned:
        raise InvalidValue("No puede quedar vacío.")
    return cleaned


def _parsed(parser: Callable[[str], Value]) -> Callable[[str], Value]:
    """A line of text, read by a parser of the core."""
    return lambda text: parser(_read_text(text, limit=254))


def _read_password(text: str) -> str:
    if len(text) > PASSWORD_MAX:
        raise InvalidValue(f"No puede tener más de {PASSWORD_MAX} caracteres.")
    return text


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Name = Annotated[str, AfterValidator(_read_name)]
Email = Annotated[str, AfterValidator(_parsed(parse_email))]
#: ``76123456-0``; a check digit that does not fit is kept and flagged.
Rut = Annotated[str, AfterValidator(_parsed(lambda text: parse_rut(text).valor))]
Telefono = Annotated[str, AfterValidator(_parsed(parse_telefono))]
Message = Annotated[str, AfterValidator(partial(_read_text, limit=MESSAGE_MAX, multiline=True))]
Password = Annotated[str, AfterValidator(_read_password)]
Id = Annotated[int, Field(ge=1, le=_MAX_ID)]
#: Nothing may be said by null and by an empty text.
Maybe = Annotated[Value | None, BeforeValidator(_blank_is_none)]


class Body(BaseModel):
    """What a request brings: what is not known is refused, and ``"1"`` is not a number."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Query(BaseModel):
    """What stands behind the question mark, where everything is text."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What is answered, read from a row."""

    model_config = ConfigDict(from_attributes=True)


class Credentials(Body):
    """Who wants a token."""

    email: Email
    password: Password


class UsuarioShown(Shown):
    """An account."""

    id: int
    email: str
    nombre: str
    rol: Rol
    buffet_id: int | None
    activo: bool
    avatar_url: str | None
    created_at: datetime


class TokenShown(Shown):
    """A fresh token and whom it speaks for."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105  # the name of the scheme
    user: UsuarioShown


class Paging(Query):
    """Which part of a list."""

    skip: Annotated[int, Field(ge=0, le=_MAX_ID)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class BuffetQuery(Paging):
    """Which buffets."""

    activo: bool | None = None


class BuffetNew(Body):
    """A law firm to register."""

    nombre: Name
    rut: Rut
    email_principal: Email
    telefono: Maybe[Telefono] = None
    contacto_nombre: Maybe[Name] = None


class BuffetChange(Body):
    """What to correct of a law firm; what is left out stays. ``activo`` closes and reopens it."""

    nombre: Name | None = None
    rut: Rut | None = None
    email_principal: Email | None = None
    telefono: Maybe[Telefono] = None
    contacto_nombre: Maybe[Name] = None
    activo: bool | None = None

    @field_validator("nombre", "rut", "email_principal", "activo")
    @classmethod
    def _not_emptied(cls, value: Any) -> Any:
        """May be left out, not taken away."""
        if value is None:
            raise InvalidValue("No puede quedar vacío.")
        return value


class BuffetShown(Shown):
    """A law firm. ``token_tablero`` opens its dashboard; null when no link of it is usable."""

    id: int
    nombre: str
    rut: str
    email_principal: str
    telefono: str | None
    contacto_nombre: str | None
    activo: bool
    token_tablero: str | None
    advertencias: list[str]
    created_at: datetime


class NoticeNew(Body):
    """A notice to a receptor judicial. An address that was told already takes a second yes."""

    receptor_email: Email
    mensaje_adicional: Maybe[Message] = None
    adjuntos_ids: Annotated[list[Id], Field(max_length=100)] = []
    confirmar_repetida: bool = False


class Enqueued(Shown):
    """Work that was taken on, and by which name to ask for it."""

    message: str
    task_id: str


class PendingCheck(Enqueued):
    """A check of the gantries that was taken on."""

    message: str = "Consulta encolada"
    status: str = "pending"


class TrabajoShown(Shown):
    """A job and how far it is."""

    task_id: str
    tipo: str
    estado: EstadoTrabajo
    oficio_id: int | None
    intentos: int
    error: str | None
    creado: datetime
    iniciado: datetime | None
    terminado: datetime | None
