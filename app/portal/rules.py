"""What a buffet may ask its dashboard for, and what of a case is said there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from app.core.clock import local_today
from app.core.labels import Labelled
from app.core.plazos import add_business_days
from app.oficios.rules import Estado

if TYPE_CHECKING:
    from app.mensajes.queries import MensajeDelBuffet

#: Within how many días hábiles a deadline is near, and after how many days a case is quiet.
DUE_DAYS = 5
QUIET_DAYS = 15


class VistaDelPortal(Labelled):
    """Which of its cases a buffet looks at; each is a count that filters."""

    ABIERTOS = "abiertos", "Abiertos"
    UBICADOS = "ubicados", "Ubicados"
    VENCEN = "vencen", f"Vencen en {DUE_DAYS} días", "warn"
    SIN_NOVEDAD = "sin_novedad", f"Sin novedad {QUIET_DAYS} días", "warn"
    CERRADOS = "cerrados", "Cerrados"
    TODOS = "todos", "En total"


class OrdenDelPortal(Labelled):
    """What comes first in the list."""

    ULTIMO = "ultimo", "Lo último que pasó"
    PLAZO = "plazo", "El plazo más cercano"
    QUIETO = "quieto", "Más tiempo sin novedad"
    INGRESO = "ingreso", "Los que llegaron al final"


#: The steps of a case as a buffet knows them, in their order.
PASOS = {
    Estado.PENDIENTE: "Recibido",
    Estado.INVESTIGACION: "En búsqueda",
    Estado.NOTIFICACION: "Notificación",
    Estado.ENCONTRADO: "Cerrado: encontrado",
    Estado.NO_ENCONTRADO: "Cerrado: no encontrado",
}


@dataclass(frozen=True)
class FiltroDelPortal:
    """Which cases of a buffet are asked for; by default the open ones, the latest news first."""

    vista: VistaDelPortal = VistaDelPortal.ABIERTOS
    orden: OrdenDelPortal = OrdenDelPortal.ULTIMO
    q: str = ""
    tribunal: str = ""
    paso: Estado | None = None

    def args(self) -> dict[str, str]:
        """The query parameters of the filter, for addresses."""
        given = {
            "ver": "" if self.vista is VistaDelPortal.ABIERTOS else self.vista.value,
            "orden": "" if self.orden is OrdenDelPortal.ULTIMO else self.orden.value,
            "q": self.q,
            "tribunal": self.tribunal,
            "paso": self.paso.value if self.paso else "",
        }
        return {name: value for name, value in given.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether it leaves out cases of its view."""
        return bool(self.q or self.tribunal or self.paso)


def due_day(today: date) -> date:
    """The last deadline that is near."""
    return add_business_days(today, DUE_DAYS)


def days_ago(moment: datetime | date, today: date) -> str:
    """How many days ago something was; a buffet is not told at which hour the office works."""
    day = local_today(moment) if isinstance(moment, datetime) else moment
    days = (today - day).days
    if days <= 0:
        return "hoy"
    return "ayer" if days == 1 else f"hace {days} días"


def hours_ago(moment: datetime, now: datetime) -> str:
    """How long somebody has not answered: in hours up to two days, then in days."""
    hours = int((now - moment).total_seconds() // 3600)
    return f"hace {hours} h" if hours < 48 else f"hace {hours // 24} días"


def own_step(waiting: list[MensajeDelBuffet]) -> str:
    """What the buffet itself has to do next in a case; empty where nothing waits for it."""
    if not waiting:
        return ""
    asks_order = any(one.clase.value == "orden" for one in waiting)
    return "Usted sube la orden de retiro" if asks_order else "Usted responde la pregunta"
