"""What the *Resumen* of a case says of a receptor who has not answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from flask import url_for

from app.core.clock import CLOCK_SKEW, utcnow
from app.notificaciones.queries.receptor_answers import answer_hours, list_unanswered
from app.notificaciones.rules import ANSWER_HOURS, LINK_LIFE
from app.oficios.models import Oficio
from app.oficios.pages.sections import Attention
from app.oficios.rules import Estado


def watch_answers(oficio: Oficio, counts: Mapping[str, int]) -> Iterator[Attention]:
    """A notice that waits for its answer longer than the office allows."""
    if oficio.estado is not Estado.NOTIFICACION or not counts.get("notificaciones"):
        return
    now = utcnow()
    waiting = list_unanswered(
        sent_before=now - timedelta(hours=ANSWER_HOURS.minimo),
        sent_after=now - LINK_LIFE,
        ahead=now + CLOCK_SKEW,
        oficio_id=oficio.id,
    )
    # The setting is read only where it could matter.
    since = now - timedelta(hours=answer_hours()) if waiting else now
    for notice in waiting:
        if notice.enviada_at is None or notice.enviada_at > since:
            continue
        hours = int((now - notice.enviada_at).total_seconds() // 3600)
        told = f"{hours} h" if hours < 72 else f"{hours // 24} días"
        where = url_for("notificaciones.section", oficio_id=oficio.id)
        yield Attention(f"Receptor sin responder {told}.", where, "Ver el aviso", "mail")
