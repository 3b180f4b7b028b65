"""What happens to keys of scripts and to answers that are kept."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.api.models import ClaveApi, RespuestaGuardada
from app.api.rules import (
    ANSWER_AWAITED,
    ANSWER_KEPT,
    ELSEWHERE_AWAITED,
    SHOWN,
    USE_NOTED_EVERY,
    Alcance,
    hash_key,
)
from app.auditoria.service import audit
from app.core.clock import is_within
from app.core.errors import Refused
from app.core.process_identity import is_dead, is_here, own_process
from app.db import db
from app.usuarios.models import Usuario


def create_key(
    nombre: str,
    usuario: Usuario,
    alcance: Alcance,
    key: str,
    *,
    actor: Usuario,
    now: datetime,
    datos_personales: bool = False,
) -> ClaveApi:
    """Store a fresh key (``rules.new_key``) with which a script asks as that account.

    ``datos_personales``: it reads RUT, telephone and e-mail of people unmasked.

    Raises:
        Refused: the account is inactive.
    """
    if not usuario.activo:
        raise Refused("Esa cuenta está inactiva: elija otra.")
    clave = ClaveApi(
        nombre=nombre,
        usuario_id=usuario.id,
        alcance=alcance,
        datos_personales=datos_personales,
        prefijo=key[:SHOWN],
        huella=hash_key(key),
        creada_por_id=actor.id,
        created_at=now,
    )
    db.session.add(clave)
    db.session.flush()
    _audit("clave_api.creada", clave, actor, now)
    return clave


def revoke_key(clave: ClaveApi, *, actor: Usuario, now: datetime) -> None:
    """Revoke a key; idempotent."""
    if clave.revocada_at is None:
        clave.revocada_at = now
        _audit("clave_api.revocada", clave, actor, now)
        db.session.flush()


def is_use_to_note(clave: ClaveApi, now: datetime) -> bool:
    """Whether this use of a key is worth a write."""
    return clave.ultimo_uso_at is None or not is_within(clave.ultimo_uso_at, now, USE_NOTED_EVERY)


def note_key_use(clave_id: int, *, now: datetime) -> None:
    """Remember when a key was last used."""
    db.session.execute(
        sa.update(ClaveApi)
        .where(ClaveApi.id == clave_id)
        .values(ultimo_uso_at=now)
        .execution_options(synchronize_session=False)
    )


class KeyReused(Refused):
    """The Idempotency-Key stood for something else."""

    def __init__(self) -> None:
        super().__init__(
            "Esa Idempotency-Key ya se usó con otros datos. Use una nueva para cada solicitud."
        )


class StillAnswering(Refused):
    """The first request with that Idempotency-Key is under way."""

    def __init__(self) -> None:
        super().__init__(
            "La primera solicitud con esa Idempotency-Key todavía se está atendiendo. Espere un "
            "momento y repítala."
        )


class ClaimLost(Refused):
    """Another process took the Idempotency-Key over; this transaction must roll back."""

    def __init__(self) -> None:
        super().__init__("Otro proceso atendió esta solicitud.")


def begin_answer(
    usuario_id: int,
    clave: str,
    huella: str,
    found: RespuestaGuardada | None,
    *,
    owner: str,
    now: datetime,
) -> RespuestaGuardada | None:
    """Note that a request is being answered; or give the answer that it had before.

    ``found`` is what is stored for that key, ``owner`` who answers now (``new_owner``). Two
    requests at the same moment meet at the constraint of the table.

    Raises:
        KeyReused: the key stood for something else.
        StillAnswering: the first one is under way.
    """
    kept = look_at_answer(found, huella, now=now)
    if kept is not None:
        return kept
    if found is not None and not _delete_as_seen(found):
        raise StillAnswering  # it was answered, or taken over, in this moment
    db.session.add(
        RespuestaGuardada(
            usuario_id=usuario_id, clave=clave, huella=huella, arriendo_de=owner, created_at=now
        )
    )
    db.session.flush()
    return None


def look_at_answer(
    found: RespuestaGuardada | None, huella: str, *, now: datetime
) -> RespuestaGuardada | None:
    """The answer that was given before; None: the request is to be answered now.

    Raises:
        KeyReused: the key stood for something else.
        StillAnswering: the first one is under way.
    """
    # An answer from a clock that ran ahead is one too: done again, it would be there twice.
    if found is None or now - found.created_at >= ANSWER_KEPT:
        return None
    if found.huella != huella:
        raise KeyReused
    if found.estado is None and _is_answering(found, now):
        raise StillAnswering
    return found if found.estado is not None else None


def new_owner() -> str:
    """Who answers a request: this process, and which of its attempts."""
    return f"{own_process()} {secrets.token_hex(8)}"


def _is_answering(found: RespuestaGuardada, now: datetime) -> bool:
    """Whether the process that began to answer may still do so."""
    process = (found.arriendo_de or "").partition(" ")[0]
    if is_dead(process):
        return False
    awaited = ANSWER_AWAITED if is_here(process) else ELSEWHERE_AWAITED
    return is_within(found.created_at, now, awaited)


def _delete_as_seen(found: RespuestaGuardada) -> bool:
    """Delete a row unless it changed since it was read: on PostgreSQL its owner may just commit."""
    table = RespuestaGuardada
    result: Any = db.session.execute(
        sa.delete(table)
        .where(
            table.id == found.id,
            table.estado.is_not_distinct_from(found.estado),
            table.arriendo_de.is_not_distinct_from(found.arriendo_de),
        )
        .execution_options(synchronize_session=False)
    )
    db.session.expunge(found)
    return bool(result.rowcount)


def keep_answer(
    usuario_id: int,
    clave: str,
    owner: str,
    *,
    estado: int,
    cuerpo: str,
    cabeceras: dict[str, Any],
) -> None:
    """Keep what was answered, in the transaction that did what was asked.

    Raises:
        ClaimLost: another one answers by now, or has answered.
    """
    result: Any = db.session.execute(
        sa.update(RespuestaGuardada)
        .where(*_claim(usuario_id, clave, owner))
        .values(estado=estado, cuerpo=cuerpo, cabeceras=cabeceras)
        .execution_options(synchronize_session=False)
    )
    if not result.rowcount:
        raise ClaimLost


def drop_answer(usuario_id: int, clave: str, owner: str) -> None:
    """Release the Idempotency-Key of a request that was refused or failed."""
    db.session.execute(
        sa.delete(RespuestaGuardada)
        .where(*_claim(usuario_id, clave, owner))
        .execution_options(synchronize_session=False)
    )


def _claim(usuario_id: int, clave: str, owner: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        RespuestaGuardada.usuario_id == usuario_id,
        RespuestaGuardada.clave == clave,
        RespuestaGuardada.arriendo_de == owner,
        RespuestaGuardada.estado.is_(None),
    )


def _audit(accion: str, clave: ClaveApi, actor: Usuario, now: datetime) -> None:
    audit(
        accion,
        actor=actor,
        now=now,
        entidad="clave_api",
        entidad_id=clave.id,
        usuario_id_de_la_clave=clave.usuario_id,
        alcance=clave.alcance.value,
        datos_personales=clave.datos_personales,
    )
