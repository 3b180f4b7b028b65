"""What the board shows of a case, decided from values alone."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.core.clock import local_today
from app.core.fechas import format_fecha, format_relativa
from app.oficios.rules import Estado

#: Cards of a column at first, and with every further step.
COLUMN_SIZE = 40
#: Closed cases stay on the board for so long.
FINAL_PERIOD = timedelta(days=30)
#: From so many days without real activity a card says so.
IDLE_DAYS = 7
#: Of ``investigador_id``: cases that nobody has.
NOBODY = 0


@dataclass(frozen=True)
class ColumnTexts:
    """The title of a column, and what an empty one teaches."""

    titulo: str
    vacia: str


COLUMN_TEXTS = {
    Estado.PENDIENTE: ColumnTexts(
        "Pendiente",
        "Aquí llegan los oficios nuevos: importe la planilla de un buffet o cree uno con «Nuevo».",
    ),
    Estado.INVESTIGACION: ColumnTexts(
        "Investigación",
        "Arrastre aquí un oficio pendiente para empezar: sus pórticos se consultan cada día.",
    ),
    Estado.NOTIFICACION: ColumnTexts(
        "Notificación",
        "Cuando ubique el vehículo, traiga aquí su tarjeta y notifique al receptor.",
    ),
    Estado.ENCONTRADO: ColumnTexts(
        "Encontrados", "Aquí quedan por 30 días los casos cuyo vehículo se encontró."
    ),
    Estado.NO_ENCONTRADO: ColumnTexts(
        "No encontrados", "Aquí quedan por 30 días los casos que se cerraron sin encontrarlo."
    ),
}
NOTHING_MATCHES = "Ningún oficio de esta columna coincide con los filtros."


@dataclass(frozen=True)
class BoardFilter:
    """Which cases a person wants to see; it lives in the address of the page."""

    mios: bool = False
    urgentes: bool = False
    buffet: int | None = None
    #: ``NOBODY`` for cases without one.
    investigador: int | None = None
    q: str = ""

    @property
    def is_set(self) -> bool:
        """Whether anything is left out of the board."""
        return self != BoardFilter()

    def arguments(self) -> dict[str, str]:
        """What the address carries: only what is set."""
        default = BoardFilter()
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: "1" if value is True else str(value)
            for name, value in values.items()
            if value != getattr(default, name)
        }

    def having(self, **changes: Any) -> dict[str, str]:
        """The address's arguments with some of them changed, for the link of a chip.

        «Mis casos» and an investigador ask the same question, so one takes the other's place.
        """
        if changes.get("mios"):
            changes["investigador"] = None
        elif changes.get("investigador") is not None:
            changes["mios"] = False
        return replace(self, **changes).arguments()


def idle_days(estado: Estado, ultima_actividad_at: datetime, now: datetime) -> int:
    """Days without real activity that a card should mention; 0 when there is nothing to say."""
    days = (now - ultima_actividad_at).days
    return days if not estado.is_final and days >= IDLE_DAYS else 0


def sighting_words(fecha: date, fecha_hora: datetime | None, now: datetime) -> str:
    """When the vehicle was last seen; only the day when nobody knows the hour."""
    if fecha_hora is not None:
        return format_relativa(fecha_hora, now)
    days = (local_today(now) - fecha).days
    if days in {0, 1}:
        return ("hoy", "ayer")[days]
    return f"hace {days} días" if 0 < days <= 30 else format_fecha(fecha)
