"""What happens to sessions: they begin, are used, prove again who they are of, and end."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa

from app.auditoria.service import audit
from app.core.errors import Refused
from app.db import db
from app.usuarios.models import Sesion, Usuario
from app.usuarios.rules.sesiones import FinSesion, SessionLimits, TipoSesion, hash_session


def start_session(
    usuario: Usuario, token: str, *, lugar: str, equipo: str, now: datetime
) -> Sesion:
    """Open a session for who has just proved to be that person.

    ``token`` (``rules.sesiones.new_session_token``) goes to the browser and is kept nowhere.
    """
    sesion = Sesion(
        usuario_id=usuario.id,
        huella=hash_session(token),
        lugar=lugar,
        equipo=equipo,
        created_at=now,
        vista_at=now,
        confirmada_at=now,
    )
    db.session.add(sesion)
    db.session.flush()
    return sesion


def confirm_session(sesion_id: int, token: str, *, now: datetime) -> None:
    """Remember that the person has proved again who they are; the session gets a new number.

    A copy of the old one opens nothing any more (ASVS 5.0, 7.2.4).

    Raises:
        Refused: the session was ended meanwhile.
    """
    _update_open(sesion_id, huella=hash_session(token), confirmada_at=now, vista_at=now)


def make_phone(sesion_id: int, clave_publica: str, *, actor: Usuario, now: datetime) -> None:
    """Make a session that of an installed phone, which signs with that key to go on.

    Raises:
        Refused: the session was ended meanwhile.
    """
    _update_open(sesion_id, tipo=TipoSesion.TELEFONO, clave_publica=clave_publica, vista_at=now)
    audit(
        "usuario.telefono",
        actor=actor,
        now=now,
        entidad="usuario",
        entidad_id=actor.id,
        sesion=sesion_id,
    )


def resume_session(sesion_id: int, token: str, *, lugar: str, now: datetime) -> None:
    """Go on with the session of a phone that has signed; it gets a new number.

    That somebody proved who they are is not said by it.

    Raises:
        Refused: the session was ended meanwhile.
    """
    _update_open(sesion_id, huella=hash_session(token), vista_at=now, lugar=lugar)


def note_seen(sesion_id: int, *, lugar: str, now: datetime) -> None:
    """Remember when and where a session was used; of one that was ended meanwhile, nothing."""
    db.session.execute(_open(sesion_id).values(vista_at=now, lugar=lugar))


def end_session(sesion_id: int, motivo: FinSesion, *, now: datetime) -> None:
    """End one session; that of who ended it already stays as it was."""
    db.session.execute(_open(sesion_id).values(terminada_at=now, motivo=motivo))


def end_sessions(
    usuario: Usuario, motivo: FinSesion, *, now: datetime, keep: int | None = None
) -> None:
    """End all that is open of an account: sessions, tokens of the API, invitations and links.

    ``keep`` is the session of the person who asks for it, which goes on.
    """
    usuario.session_version += 1
    statement = sa.update(Sesion).where(
        Sesion.usuario_id == usuario.id, Sesion.terminada_at.is_(None)
    )
    if keep is not None:
        statement = statement.where(Sesion.id != keep)
    db.session.execute(
        statement.values(terminada_at=now, motivo=motivo).execution_options(
            synchronize_session=False
        )
    )
    db.session.flush()


def end_every_token() -> None:
    """End the tokens, invitations and links of all accounts, of a database that came back.

    What was ended after its backup has a version that is not reached again.
    """
    ahead = 1_000 + secrets.randbelow(1_000_000)
    db.session.execute(
        sa.update(Usuario)
        .values(session_version=Usuario.session_version + ahead)
        .execution_options(synchronize_session=False)
    )


def end_every_session(*, now: datetime) -> None:
    """End the sessions of all accounts: of those of a backup nobody knows who has them now."""
    db.session.execute(
        sa.update(Sesion)
        .where(Sesion.terminada_at.is_(None))
        .values(terminada_at=now, motivo=FinSesion.ADMINISTRADOR)
        .execution_options(synchronize_session=False)
    )


def close_session(sesion: Sesion, *, actor: Usuario, now: datetime) -> None:
    """End one session from another one, which the audit tells."""
    end_session(sesion.id, FinSesion.CERRADA, now=now)
    audit(
        "usuario.sesion_cerrada",
        actor=actor,
        now=now,
        entidad="usuario",
        entidad_id=sesion.usuario_id,
        sesion=sesion.id,
    )


def end_overdue(limits: SessionLimits, *, now: datetime) -> None:
    """Write down of the sessions that time has ended that it has, and why."""
    for tipo in TipoSesion:
        too_old = sa.and_(Sesion.tipo == tipo, Sesion.created_at < now - limits.longest(tipo))
        _end_where(too_old, FinSesion.VENCIDA, now)
    # A phone proves itself again, however long it lay there.
    unused = sa.and_(Sesion.tipo == TipoSesion.ESCRITORIO, Sesion.vista_at < now - limits.idle)
    _end_where(unused, FinSesion.INACTIVA, now)


def _end_where(condition: sa.ColumnElement[bool], motivo: FinSesion, now: datetime) -> None:
    db.session.execute(
        sa.update(Sesion)
        .where(condition, Sesion.terminada_at.is_(None))
        .values(terminada_at=now, motivo=motivo)
        .execution_options(synchronize_session=False)
    )


def close_sessions(
    usuario: Usuario,
    motivo: FinSesion,
    *,
    actor: Usuario,
    now: datetime,
    keep: int | None = None,
) -> None:
    """End them as ``end_sessions`` does because somebody wants it so, which the audit tells."""
    end_sessions(usuario, motivo, now=now, keep=keep)
    audit(
        "usuario.sesiones_cerradas",
        actor=actor,
        now=now,
        entidad="usuario",
        entidad_id=usuario.id,
        motivo=motivo.value,
    )


def _update_open(sesion_id: int, **values: object) -> None:
    result = db.session.execute(_open(sesion_id).values(**values))
    if not getattr(result, "rowcount", 0):
        raise Refused("Su sesión se cerró mientras tanto: entre otra vez.")


def _open(sesion_id: int) -> sa.Update:
    return (
        sa.update(Sesion)
        .where(Sesion.id == sesion_id, Sesion.terminada_at.is_(None))
        .execution_options(synchronize_session=False)
    )
