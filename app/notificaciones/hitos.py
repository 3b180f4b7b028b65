"""The milestones of an oficio: what a buffet may know, on its dashboard and by mail.

Never raw sightings or notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.db import db
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import COPY_KEY, EstadoNotificacion, TipoNotificacion
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado

#: The move into a state, as a milestone.
_MILESTONES = {
    Estado.INVESTIGACION: "Comienza la búsqueda",
    Estado.NOTIFICACION: "Vehículo ubicado",
    Estado.ENCONTRADO: "Vehículo encontrado, caso cerrado",
    Estado.NO_ENCONTRADO: "Caso cerrado sin encontrar el vehículo",
}


@dataclass(frozen=True)
class Hito:
    """A milestone that the client is told of."""

    cuando: datetime
    texto: str
    #: What it comes from, so that it is told once by mail.
    clave: str = ""


def list_hitos(oficio_ids: list[int]) -> dict[int, list[Hito]]:
    """The milestones of several oficios, newest first, in three queries."""
    hitos: dict[int, list[Hito]] = {pk: [] for pk in oficio_ids}
    received = sa.select(Oficio.id, Oficio.created_at).where(Oficio.id.in_(oficio_ids))
    for pk, moment in db.session.execute(received):
        hitos[pk].append(Hito(moment, "Oficio recibido", f"oficio:{pk}"))
    moves = sa.select(
        Investigacion.id,
        Investigacion.oficio_id,
        Investigacion.ocurrido_at,
        Investigacion.detalle,
    ).where(Investigacion.oficio_id.in_(oficio_ids), Investigacion.tipo == Actividad.CAMBIO_ESTADO)
    for entry_id, pk, moment, detalle in db.session.execute(moves):
        text = _milestone(detalle)
        if text:
            hitos[pk].append(Hito(moment, text, f"entrada:{entry_id}"))
    notices = sa.select(Notificacion.id, Notificacion.oficio_id, Notificacion.enviada_at).where(
        Notificacion.oficio_id.in_(oficio_ids),
        Notificacion.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
        Notificacion.estado == EstadoNotificacion.ENVIADA,
        # A reminder is not news to the client.
        Notificacion.recordatorio_de_id.is_(None),
        # Neither is a copy of what was sent before.
        sa.func.coalesce(Notificacion.clave, "").not_like(f"{COPY_KEY}%"),
    )
    for notice_id, of_id, sent in db.session.execute(notices):
        if of_id is not None and sent is not None:
            hitos[of_id].append(Hito(sent, "Receptor judicial notificado", f"aviso:{notice_id}"))
    for entries in hitos.values():
        entries.sort(key=lambda hito: hito.cuando, reverse=True)
    return hitos


def _milestone(detalle: dict[str, str]) -> str | None:
    origin, target = Estado(detalle["de"]), Estado(detalle["a"])
    if origin.is_final:
        return "El caso se reabre"
    order = list(Estado)
    if order.index(target) < order.index(origin):
        return None  # a correction of the office, not news
    return _MILESTONES.get(target)
