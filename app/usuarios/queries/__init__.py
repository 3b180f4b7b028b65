"""Finding people."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.ajustes.queries import read_setting, setting_column
from app.buffets.models import Buffet
from app.db import db, limit_reader
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.usuarios.rules.por_necesidad import ACCESS_MODE, is_limited


def find_by_email(email: str) -> Usuario | None:
    """The account of an address, whatever its case."""
    return db.session.scalar(sa.select(Usuario).where(Usuario.email == email.strip().lower()))


def find_id_by_email(email: str) -> int | None:
    """The number of the account of an address."""
    return db.session.scalar(sa.select(Usuario.id).where(Usuario.email == email.strip().lower()))


def find_password_hash(email: str) -> str | None:
    """The stored password hash of the account of an address."""
    return db.session.scalar(
        sa.select(Usuario.password_hash).where(Usuario.email == email.strip().lower())
    )


def find_by_session(session_id: str) -> Usuario | None:
    """The account behind a session, unless that session was ended or the account deactivated."""
    user_id, _, version = session_id.partition(".")
    if not (user_id.isdecimal() and version.isdecimal()):
        return None
    row = db.session.execute(
        sa.select(Usuario, setting_column(ACCESS_MODE))
        .options(joinedload(Usuario.buffet))
        .where(Usuario.id == int(user_id))
    ).one_or_none()
    if row is None:
        return None
    usuario: Usuario = row[0]
    limit_by_mode(usuario, row[1])
    if not usuario.activo or usuario.session_version != int(version):
        return None
    if usuario.buffet is not None and not usuario.buffet.activo:
        return None
    return usuario


def sort_sessions(session_ids: Collection[str]) -> dict[str, bool]:
    """Which of some sessions still open their account; True: it sees only the cases it needs."""
    people = {int(session_id.partition(".")[0]) for session_id in session_ids}
    rows = db.session.execute(
        sa.select(Usuario.id, Usuario.session_version, Usuario.rol, setting_column(ACCESS_MODE))
        .outerjoin(Usuario.buffet)
        .where(
            Usuario.id.in_(people),
            Usuario.activo,
            sa.or_(Buffet.id.is_(None), Buffet.activo),
        )
    )
    known = {
        f"{pk}.{version}": is_limited(rol, str(read_setting(ACCESS_MODE, stored)))
        for pk, version, rol, stored in rows
    }
    return {session_id: known[session_id] for session_id in session_ids if session_id in known}


def limit_by_mode(usuario: Usuario, stored: str | None) -> None:
    """Let who asks see only what they need, where the office's setting, as stored, has it so."""
    limited = is_limited(usuario.rol, str(read_setting(ACCESS_MODE, stored)))
    limit_reader(usuario.id if limited else None)


def is_session_current(usuario: Usuario) -> bool:
    """Whether no session of the account was ended since it was read. Locks it until the commit."""
    version = db.session.scalar(
        sa.select(Usuario.session_version).where(Usuario.id == usuario.id).with_for_update()
    )
    return version == usuario.session_version


def list_investigadores() -> list[Usuario]:
    """The active people of the firm, to whom a case may be assigned."""
    return list(
        db.session.scalars(
            sa.select(Usuario)
            .where(Usuario.activo, Usuario.rol != Rol.CLIENTE)
            .order_by(Usuario.nombre)
        )
    )


def usuarios_statement(rol: Rol | None = None, *, activo: bool | None = None) -> sa.Select[Usuario]:
    """The accounts of a list, by name."""
    statement = sa.select(Usuario).order_by(Usuario.nombre, Usuario.id)
    if rol is not None:
        statement = statement.where(Usuario.rol == rol)
    if activo is not None:
        statement = statement.where(Usuario.activo == activo)
    return statement


def list_active_admins() -> list[Usuario]:
    """Who is told what concerns the whole office."""
    statement = sa.select(Usuario).where(Usuario.activo, Usuario.rol == Rol.ADMIN)
    return list(db.session.scalars(statement.order_by(Usuario.nombre, Usuario.id)))


def count_active_admins() -> int:
    """How many people can still manage this installation."""
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Usuario)
            .where(Usuario.rol == Rol.ADMIN, Usuario.activo)
        )
        or 0
    )
