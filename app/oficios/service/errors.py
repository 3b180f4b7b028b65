"""What is refused about an oficio."""

from __future__ import annotations

from datetime import datetime

from app.core.errors import Refused, Stale
from app.core.fechas import format_relativa
from app.oficios.models import Oficio


class NumeroTaken(Refused):
    """The buffet already sent an oficio with this number."""

    def __init__(self) -> None:
        super().__init__("Ya existe un oficio con este número")


class MoveRefused(Refused):
    """The flow has no path between the two states."""


class StaleOficio(Stale):
    """Somebody changed the oficio since the actor saw it."""

    def __init__(self, oficio: Oficio, now: datetime) -> None:
        who = oficio.modificado_por.nombre if oficio.modificado_por else "el sistema"
        when = format_relativa(oficio.updated_at, now)
        super().__init__(
            f"No se pudo guardar: {who} lo cambió {when} y ahora está en "
            f"«{oficio.estado.label}». Se muestra el estado actual."
        )
        self.oficio_id = oficio.id
