"""What happens to keys of scripts and to answers that are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.api.models import ClaveApi, RespuestaGuardada
from app.api.rules import ANSWER_AWAITED, ANSWER_KEPT, SHOWN, USE_NOTED_EVERY, Alcance, hash_key
from app.auditoria.service import audit
from app.core.clock import is_within
from app.core.errors import Refused
from app.db import db
from app.usuarios.models import Usuario


def create_key(
    nombre: str, usuario: Usuario, alcance: Alcance, key: str, *, actor: Usuario, now: datetime
) -> ClaveApi:
    """Store a fresh key (``rules.new_key``) with which a script asks as that account.

    Raises:
        Refused: the account is inactive.
    """
    if not usuario.activo:
        raise Refused("Esa cuenta está inactiva: elija otra.")
    clave = ClaveApi(
        nombre=nombre,
        usuario_id=usuario.id,
        alcance=alcance,
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
    """Make a key open nothing; asked again, it stays so."""
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


def begin_answer(
    usuario_id: int, clave: str, huella: str, found: RespuestaGuardada | None, *, now: datetime
) -> RespuestaGuardada | None:
    """Note that a request is being answered; or give the answer that it had before.

    ``found`` is what is stored for that key. Two requests at the same moment meet at the
    constraint of the table.

    Raises:
        KeyReused: the key stood for something else.
        StillAnswering: the first one is under way.
    """
    if found is not None and is_within(found.created_at, now, ANSWER_KEPT):
        if found.huella != huella:
            raise KeyReused
        if found.estado is not None:
            return found
        if now - found.created_at < ANSWER_AWAITED:
            raise StillAnswering
    if found is not None:
        db.session.delete(found)
        db.session.flush()
    db.session.add(
        RespuestaGuardada(usuario_id=usuario_id, clave=clave, huella=huella, created_at=now)
    )
    db.session.flush()
    return None


def keep_answer(
    found: RespuestaGuardada, estado: int, cuerpo: str, cabeceras: dict[str, Any]
) -> None:
    """Keep what was answered."""
    found.estado = estado
    found.cuerpo = cuerpo
    found.cabeceras = cabeceras
    db.session.flush()


def drop_answer(found: RespuestaGuardada) -> None:
    """The request was refused or broke: the key is free for another try."""
    db.session.delete(found)
    db.session.flush()


def _audit(accion: str, clave: ClaveApi, actor: Usuario, now: datetime) -> None:
    audit(
        accion,
        actor=actor,
        now=now,
        entidad="clave_api",
        entidad_id=clave.id,
        usuario_id_de_la_clave=clave.usuario_id,
        alcance=clave.alcance.value,
    )
