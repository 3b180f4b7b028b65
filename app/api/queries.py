"""Finding keys, and answers that were given before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.ajustes.queries import setting_column
from app.api.models import ClaveApi, RespuestaGuardada
from app.api.rules import ANSWER_KEPT, WARNED_BEFORE, hash_key
from app.core.clock import utcnow
from app.db import db, delete_in_parts
from app.usuarios.models import Usuario
from app.usuarios.queries import limit_by_mode
from app.usuarios.rules.por_necesidad import ACCESS_MODE


def find_key(key: str) -> ClaveApi | None:
    """Return the key unless it is revoked or its account is inactive. It may be past its end."""
    row = db.session.execute(
        sa.select(ClaveApi, setting_column(ACCESS_MODE))
        .where(ClaveApi.huella == hash_key(key), ClaveApi.revocada_at.is_(None))
        .options(joinedload(ClaveApi.usuario).joinedload(Usuario.buffet))
    ).one_or_none()
    if row is None or not row[0].usuario.activo:
        return None
    clave: ClaveApi = row[0]
    limit_by_mode(clave.usuario, row[1])
    buffet = clave.usuario.buffet
    return None if buffet is not None and not buffet.activo else clave


def list_living_keys(ids: Collection[int]) -> set[int]:
    """Which of some keys are neither revoked nor past their end; their accounts aside."""
    return set(
        db.session.scalars(
            sa.select(ClaveApi.id).where(
                ClaveApi.id.in_(ids), ClaveApi.revocada_at.is_(None), ClaveApi.vence_at > utcnow()
            )
        )
    )


def list_keys() -> list[ClaveApi]:
    """All keys, those that work first, the newest first."""
    statement = (
        sa.select(ClaveApi)
        .options(joinedload(ClaveApi.usuario))
        .order_by(ClaveApi.revocada_at.is_not(None), ClaveApi.id.desc())
    )
    return list(db.session.scalars(statement))


def list_ending_keys(now: datetime) -> list[ClaveApi]:
    """The keys that end soon and still work."""
    statement = (
        sa.select(ClaveApi)
        .where(
            ClaveApi.revocada_at.is_(None),
            ClaveApi.vence_at > now,
            ClaveApi.vence_at <= now + WARNED_BEFORE,
        )
        .options(joinedload(ClaveApi.usuario))
        .order_by(ClaveApi.vence_at)
    )
    return [clave for clave in db.session.scalars(statement) if clave.usuario.activo]


def find_kept_answer(usuario_id: int, clave: str) -> RespuestaGuardada | None:
    """What was answered to that Idempotency-Key of that account."""
    return db.session.scalar(
        sa.select(RespuestaGuardada).where(
            RespuestaGuardada.usuario_id == usuario_id, RespuestaGuardada.clave == clave
        )
    )


def forget_answers(now: datetime) -> None:
    """Forget the answers that are kept no longer, in transactions of their own."""
    delete_in_parts(RespuestaGuardada, RespuestaGuardada.created_at < now - ANSWER_KEPT)
