"""What the chain of custody holds of a file: its bytes by their hash, and what people say of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.custodia.queries.sealed_sources import SealedKind
from app.custodia.service import seal
from app.db import db

ADJUNTO = "adjunto"


def seal_file(adjunto: Adjunto, now: datetime) -> None:
    """Append a file, as it is now, to the chain of its oficio: after every change of it."""
    db.session.flush()
    seal(adjunto.oficio_id, ADJUNTO, adjunto.id, _file(adjunto), now)


def _file(adjunto: Adjunto) -> dict[str, Any]:
    """Content of the seal; storage and gallery rank are no evidence and are left out."""
    return {
        "tipo": adjunto.tipo,
        "filename": adjunto.filename,
        "mime_type": adjunto.mime_type,
        "tamano_bytes": adjunto.tamano_bytes,
        "sha256": adjunto.sha256,
        "copia_sha256": adjunto.copia_sha256,
        "descripcion": adjunto.descripcion,
        "metadatos": adjunto.metadatos,
        "visita_id": adjunto.visita_id,
        "usuario_id": adjunto.usuario_id,
        "eliminado_at": adjunto.eliminado_at,
        "eliminado_por_id": adjunto.eliminado_por_id,
        "eliminado_motivo": adjunto.eliminado_motivo,
        "created_at": adjunto.created_at,
    }


def _load(oficio_id: int) -> Iterator[tuple[int, dict[str, Any]]]:
    statement = (
        sa.select(Adjunto)
        .where(Adjunto.oficio_id == oficio_id)
        .order_by(Adjunto.created_at, Adjunto.id)
    )
    for adjunto in db.session.scalars(statement):
        yield adjunto.id, _file(adjunto)


SOURCES = (SealedKind(ADJUNTO, "el archivo", _load),)
