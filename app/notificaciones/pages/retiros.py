"""What the *Resumen* of a case says of a vehicle that was seized and waits for its removal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.clock import local_today, utcnow
from app.notificaciones.queries.removals import find_removal, list_planned_days
from app.oficios.models import Oficio
from app.oficios.rules.seguimientos import LONGEST, say_day


def load_removal(oficio: Oficio, counts: Mapping[str, int]) -> Mapping[str, Any] | None:
    """From which day on the removal may be asked for, and whether somebody means to."""
    if oficio.estado.is_final or not counts.get("notificaciones"):
        return None
    retiro = find_removal(oficio.id)
    if retiro is None:
        return None
    today = local_today(utcnow())
    return {
        "retiro": retiro,
        "retiro_dia": say_day(retiro.desde, today),
        "retiro_agendado": retiro.desde in list_planned_days(oficio.id),
        "retiro_agendable": today < retiro.desde <= today + LONGEST,
    }
