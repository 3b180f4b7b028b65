"""Copies that left the application, whose files nobody can search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.auditoria.models import Divulgacion, DivulgacionCaso
from app.auditoria.rules import CanalDivulgacion
from app.db import db

_MOST = 100


@dataclass(frozen=True)
class Salida:
    """A file with rows of many cases that somebody took with them."""

    que: str
    quien: str
    created_at: datetime
    #: It names a case of the person; else it names none, and they may be in it.
    is_certain: bool


def find_exports(since: datetime, oficio_ids: Sequence[int]) -> list[Salida]:
    """The exports since a moment that hold one of the cases or do not say which, newest first.

    Those of blocked cases are among them: who decides on the person sees all of them.
    """
    # Tables, not models: what a page does not see must not be missing here.
    sent, named = Divulgacion.__table__.c, DivulgacionCaso.__table__.c
    of_sent = named.divulgacion_id == sent.id
    is_named = sa.exists().where(of_sent)
    is_theirs = sa.or_(
        sent.oficio_id.in_(oficio_ids), sa.exists().where(of_sent, named.oficio_id.in_(oficio_ids))
    )
    statement = (
        sa.select(sent.que, sent.destinatario, sent.created_at, is_theirs)
        .where(
            sent.canal == CanalDivulgacion.EXPORTACION,
            sent.created_at >= since,
            sa.or_(is_theirs, sa.and_(sent.oficio_id.is_(None), ~is_named)),
        )
        .order_by(sent.id.desc())
        .limit(_MOST)
    )
    # NULL: it is of no one case.
    return [
        Salida(que, quien, at, bool(theirs))
        for que, quien, at, theirs in db.session.execute(statement)
    ]
