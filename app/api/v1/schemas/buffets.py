"""Law firms."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict

from app.api.v1.schemas.base import Body, Change, Paging, Shown, example
from app.api.v1.schemas.derived import change_of
from app.api.v1.schemas.fields import Email, Maybe, Name, Rut, Telefono, Version


class BuffetQuery(Paging):
    """Which buffets."""

    activo: bool | None = None


class BuffetNew(Body):
    """A law firm to register."""

    model_config = ConfigDict(
        json_schema_extra=example(
            nombre="Estudio Jurídico Andes",
            rut="76.123.456-0",
            email_principal="contacto@andes.example",
            contacto_nombre="Marta Ríos",
        )
    )

    nombre: Name
    rut: Rut
    email_principal: Email
    telefono: Maybe[Telefono] = None
    contacto_nombre: Maybe[Name] = None


@change_of(BuffetNew)
class BuffetChange(Change):
    """What to correct of a law firm; what is left out stays. ``activo`` closes and reopens it."""

    model_config = ConfigDict(json_schema_extra=example(telefono="+56 2 2345 6789"))
    NOT_NULL = frozenset({"activo"})

    activo: bool | None = None
    version: Version | None = None


class BuffetShown(Shown):
    """A law firm. ``token_tablero`` opens its dashboard; null when no link of it is usable, and for
    a token or key that may only read.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            id=1,
            nombre="Estudio Jurídico Andes",
            rut="76.123.456-0",
            email_principal="contacto@andes.example",
            telefono=None,
            contacto_nombre="Marta Ríos",
            activo=True,
            token_tablero="Zb3…",  # noqa: S106  # shortened on purpose
            advertencias=[],
            version=1,
            created_at="2026-11-24T12:00:00Z",
        )
    )

    id: int
    nombre: str
    rut: str
    email_principal: str
    telefono: str | None
    contacto_nombre: str | None
    activo: bool
    token_tablero: str | None
    advertencias: list[str]
    version: int
    created_at: datetime
