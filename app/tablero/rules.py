"""What the board shows of a case, decided from values alone."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from app.core.clock import SANTIAGO, local_today
from app.core.dates import format_fecha, format_relativa
from app.core.labels import Labelled
from app.core.plazos import add_business_days
from app.oficios.rules import Estado, Prioridad
from app.promesas.rules import EstadoPromesa

#: Cards of a column at first, and with every further step.
COLUMN_SIZE = 40
#: Closed cases stay on the board for so long.
FINAL_PERIOD = timedelta(days=30)
#: From so many days without real activity a card says so.
IDLE_DAYS = 7
#: Value of ``investigador_id`` for unassigned cases.
NOBODY = 0
#: Maximum cards per cell when the board has lanes.
LANE_SIZE = 10
#: Name of the setting with a column's recommended maximum of cards (WIP limit).
LIMITS = "tablero.limites"
#: Maximum cards of one bulk change.
BULK_LIMIT = 200


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


#: Options of the filter's menus, in days.
DUE_CHOICES = (1, 3, 5, 10, 15)
IDLE_CHOICES = (3, 7, 15, 30)


class Carril(Labelled):
    """What the board may be cut into lanes by."""

    INVESTIGADOR = "investigador", "Investigador"
    BUFFET = "buffet", "Buffet"


class Densidad(Labelled):
    """How much room cards and rows take."""

    COMODA = "comoda", "Cómoda"
    COMPACTA = "compacta", "Compacta"


class ColumnaLista(Labelled):
    """The columns of the list that a person may leave out; plate and number always stand there."""

    VEHICULO = "vehiculo", "Vehículo"
    ROL = "rol", "Rol"
    BUFFET = "buffet", "Buffet"
    INVESTIGADOR = "investigador", "Investigador"
    ESTADO = "estado", "Estado"
    PRIORIDAD = "prioridad", "Prioridad"
    PLAZO = "plazo", "Plazo"
    PROMESA = "promesa", "Promesa"
    ACTIVIDAD = "actividad", "Actividad"
    AVISTAMIENTO = "avistamiento", "Avistamiento"


@dataclass(frozen=True)
class Aspecto:
    """How a person wants to see cases; kept with the account, whatever filters are on."""

    densidad: Densidad = Densidad.COMODA
    columnas: tuple[ColumnaLista, ...] = tuple(ColumnaLista)

    @classmethod
    def read(cls, text: str) -> Aspecto:
        """The layout as it was stored; what is not known any more is left out."""
        stored = dict(parse_qsl(text, keep_blank_values=True))
        known = {member.value: member for member in Densidad}
        names = stored["columnas"].split(",") if "columnas" in stored else list(ColumnaLista)
        return cls(
            known.get(stored.get("densidad", ""), Densidad.COMODA),
            tuple(columna for columna in ColumnaLista if columna.value in names),
        )

    def write(self) -> str:
        """The layout as it is stored."""
        names = ",".join(columna.value for columna in self.columnas)
        return urlencode({"densidad": self.densidad.value, "columnas": names})


class Lote(Labelled):
    """What can be done with several cards in one go."""

    MOVER = "mover", "Mover"
    ASIGNAR = "asignar", "Asignar"
    PRIORIZAR = "priorizar", "Cambiar la prioridad"
    CONSULTAR = "consultar", "Consultar pórticos"


@dataclass(frozen=True)
class BoardFilter:
    """Which cases a person wants to see; it lives in the address of the page."""

    mios: bool = False
    prioridad: Prioridad | None = None
    #: Maximum business days (días hábiles) until the deadline; overdue cases are included.
    vence: int | None = None
    #: Days without real activity.
    quieto: int | None = None
    advertencias: bool = False
    #: How a promise to their buffet stands: one of ``ASKED_FOR``.
    promesa: EstadoPromesa | None = None
    buffet: int | None = None
    #: ``NOBODY`` for unassigned cases.
    investigador: int | None = None
    q: str = ""
    #: Layout of the cards; not a filter, so it is not counted as one.
    carriles: Carril | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything is left out of the board."""
        return replace(self, carriles=None) != BoardFilter()

    @property
    def count(self) -> int:
        """How many filters are on."""
        return len(replace(self, carriles=None).arguments())

    def arguments(self) -> dict[str, str]:
        """What the address carries: only what is set."""
        default = BoardFilter()
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: _written(value)
            for name, value in values.items()
            if value != getattr(default, name)
        }

    def having(self, **changes: Any) -> dict[str, str]:
        """The address's arguments with some of them changed, for the link of a chip.

        «Mis casos» and an investigador ask the same question, so one takes the other's place. An
        address that sets nothing says so: a bare one brings the filters of the last visit back.
        """
        if changes.get("mios"):
            changes["investigador"] = None
        elif changes.get("investigador") is not None:
            changes["mios"] = False
        return replace(self, **changes).arguments() or {"todo": "1"}


def _written(value: object) -> str:
    if value is True:
        return "1"
    return str(value.value if isinstance(value, enum.Enum) else value)


def read_limits(text: str) -> dict[Estado, int]:
    """The limits of the columns as the setting keeps them."""
    stored: dict[str, int] = json.loads(text)
    return {estado: stored[estado.value] for estado in Estado if stored.get(estado.value)}


def write_limits(limits: Mapping[Estado, int | None]) -> str:
    """What the setting keeps; columns without a limit are left out."""
    return json.dumps({estado.value: limit for estado, limit in limits.items() if limit})


def due_until(days: int, today: date) -> date:
    """The last deadline that lies within so many días hábiles from today."""
    return add_business_days(today, days)


def idle_days(estado: Estado, ultima_actividad_at: datetime, now: datetime) -> int:
    """Days without real activity that a card should mention; 0 when there is nothing to say."""
    days = (now - ultima_actividad_at).days
    return days if not estado.is_final and days >= IDLE_DAYS else 0


def sighting_words(
    fecha: date, fecha_hora: datetime | None, now: datetime, zone: ZoneInfo = SANTIAGO
) -> str:
    """When the vehicle was last seen; only the day when nobody knows the hour."""
    if fecha_hora is not None:
        return format_relativa(fecha_hora, now, zone)
    days = (local_today(now) - fecha).days
    if days in {0, 1}:
        return ("hoy", "ayer")[days]
    return f"hace {days} días" if 0 < days <= 30 else format_fecha(fecha)
