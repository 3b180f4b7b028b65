"""Finding sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from app.ajustes.queries import current_values, read_setting, setting_column
from app.db import db
from app.usuarios.models import Sesion, Usuario
from app.usuarios.queries import limit_by_mode
from app.usuarios.rules.por_necesidad import ACCESS_MODE
from app.usuarios.rules.sesiones import (
    KEEP_DATA,
    KEEP_PAGES,
    LIMIT_SETTINGS,
    FinSesion,
    SessionLimits,
    TipoSesion,
    find_end,
    hash_session,
    is_listed,
    lets_keep,
)


def find_open_session(token: str, *, now: datetime) -> Sesion | None:
    """The session that a browser holds, with its account; None when it or the account has ended.

    One question, as every page asks it.
    """
    row = db.session.execute(_open_session(), {"huella": hash_session(token)}).one_or_none()
    if row is None:
        return None
    sesion: Sesion = row[0]
    usuario = sesion.usuario
    if not usuario.activo or (usuario.buffet is not None and not usuario.buffet.activo):
        return None
    limit_by_mode(usuario, row[1])
    sesion.guarda_paginas = lets_keep(read_setting(KEEP_PAGES, row[2]))
    sesion.guarda_datos = lets_keep(read_setting(KEEP_DATA, row[3]))
    stored = zip(LIMIT_SETTINGS, row[4:], strict=True)
    limits = SessionLimits.of(*(int(read_setting(*one)) for one in stored))
    return None if _find_end(sesion, limits, now) else sesion


@cache
def _open_session() -> sa.Select:
    """The session of a ``huella``; written once, since that takes longer than the answer."""
    return (
        sa.select(
            Sesion,
            setting_column(ACCESS_MODE),
            setting_column(KEEP_PAGES),
            setting_column(KEEP_DATA),
            *map(setting_column, LIMIT_SETTINGS),
        )
        .join(Sesion.usuario)
        .outerjoin(Usuario.buffet)
        .options(contains_eager(Sesion.usuario).contains_eager(Usuario.buffet))
        .where(Sesion.huella == sa.bindparam("huella"), Sesion.terminada_at.is_(None))
    )


class SessionFacts(NamedTuple):
    """What a page depends on of the session that asks for it."""

    id: int
    usuario_id: int
    tipo: TipoSesion
    vista_at: datetime
    confirmada_at: datetime


def select_session_facts() -> sa.Select:
    """What ``facts_of_row`` reads, of a ``huella``: of a session, without its account.

    Whether the account may still come in is not asked: whoever asks so knows that no account
    changed.
    """
    return sa.select(
        *(getattr(Sesion, name) for name in SessionFacts._fields),
        Sesion.created_at,
        *map(setting_column, LIMIT_SETTINGS),
    ).where(Sesion.huella == sa.bindparam("huella"), Sesion.terminada_at.is_(None))


def facts_of_row(row: Sequence[Any], now: datetime) -> SessionFacts | None:
    """The facts of a session; None when it has ended."""
    facts, began = SessionFacts(*row[:5]), row[5]
    stored = zip(LIMIT_SETTINGS, row[6:], strict=True)
    limits = SessionLimits.of(*(int(read_setting(*one)) for one in stored))
    return None if find_end(facts.tipo, began, facts.vista_at, limits, now) else facts


def find_phone(sesion_id: int, *, now: datetime) -> Sesion | None:
    """The session of an installed phone by its number, also when it was not used for long.

    None when it or its account has ended, or when it is of something else than a phone.
    """
    if not 0 < sesion_id < 2**31:
        return None
    sesion = db.session.scalar(
        sa.select(Sesion)
        .join(Sesion.usuario)
        .outerjoin(Usuario.buffet)
        .options(contains_eager(Sesion.usuario).contains_eager(Usuario.buffet))
        .where(
            Sesion.id == sesion_id,
            Sesion.terminada_at.is_(None),
            Sesion.tipo == TipoSesion.TELEFONO,
        )
    )
    if sesion is None or not is_listed(sesion.tipo, _find_end(sesion, current_limits(), now)):
        return None
    usuario = sesion.usuario
    is_closed = usuario.buffet is not None and not usuario.buffet.activo
    return sesion if usuario.activo and not is_closed else None


def current_limits() -> SessionLimits:
    """How long sessions last, as the settings say now."""
    values = current_values(list(LIMIT_SETTINGS))
    return SessionLimits.of(*(int(values[setting.clave]) for setting in LIMIT_SETTINGS))


def list_open_sessions(usuario_id: int, *, now: datetime) -> list[Sesion]:
    """The sessions of an account that can still be used, the one used last first."""
    limits = current_limits()
    rows = db.session.scalars(
        sa.select(Sesion)
        .where(Sesion.usuario_id == usuario_id, Sesion.terminada_at.is_(None))
        .order_by(Sesion.vista_at.desc(), Sesion.id.desc())
    )
    return [row for row in rows if is_listed(row.tipo, _find_end(row, limits, now))]


def find_own_session(sesion_id: int, usuario_id: int) -> Sesion | None:
    """A session by its number, if it is of that account and nobody ended it."""
    return db.session.scalar(
        sa.select(Sesion).where(
            Sesion.id == sesion_id,
            Sesion.usuario_id == usuario_id,
            Sesion.terminada_at.is_(None),
        )
    )


def _find_end(sesion: Sesion, limits: SessionLimits, now: datetime) -> FinSesion | None:
    return find_end(sesion.tipo, sesion.created_at, sesion.vista_at, limits, now)
