"""What the chain of custody holds of a notice: whom it is for, what it says, how it went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload, undefer

from app.custodia.queries.sealed_sources import SealedKind
from app.custodia.rules import text_hash
from app.custodia.service import seal
from app.db import db
from app.notificaciones.models import Notificacion

NOTIFICACION = "notificacion"


def seal_notice(notice: Notificacion, now: datetime) -> None:
    """Append a notice, as it is now, to the chain of its oficio: after every change of it.

    A digest is of no one oficio, so it is in no chain.
    """
    db.session.flush()
    if notice.oficio_id is None:
        return
    seal(notice.oficio_id, NOTIFICACION, notice.id, _notice(notice), now)


def _notice(notice: Notificacion) -> dict[str, Any]:
    # What was sealed before there were refused copies must keep its hash.
    refused = {"rechazos": notice.rechazos} if notice.rechazos else {}
    return {
        **refused,
        "tipo": notice.tipo,
        "estado": notice.estado,
        "receptor_id": notice.receptor_id,
        "destinatario_nombre": notice.destinatario_nombre,
        "destinatario_email": notice.destinatario_email,
        "cc_email": notice.cc_email,
        "responder_a": notice.responder_a,
        "asunto": notice.asunto,
        "mensaje_adicional": notice.mensaje_adicional,
        "cuerpo_texto": text_hash(notice.cuerpo_texto),
        "cuerpo_html": text_hash(notice.cuerpo_html),
        "message_id": notice.message_id,
        "adjuntos": sorted(adjunto.id for adjunto in notice.adjuntos),
        "usuario_id": notice.usuario_id,
        "enviada_at": notice.enviada_at,
        "created_at": notice.created_at,
    }


def _load(oficio_id: int) -> Iterator[tuple[int, dict[str, Any]]]:
    statement = (
        sa.select(Notificacion)
        .where(Notificacion.oficio_id == oficio_id)
        .options(
            undefer(Notificacion.cuerpo_texto),
            undefer(Notificacion.cuerpo_html),
            selectinload(Notificacion.adjuntos),
        )
        .order_by(Notificacion.created_at, Notificacion.id)
    )
    for notice in db.session.scalars(statement):
        yield notice.id, _notice(notice)


SOURCES = (SealedKind(NOTIFICACION, "el aviso", _load),)
