"""Looking at who works."""

from __future__ import annotations

import sqlalchemy as sa

from app.db import db
from app.jobs.models import Consumidor


def list_consumers() -> list[Consumidor]:
    """The consumers heard of lately, the most recent first."""
    return list(
        db.session.scalars(sa.select(Consumidor).order_by(Consumidor.ultimo_latido_at.desc()))
    )
