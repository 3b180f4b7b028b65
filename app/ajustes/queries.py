"""Reading settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.ajustes.models import Ajuste, Logo
from app.ajustes.rules import (
    LOGO_SETTING,
    OFFICE_COLOR,
    OFFICE_EMAIL,
    OFFICE_NAME,
    OFFICE_PHONE,
    PRODUCT,
    Setting,
)
from app.core.errors import InvalidValue
from app.db import db, prepared


@dataclass(frozen=True)
class Oficina:
    """How the office presents itself to others."""

    nombre: str
    #: Whether somebody wrote the name, or it is the product's.
    is_named: bool
    logo: Logo | None = None
    #: How to reach it, where an admin wrote that down.
    telefono: str = ""
    email: str = ""
    #: ``#2f3e63``, or empty.
    color: str = ""


def find_setting(clave: str) -> str | None:
    """The stored value, or None when nobody set it."""
    return _stored.rows(claves=[clave]).scalars(1).one_or_none()


@prepared
def _stored(claves: Any) -> sa.Select:
    return sa.select(Ajuste.clave, Ajuste.valor).where(Ajuste.clave.in_(claves))


def text_setting(setting: Setting) -> str:
    """What a setting of text holds now."""
    return str(_value(setting))


def number_setting(setting: Setting) -> int:
    """What a setting of a number holds now, in its own unit."""
    return int(_value(setting))


def _value(setting: Setting) -> str | int:
    return read_setting(setting, find_setting(setting.clave))


def setting_column(setting: Setting) -> sa.ScalarSelect[str]:
    """What is stored of a setting, as a column of another question; ``read_setting`` reads it."""
    return sa.select(Ajuste.valor).where(Ajuste.clave == setting.clave).scalar_subquery()


def read_setting(setting: Setting, stored: str | None) -> str | int:
    """The stored value, or the default when nobody set one or what is stored cannot be read."""
    if stored is None:
        return setting.defecto
    try:
        return setting.parse(stored)
    except InvalidValue:
        return setting.defecto


def current_values(settings: list[Setting]) -> dict[str, str | int]:
    """Return the values of several settings by name, with one query."""
    rows = _stored.rows(claves=[setting.clave for setting in settings])
    stored = {row.clave: row.valor for row in rows}
    return {setting.clave: read_setting(setting, stored.get(setting.clave)) for setting in settings}


def text_settings(*settings: Setting) -> list[str]:
    """What several settings of text hold now, in their order, with one query."""
    values = current_values(list(settings))
    return [str(values[setting.clave]) for setting in settings]


def number_settings(*settings: Setting) -> list[int]:
    """What several settings of numbers hold now, in their order, with one query."""
    values = current_values(list(settings))
    return [int(values[setting.clave]) for setting in settings]


def current_office() -> Oficina:
    """The office's name and logo."""
    settings = (OFFICE_NAME, OFFICE_PHONE, OFFICE_EMAIL, OFFICE_COLOR)
    claves = [*(setting.clave for setting in settings), LOGO_SETTING]
    stored = {row.clave: row.valor for row in _stored.rows(claves=claves)}
    nombre, telefono, email, color = (
        str(read_setting(setting, stored.get(setting.clave))) for setting in settings
    )
    digest = stored.get(LOGO_SETTING)
    return Oficina(
        nombre=nombre or PRODUCT,
        is_named=bool(nombre),
        logo=db.session.get(Logo, digest) if digest else None,
        telefono=telefono,
        email=email,
        color=color,
    )


def find_logo_data(sha256: str) -> bytes | None:
    """The PNG of a logo, of now or of before."""
    return db.session.scalar(sa.select(Logo.datos).where(Logo.sha256 == sha256))


def is_demo() -> bool:
    """Whether this database is marked as a demonstration.

    Simulated sightings, known passwords and the demo mailbox exist only in such a database.
    """
    return find_setting("demo") == "1"
