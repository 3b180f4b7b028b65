"""The milestones that a buffet was not told of yet."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.avisos.models import Aviso
from app.db import db
from app.notificaciones.models import (
    HitoInformado,
)
from app.notificaciones.queries.hitos import list_hitos
from app.notificaciones.rules.avance import Hito
from app.oficios.models import Oficio

#: How many oficios are looked at in one query; databases bound the values of one.
_CHUNK = 500


def read_told_cases(notificacion_id: int) -> tuple[list[int], bool]:
    """The cases that a mail of several tells of and that are seen, and whether one is hidden."""
    known, told = set[int](), set[int]()
    for model in (HitoInformado, Aviso):
        table = model.__table__.c
        named = sa.select(table.oficio_id).where(
            table.notificacion_id == notificacion_id, table.oficio_id.is_not(None)
        )
        seen = sa.select(model.oficio_id).where(
            model.notificacion_id == notificacion_id, model.oficio_id.is_not(None)
        )
        told.update(db.session.scalars(named))
        known.update(pk for pk in db.session.scalars(seen) if pk is not None)
    return sorted(known), bool(told - known)


def list_news(
    buffet_id: int, *, since: datetime, until: datetime, ahead: datetime
) -> list[tuple[Oficio, Hito]]:
    """The milestones of a buffet's oficios that it was not told of by mail, oldest first.

    By when Rastro learned of each: an order of last week that came in today is news. What was
    learned after ``ahead`` was stamped by a clock that ran ahead, and is news as well.
    """

    def is_new(hito: Hito) -> bool:
        known = hito.sabido_at or hito.cuando
        return (since <= known <= until or known > ahead) and hito.clave not in told

    touched = sa.select(Oficio).where(
        Oficio.buffet_id == buffet_id,
        sa.or_(Oficio.ultima_actividad_at >= since, Oficio.created_at >= since),
    )
    oficios = {row.id: row for row in db.session.scalars(touched)}
    told = set(
        db.session.scalars(
            sa.select(HitoInformado.clave).where(HitoInformado.buffet_id == buffet_id)
        )
    )
    news = []
    ids = list(oficios)
    for start in range(0, len(ids), _CHUNK):
        for pk, hitos in list_hitos(ids[start : start + _CHUNK]).items():
            news += [(oficios[pk], hito) for hito in hitos if is_new(hito)]
    return sorted(news, key=lambda pair: pair[1].cuando)
