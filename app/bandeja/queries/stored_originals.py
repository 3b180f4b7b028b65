"""The files of the tray, for who verifies, moves and sweeps the files of a storage."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa

from app.adjuntos.queries.file_owners import Guardado
from app.bandeja.models import Ingreso
from app.db import db


def list_originals() -> list[Guardado]:
    """Every item with its file."""
    rows = db.session.execute(
        sa.select(Ingreso.id, Ingreso.almacen, Ingreso.archivo_key, Ingreso.sha256)
        .where(Ingreso.archivo_key != "")
        .order_by(Ingreso.id)
    )
    return [
        Guardado(f"ingreso {pk}", almacen, [(key, sha256)], partial(_move, pk))
        for pk, almacen, key, sha256 in rows
    ]


def _move(ingreso_id: int, source: str, target: str) -> bool:
    moved = db.session.scalar(
        sa.update(Ingreso)
        .where(Ingreso.id == ingreso_id, Ingreso.almacen == source)
        .values(almacen=target)
        .returning(Ingreso.id)
    )
    return moved is not None
