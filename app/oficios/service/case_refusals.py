"""What is refused about an oficio."""

from __future__ import annotations

from datetime import datetime

from app.core.dates import format_relativa
from app.core.errors import Refused, Stale
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
        self._what = (
            f"No se pudo guardar: {who} lo cambió {when} y ahora está en «{oficio.estado.label}»."
        )
        super().__init__(f"{self._what} Se muestra el estado actual.")
        self.oficio_id = oficio.id

    def for_form(self) -> str:
        """The sentence over a form that keeps what was typed."""
        return (
            f"{self._what} Lo que usted escribió sigue aquí: "
            "compárelo con la bitácora y guarde otra vez si corresponde."
        )
