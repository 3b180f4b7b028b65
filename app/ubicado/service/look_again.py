"""A place that nobody acted on is worth another look: its investigator is told."""

from __future__ import annotations

from datetime import datetime

from app.avisos.rules import Novedad
from app.core.clock import is_ahead_of
from app.core.dates import format_fecha_hora
from app.core.patente import format_patente
from app.db import db
from app.oficios.models import Oficio
from app.oficios.service.telling import tell_case
from app.ubicado.queries import Vigente
from app.ubicado.rules import is_due, rounds_due


def remind(one: Vigente, *, days: int, now: datetime) -> bool:
    """Propose to go and see again: once in every such number of days, whoever asks how often.

    Nothing is kept of it here: the bell knows what it told, and by which look it was due.
    False: there was nothing to tell.
    """
    ubicacion = one.ubicacion
    if not is_due(one.visto_at, now, days):
        return False
    is_ahead = is_ahead_of(one.visto_at, now)
    rounds = 0 if is_ahead else rounds_due(one.visto_at, now, days)
    last = (
        "tiene una última vista con fecha que todavía no llega (el reloj estaba adelantado)"
        if is_ahead
        else f"se vio por última vez el {format_fecha_hora(one.visto_at, ubicacion.zona)}"
    )
    oficio = db.session.get_one(Oficio, ubicacion.oficio_id)
    seen = one.revisado.id if one.revisado else 0
    tell_case(
        oficio,
        Novedad.REVISAR,
        f"Oficio {oficio.numero_oficio} ({format_patente(oficio.vehiculo.patente)}): el vehículo "
        f"{last} en {ubicacion.completa} y la diligencia no consta. ¿Sigue ahí?",
        path=f"/oficios/{oficio.id}/ubicacion",
        accion="Ir a ver y responder",
        clave=f"revisar:{ubicacion.id}:{seen}:{rounds}",
        now=now,
        others=[ubicacion.usuario],
    )
    return True
