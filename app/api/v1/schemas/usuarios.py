"""Accounts and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from app.api.rules import Alcance
from app.api.v1.schemas.base import Body, Change, Paging, Shown, example
from app.api.v1.schemas.derived import change_of
from app.api.v1.schemas.fields import Email, Id, Maybe, Name, Password, Telefono
from app.usuarios.rules import Rol

_A_PASSWORD = "una clave larga y propia"  # noqa: S105  # an example
_USUARIO = {
    "id": 3,
    "email": "carla@oficina.example",
    "nombre": "Carla Muñoz",
    "rol": "investigador",
    "buffet_id": None,
    "activo": True,
    "avatar_url": None,
    "created_at": "2026-11-24T12:00:00Z",
}


class Credentials(Body):
    """Who wants a token."""

    model_config = ConfigDict(
        json_schema_extra=example(email="carla@oficina.example", password=_A_PASSWORD)
    )

    email: Email
    password: Password
    #: Of an account with a second factor: six digits of its application, or a code on paper.
    codigo: Annotated[str, Field(max_length=60)] | None = None
    #: What the token may do: without ``lectura`` or ``escritura`` both. It reads RUT, telephone and
    #: e-mail unmasked with ``datos_personales`` alone, and each such reading is recorded.
    alcances: list[Alcance] = Field(default_factory=list)


class UsuarioShown(Shown):
    """An account."""

    model_config = ConfigDict(json_schema_extra=example(**_USUARIO))

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

    model_config = ConfigDict(
        json_schema_extra=example(
            access_token="eyJhbGciOi…",  # noqa: S106  # shortened on purpose
            token_type="bearer",  # noqa: S106  # the name of the scheme
            user=_USUARIO,
        )
    )

    access_token: str
    token_type: str = "bearer"  # noqa: S105  # the name of the scheme
    user: UsuarioShown


class UsuarioQuery(Paging):
    """Which accounts."""

    rol: Rol | None = None
    activo: bool | None = None


class UsuarioNew(Body):
    """An account to open. ``buffet_id`` belongs to a cliente, and to nobody else.

    There is no password: its person chooses one by the link of an invitation.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            email="pedro@oficina.example",
            nombre="Pedro Rojas",
            rol="investigador",
        )
    )

    email: Email
    nombre: Name
    rol: Rol
    buffet_id: Id | None = None
    telefono: Maybe[Telefono] = None


@change_of(UsuarioNew, without=("rol", "buffet_id"))
class UsuarioChange(Change):
    """What to change of an account. ``activo`` ends its sessions."""

    model_config = ConfigDict(json_schema_extra=example(nombre="Pedro Rojas Díaz"))
    NOT_NULL = frozenset({"activo"})

    activo: bool | None = None


class RolChange(Body):
    """Another role. A cliente needs its buffet; nobody else has one."""

    model_config = ConfigDict(json_schema_extra=example(rol="cliente", buffet_id=1))

    rol: Rol
    buffet_id: Id | None = None
