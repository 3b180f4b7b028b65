"""Versions of the impact assessment."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.cumplimiento.models.evaluaciones import EvaluacionImpacto
from app.db import db
from app.usuarios.models import Usuario


def newest_version() -> EvaluacionImpacto | None:
    """The assessment as it stands; None while nobody has saved one."""
    statement = sa.select(EvaluacionImpacto).order_by(EvaluacionImpacto.numero.desc()).limit(1)
    return db.session.scalar(statement)


def list_versions() -> list[Any]:
    """Number, id, day, what changed and by whom of each version, the newest first."""
    statement = (
        sa.select(
            EvaluacionImpacto.id,
            EvaluacionImpacto.numero,
            EvaluacionImpacto.created_at,
            EvaluacionImpacto.cambio,
            Usuario.nombre,
        )
        .join(Usuario, Usuario.id == EvaluacionImpacto.usuario_id)
        .order_by(EvaluacionImpacto.numero.desc())
    )
    return list(db.session.execute(statement))
