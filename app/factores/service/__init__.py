"""What happens to somebody's factors: each deed in the audit, its owner told by mail."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa

from app.auditoria.service import audit
from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.core.errors import InvalidValue, Refused
from app.db import db
from app.factores.models import Autenticador, CodigoRespaldo, LlaveAcceso
from app.factores.queries import factors_of, find_app, find_key, must_have_one
from app.factores.rules import (
    PAPER_CODES,
    TELL_JOB,
    CambioFactor,
    Comprobacion,
    hash_paper_code,
    new_paper_code,
    read_code,
)
from app.factores.rules.llaves import NewKey
from app.factores.rules.totp import find_step, new_secret, open_secret, seal_secret
from app.jobs.queue import enqueue
from app.usuarios.models import Usuario
from app.usuarios.rules.sesiones import FinSesion
from app.usuarios.service.sesiones import end_sessions

_MOST_KEYS = 20


def begin_app(usuario: Usuario, secret_key: str, *, now: datetime) -> str:
    """The secret of an application that is being set up, the same until a first code came.

    Raises:
        Refused: the account has one that works.
    """
    row = find_app(usuario.id)
    if row is not None and row.confirmado_at is not None:
        raise Refused("Su cuenta ya tiene una aplicación de códigos: quítela antes de poner otra.")
    if row is not None:
        secret = open_secret(row.secreto, usuario.id, secret_key)
        if secret is not None:
            return secret
        db.session.delete(row)
        db.session.flush()
    secret = new_secret()
    db.session.add(
        Autenticador(
            usuario_id=usuario.id,
            secreto=seal_secret(secret, usuario.id, secret_key),
            created_at=now,
        )
    )
    db.session.flush()
    return secret


def confirm_app(usuario: Usuario, code: str, secret_key: str, *, now: datetime) -> list[str]:
    """A first code shows that the phone has the secret: from now on it is asked for.

    Returns the codes on paper that come with a first factor, to show once.

    Raises:
        InvalidValue: the code is not the one of now.
        Refused: no application is being set up.
    """
    row = find_app(usuario.id)
    if row is None or row.confirmado_at is not None:
        raise Refused("No hay una aplicación de códigos por activar.")
    secret = open_secret(row.secreto, usuario.id, secret_key)
    step = find_step(secret, read_code(code), now) if secret else None
    if step is None or not _use_step(row.id, step):
        raise InvalidValue("Ese no es el código de ahora: escriba el que muestra la aplicación.")
    is_first = not factors_of(usuario.id).has_any
    row.confirmado_at = now
    db.session.flush()
    audit("factor.app", actor=usuario, now=now, entidad="usuario", entidad_id=usuario.id)
    _tell_owner(usuario, CambioFactor.APP, now=now)
    return _new_paper(usuario, now=now) if is_first else []


def add_key(usuario: Usuario, nombre: str, made: NewKey, *, now: datetime) -> list[str]:
    """Keep a passkey. Returns the codes on paper that come with a first factor, to show once.

    Raises:
        Refused: it is known, or the account has too many.
    """
    if find_key(made.credencial) is not None:
        raise Refused("Esa llave de acceso ya está registrada.")
    factors = factors_of(usuario.id)
    if factors.keys >= _MOST_KEYS:
        raise Refused(f"Una cuenta guarda hasta {_MOST_KEYS} llaves: quite una que no use.")
    db.session.add(
        LlaveAcceso(
            usuario_id=usuario.id,
            nombre=nombre,
            credencial=made.credencial,
            clave_publica=made.clave_publica,
            contador=made.contador,
            created_at=now,
        )
    )
    db.session.flush()
    audit("factor.llave", actor=usuario, now=now, entidad="usuario", entidad_id=usuario.id)
    _tell_owner(usuario, CambioFactor.LLAVE, now=now)
    return [] if factors.has_any else _new_paper(usuario, now=now)


def remove_app(usuario: Usuario, *, now: datetime) -> None:
    """Take the application off one's own account.

    Raises:
        Refused: the office asks for a factor and it is the last.
    """
    row = find_app(usuario.id)
    if row is None:
        raise Refused("Su cuenta no tiene una aplicación de códigos.")
    if row.confirmado_at is not None:
        _keep_one(usuario)
    db.session.delete(row)
    _removed(usuario, now=now)


def remove_key(usuario: Usuario, llave: LlaveAcceso, *, now: datetime) -> None:
    """Take a passkey off one's own account.

    Raises:
        Refused: the office asks for a factor and it is the last.
    """
    _keep_one(usuario)
    db.session.delete(llave)
    _removed(usuario, now=now)


def renew_paper(usuario: Usuario, *, now: datetime) -> list[str]:
    """Other codes on paper; the old ones end. They are shown once and kept nowhere.

    Raises:
        Refused: there is no factor that they could stand in for.
    """
    if not factors_of(usuario.id).has_any:
        raise Refused("Active primero una llave de acceso o una aplicación de códigos.")
    audit("factor.codigos", actor=usuario, now=now, entidad="usuario", entidad_id=usuario.id)
    _tell_owner(usuario, CambioFactor.CODIGOS, now=now)
    return _new_paper(usuario, now=now)


def reset_factors(
    usuario: Usuario,
    *,
    comprobacion: Comprobacion | None,
    actor: Usuario | None,
    now: datetime,
) -> None:
    """Take all factors off an account whose person lost them; its sessions end.

    ``actor`` and ``comprobacion`` are None for the command. The owner hears of it by mail and bell.

    Raises:
        Refused: there is nothing to take off.
    """
    if not factors_of(usuario.id).has_any:
        raise Refused(f"La cuenta de {usuario.nombre} no tiene un segundo factor.")
    for model in (Autenticador, LlaveAcceso, CodigoRespaldo):
        db.session.execute(sa.delete(model).where(model.usuario_id == usuario.id))
    end_sessions(usuario, FinSesion.ADMINISTRADOR, now=now)
    audit(
        "factor.reiniciado",
        actor=actor,
        now=now,
        entidad="usuario",
        entidad_id=usuario.id,
        comprobacion=comprobacion.value if comprobacion else "en la máquina",
    )
    _tell_owner(usuario, CambioFactor.REINICIADO, now=now)
    if usuario.is_staff:
        tell(
            usuario,
            f"{CambioFactor.REINICIADO.label}. Si no lo pidió, avise hoy a la oficina.",
            novedad=Novedad.CUENTA,
            url="/cuenta/segundo-factor",
            accion="Activarlo de nuevo",
            clave=f"factores:{usuario.id}:{int(now.timestamp())}",
            now=now,
        )


def reseal_apps(old_key: str, new_key: str) -> tuple[int, int]:
    """Seal under a new SECRET_KEY what an old one sealed: how many now open, how many do not.

    Safe to repeat: what the new one opens already stays as it is.
    """
    opened = lost = 0
    for row in db.session.scalars(sa.select(Autenticador).with_for_update()):
        if open_secret(row.secreto, row.usuario_id, new_key) is None:
            secret = open_secret(row.secreto, row.usuario_id, old_key)
            if secret is None:
                lost += 1
                continue
            row.secreto = seal_secret(secret, row.usuario_id, new_key)
        opened += 1
    return opened, lost


def use_code(usuario_id: int, typed: str, secret_key: str, *, now: datetime) -> bool:
    """Whether a code proves who somebody is. It is used up: of two at once one is right.

    Six digits are the application's, the long ones are of paper.
    """
    code = read_code(typed)
    row = find_app(usuario_id)
    if row is not None and row.confirmado_at is not None:
        secret = open_secret(row.secreto, usuario_id, secret_key)
        step = find_step(secret, code, now) if secret else None
        if step is not None:
            return _use_step(row.id, step)
    used = db.session.execute(
        sa.update(CodigoRespaldo)
        .where(
            CodigoRespaldo.usuario_id == usuario_id,
            CodigoRespaldo.huella == hash_paper_code(code),
            CodigoRespaldo.usado_at.is_(None),
        )
        .values(usado_at=now)
        .execution_options(synchronize_session=False)
    )
    if not getattr(used, "rowcount", 0):
        return False
    audit("factor.respaldo", actor=None, now=now, entidad="usuario", entidad_id=usuario_id)
    return True


def note_key_used(llave_id: int, before: int, count: int, *, now: datetime) -> bool:
    """Remember how often a passkey signed; False when it signed meanwhile: one of two is a copy."""
    used = db.session.execute(
        sa.update(LlaveAcceso)
        .where(LlaveAcceso.id == llave_id, LlaveAcceso.contador == before)
        .values(contador=count, usada_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(getattr(used, "rowcount", 0))


def _use_step(row_id: int, step: int) -> bool:
    used = db.session.execute(
        sa.update(Autenticador)
        .where(Autenticador.id == row_id, Autenticador.ultimo_paso < step)
        .values(ultimo_paso=step)
        .execution_options(synchronize_session=False)
    )
    return bool(getattr(used, "rowcount", 0))


def _new_paper(usuario: Usuario, *, now: datetime) -> list[str]:
    db.session.execute(sa.delete(CodigoRespaldo).where(CodigoRespaldo.usuario_id == usuario.id))
    codes = [new_paper_code() for _ in range(PAPER_CODES)]
    db.session.add_all(
        CodigoRespaldo(
            usuario_id=usuario.id, huella=hash_paper_code(read_code(code)), created_at=now
        )
        for code in codes
    )
    db.session.flush()
    return codes


def _keep_one(usuario: Usuario) -> None:
    if must_have_one(usuario) and factors_of(usuario.id).has_one:
        raise Refused(
            "La oficina exige un segundo factor a su cuenta: agregue otro antes de quitar este."
        )


def _removed(usuario: Usuario, *, now: datetime) -> None:
    db.session.flush()
    if not factors_of(usuario.id).has_any:
        db.session.execute(sa.delete(CodigoRespaldo).where(CodigoRespaldo.usuario_id == usuario.id))
    audit("factor.quitado", actor=usuario, now=now, entidad="usuario", entidad_id=usuario.id)
    _tell_owner(usuario, CambioFactor.QUITADO, now=now)


def _tell_owner(usuario: Usuario, hecho: CambioFactor, *, now: datetime) -> None:
    enqueue(
        TELL_JOB,
        key=f"{TELL_JOB}:{usuario.id}:{secrets.token_hex(8)}",
        now=now,
        args={"usuario_id": usuario.id, "hecho": hecho.value},
    )
    db.session.flush()
