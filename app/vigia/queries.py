"""What the other machine was not told yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.ajustes.queries import find_setting
from app.auditoria.models import Auditoria, Divulgacion
from app.db import db
from app.vigia.rules import BATCH, SETTLED, TOLD, AvanceDeCopia, write_line

#: Neither whom something was sent to nor anything else that names people outside of the office.
_TAKEN_OUT = (
    *("id", "canal", "que", "usuario_id", "oficio_id", "buffet_id", "cantidad", "lugar", "equipo"),
)


def read_mark() -> AvanceDeCopia:
    """How far the other machine was told."""
    return AvanceDeCopia.read(find_setting(TOLD))


def next_lines(
    mark: AvanceDeCopia, host: str, *, now: datetime
) -> tuple[list[bytes], AvanceDeCopia]:
    """The next messages and how far they lead; none when all was told."""
    deeds, shown = (
        _after(Auditoria, mark.auditoria, now),
        _after(Divulgacion, mark.divulgaciones, now),
    )
    lines = [write_line(row.accion, row.created_at, _deed(row), host=host) for row in deeds]
    lines += [
        write_line(f"divulgacion.{row.canal.value}", row.created_at, _outgoing(row), host=host)
        for row in shown
    ]
    if deeds:
        mark = replace(mark, auditoria=deeds[-1].id)
    if shown:
        mark = replace(mark, divulgaciones=shown[-1].id)
    return lines, mark


def oldest_untold(mark: AvanceDeCopia, *, now: datetime) -> datetime | None:
    """When the oldest entry was made that the other machine should have and was not told."""
    found = [
        db.session.scalar(
            sa.select(sa.func.min(model.created_at)).where(
                model.id > told, model.created_at <= now - SETTLED
            )
        )
        for model, told in ((Auditoria, mark.auditoria), (Divulgacion, mark.divulgaciones))
    ]
    return min((one for one in found if one is not None), default=None)


def _after(model: Any, told: int, now: datetime) -> Sequence[Any]:
    """Rows by their number, up to the first that is too young."""
    rows = db.session.scalars(
        sa.select(model).where(model.id > told).order_by(model.id).limit(BATCH)
    ).all()
    young = next((at for at, row in enumerate(rows) if row.created_at > now - SETTLED), len(rows))
    return rows[:young]


def _deed(row: Auditoria) -> dict[str, Any]:
    return {
        "id": row.id,
        "accion": row.accion,
        "usuario_id": row.usuario_id,
        "entidad": row.entidad,
        "entidad_id": row.entidad_id,
        "oficio_id": row.oficio_id,
        "detalle": row.detalle or None,
        "lugar": row.lugar,
        "equipo": row.equipo,
    }


def _outgoing(row: Divulgacion) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in _TAKEN_OUT}
    return {**facts, "canal": row.canal.value}
