"""Versions of the public policy."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.cumplimiento.models.politica import Politica
from app.db import db


def find_policy(numero: int | None = None) -> Politica | None:
    """A published version; without a number the newest."""
    statement = sa.select(Politica).where(Politica.publicada_at.is_not(None))
    if numero is not None:
        statement = statement.where(Politica.numero == numero)
    return db.session.scalar(statement.order_by(Politica.numero.desc()).limit(1))


def find_draft() -> Politica | None:
    """The version that is not published yet."""
    return db.session.scalar(sa.select(Politica).where(Politica.publicada_at.is_(None)))


def list_policies() -> list[Politica]:
    """The published versions, the newest first, with who published them."""
    statement = (
        sa.select(Politica)
        .where(Politica.publicada_at.is_not(None))
        .options(joinedload(Politica.publicada_por))
        .order_by(Politica.numero.desc())
    )
    return list(db.session.scalars(statement))


def policy_seal() -> str:
    """What a form carries of the policy as it was shown: the newest version, and the draft."""
    draft = find_draft()
    newest = find_policy()
    return f"{newest.numero if newest else 0}.{draft.version if draft else 0}"
