"""The issued PDFs, for who verifies, moves and sweeps the files of a storage.

ZIPs are not among them: one is made anew at each download and never stored.
"""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa

from app.adjuntos.queries.file_owners import Guardado
from app.db import db
from app.informes.models import Expediente


def list_pdfs() -> list[Guardado]:
    """Every issued expediente with its file."""
    rows = db.session.execute(
        sa.select(
            Expediente.id,
            Expediente.oficio_id,
            Expediente.codigo,
            Expediente.almacen,
            Expediente.pdf_key,
            Expediente.sha256,
        )
        .where(Expediente.pdf_key.is_not(None), Expediente.almacen.is_not(None))
        .order_by(Expediente.id)
    )
    return [
        Guardado(
            nombre=f"expediente {codigo}, oficio {oficio_id}",
            almacen=almacen or "",
            keys=[(key or "", sha256)],
            mover=partial(_move, pk),
        )
        for pk, oficio_id, codigo, almacen, key, sha256 in rows
    ]


def _move(expediente_id: int, source: str, target: str) -> bool:
    moved = db.session.scalar(
        sa.update(Expediente)
        .where(Expediente.id == expediente_id, Expediente.almacen == source)
        .values(almacen=target)
        .returning(Expediente.id)
    )
    return moved is not None
