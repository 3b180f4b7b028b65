"""What the chain of custody holds of a location: where, when, by whom, and its undoing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.custodia.queries.sealed_sources import SealedKind
from app.custodia.service import seal
from app.db import db
from app.ubicado.models import Ubicacion

UBICACION = "ubicacion"


def seal_location(ubicacion: Ubicacion, now: datetime) -> None:
    """Append a location, as it is now, to the chain of its oficio."""
    db.session.flush()
    seal(ubicacion.oficio_id, UBICACION, ubicacion.id, _location(ubicacion), now)


def _location(ubicacion: Ubicacion) -> dict[str, Any]:
    """The place by its words: the address of the case that it was may be corrected or removed."""
    return {
        "usuario_id": ubicacion.usuario_id,
        "ubicado_at": ubicacion.ubicado_at,
        "tipo": ubicacion.tipo,
        "lugar": ubicacion.lugar,
        "comuna": ubicacion.comuna,
        "region": ubicacion.region,
        "lat": ubicacion.lat,
        "lon": ubicacion.lon,
        "exactitud_m": ubicacion.exactitud_m,
        "sin_posicion": ubicacion.sin_posicion,
        "acceso": ubicacion.acceso,
        "notas": ubicacion.notas,
        "adjuntos": sorted(photo.id for photo in ubicacion.adjuntos),
        "deshecho_at": ubicacion.deshecho_at,
        "deshecho_por_id": ubicacion.deshecho_por_id,
        "deshecho_motivo": ubicacion.deshecho_motivo,
    }


def _load(oficio_id: int) -> Iterator[tuple[int, dict[str, Any]]]:
    statement = (
        sa.select(Ubicacion)
        .where(Ubicacion.oficio_id == oficio_id)
        .options(selectinload(Ubicacion.adjuntos))
        .order_by(Ubicacion.ubicado_at, Ubicacion.id)
    )
    for ubicacion in db.session.scalars(statement):
        yield ubicacion.id, _location(ubicacion)


SOURCES = (SealedKind(UBICACION, "la ubicación", _load),)
