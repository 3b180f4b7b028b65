"""What the chain of custody holds of an oficio: the entries of its bitácora, and its state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from app.custodia.queries.sealed_sources import SealedKind
from app.custodia.rules import text_hash
from app.custodia.service import seal_all
from app.db import db
from app.oficios.models import Investigacion, Oficio

BITACORA = "bitacora"
ESTADO = "estado"


def seal_entry(entry: Investigacion, now: datetime, *, state_of: Oficio | None = None) -> None:
    """Append an entry of the bitácora, as it is now, to the chain of its oficio.

    With ``state_of``, the state that the entry tells of follows it.
    """
    rows = [(BITACORA, entry.id, _entry(entry))]
    if state_of is not None:
        rows.append((ESTADO, state_of.id, _state(state_of.estado, state_of.estado_desde)))
    seal_all(entry.oficio_id, rows, now)


def _entry(entry: Investigacion) -> dict[str, Any]:
    return {
        "tipo": entry.tipo,
        "descripcion": entry.descripcion,
        "detalle": entry.detalle,
        "usuario_id": entry.usuario_id,
        "ocurrido_at": entry.ocurrido_at,
        "editado_at": entry.editado_at,
        "respuesta": text_hash(entry.respuesta),
        "respuesta_estado": entry.respuesta_estado,
        "respuesta_sha256": entry.respuesta_sha256,
        "corrige_id": entry.corrige_id,
        "retirado_at": entry.retirado_at,
        "created_at": entry.created_at,
    }


def _state(estado: Any, since: datetime) -> dict[str, Any]:
    return {"estado": estado, "estado_desde": since}


def _load_entries(oficio_id: int) -> Iterator[tuple[int, dict[str, Any]]]:
    statement = (
        sa.select(Investigacion)
        .where(Investigacion.oficio_id == oficio_id)
        .options(undefer(Investigacion.respuesta))
        .order_by(Investigacion.created_at, Investigacion.id)
    )
    for entry in db.session.scalars(statement):
        yield entry.id, _entry(entry)


def _load_state(oficio_id: int) -> Iterator[tuple[int, dict[str, Any]]]:
    statement = sa.select(Oficio.estado, Oficio.estado_desde).where(Oficio.id == oficio_id)
    for row in db.session.execute(statement):
        yield oficio_id, _state(row.estado, row.estado_desde)


SOURCES = (
    SealedKind(BITACORA, "la entrada de la bitácora", _load_entries),
    SealedKind(ESTADO, "el estado del oficio", _load_state),
)
