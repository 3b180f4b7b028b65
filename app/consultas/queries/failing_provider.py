"""Whether the provider fails: from the attempts at look-ups, whatever they were for."""

from __future__ import annotations

import sqlalchemy as sa

from app.consultas.queries import CHECK
from app.db import db
from app.jobs.models import Ejecucion, Trabajo

#: Failures in a row after which a provider counts as down.
FAILURES = 4


def find_streak() -> int | None:
    """The id of the last attempt that succeeded (0: none) if all since then failed, and they are
    at least four; else None.
    """
    ended = (
        sa.select(Ejecucion.id, Ejecucion.error)
        .join(Trabajo, Trabajo.id == Ejecucion.trabajo_id)
        .where(Trabajo.tipo == CHECK, Ejecucion.terminado_at.is_not(None))
    )
    newest = db.session.execute(ended.order_by(Ejecucion.id.desc()).limit(FAILURES)).all()
    if len(newest) < FAILURES or any(row.error is None for row in newest):
        return None
    succeeded = ended.where(Ejecucion.error.is_(None)).order_by(Ejecucion.id.desc()).limit(1)
    last = db.session.execute(succeeded).first()
    return last.id if last else 0
