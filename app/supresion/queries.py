"""Reading erasures."""

from __future__ import annotations

import sqlalchemy as sa

from app.db import db
from app.supresion.models import Supresion


def tell_last_erasure() -> str:
    """Answers ``app.web.forgetting.last_erasure``: it is another after each that ended its work."""
    statement = sa.select(
        sa.func.count(Supresion.filas_at),
        sa.func.max(Supresion.filas_at),
        sa.func.max(Supresion.hecha_at),
    )
    return " ".join(map(str, db.session.execute(statement).one()))
