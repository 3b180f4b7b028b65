"""What an office promises a buffet, why a clock stands, and what an admin may change of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from app.ajustes.rules import Setting
from app.core.dates import format_fecha, parse_fecha
from app.core.errors import InvalidValue
from app.core.labels import Labelled

#: The job that works promises out anew.
RECOMPUTE_JOB = "promesas.recalcular"
#: Cases that one transaction works out anew.
BATCH = 200
REASON_MAX = 300


class TipoPromesa(Labelled):
    """What is promised of a case."""

    PRIMERA_GESTION = "primera_gestion", "Primera gestión"
    PRIMER_INFORME = "primer_informe", "Primer informe"
    UBICACION = "ubicacion", "Ubicación"


class MotivoPausa(Labelled):
    """Whom the office waits for while the clock of a case stands."""

    BUFFET = "buffet", "Se espera al buffet"
    TRIBUNAL = "tribunal", "Se espera al tribunal"


class MedioInforme(Labelled):
    """How the office told a buffet of a case outside of Rastro."""

    TELEFONO = "telefono", "Por teléfono"
    CORREO = "correo", "Por correo"
    REUNION = "reunion", "En una reunión"


class SituacionPromesa(Labelled):
    """How a promise stands, as it is stored: nothing of it changes by the passing of time."""

    CORRE = "corre", "Corre"
    DETENIDA = "detenida", "Reloj detenido"
    CUMPLIDA = "cumplida", "Cumplida"
    INCUMPLIDA = "incumplida", "No cumplida a tiempo"
    #: The case was closed before it was due.
    SIN_EFECTO = "sin_efecto", "Sin efecto"


class EstadoPromesa(Labelled):
    """How a promise stands at a moment, with the tone and icon of its badge."""

    EN_PLAZO = "en_plazo", "En plazo", "", "clock"
    EN_RIESGO = "en_riesgo", "En riesgo", "warn", "hourglass"
    VENCIDA = "vencida", "Vencida", "danger", "alert-triangle"
    DETENIDA = "detenida", "Reloj detenido", "info", "player-pause"
    CUMPLIDA = "cumplida", "Cumplida", "ok", "circle-check"
    INCUMPLIDA = "incumplida", "No cumplida a tiempo", "danger", "circle-x"
    SIN_EFECTO = "sin_efecto", "Sin efecto", "", "circle-dashed"


#: How promises of open cases are looked for, by the words of a filter.
ASKED_FOR = (EstadoPromesa.EN_RIESGO, EstadoPromesa.VENCIDA, EstadoPromesa.DETENIDA)


def state_at(
    situacion: SituacionPromesa,
    *,
    riesgo_at: datetime | None,
    vence_at: datetime | None,
    now: datetime,
) -> EstadoPromesa:
    """How a stored promise stands at a moment."""
    if situacion is not SituacionPromesa.CORRE:
        return EstadoPromesa(situacion.value)
    if vence_at is not None and vence_at <= now:
        return EstadoPromesa.VENCIDA
    if riesgo_at is not None and riesgo_at <= now:
        return EstadoPromesa.EN_RIESGO
    return EstadoPromesa.EN_PLAZO


class UnidadLapso(Labelled):
    """What a term is counted in."""

    HORAS = "h", "Horas hábiles"
    DIAS = "d", "Días hábiles"


_LAPSO = re.compile(r"([0-9]{1,4})\s*(h|hr|hrs|horas?|d|dias?|días?)?(?:\s+h[aá]biles)?\.?", re.I)
#: The longest term: a year of business days.
_MOST = {UnidadLapso.HORAS: 2000, UnidadLapso.DIAS: 250}


@dataclass(frozen=True)
class Lapso:
    """A term in business time. A day is as long as the office is open on one."""

    cantidad: int
    unidad: UnidadLapso

    @classmethod
    def parse(cls, text: str) -> Lapso:
        """Read «8 h», «8 horas», «2 d» or «2 días hábiles»; a bare number is hours.

        Raises:
            InvalidValue: saying what may be written.
        """
        found = _LAPSO.fullmatch(text.strip())
        unidad = UnidadLapso.DIAS
        if found is not None and (found[2] or "h").lower().startswith("h"):
            unidad = UnidadLapso.HORAS
        if found is None or not 1 <= int(found[1]) <= _MOST[unidad]:
            raise InvalidValue(
                f"Escriba horas o días hábiles, por ejemplo «8 h» o «2 d»; a lo más "
                f"{_MOST[UnidadLapso.HORAS]} h o {_MOST[UnidadLapso.DIAS]} d."
            )
        return cls(int(found[1]), unidad)

    @property
    def text(self) -> str:
        """As it is stored and typed: «8 h»."""
        return f"{self.cantidad} {self.unidad.value}"

    @property
    def words(self) -> str:
        """As people read it: «2 días hábiles»."""
        label = self.unidad.label.lower()
        if self.cantidad == 1:
            label = {"h": "hora hábil", "d": "día hábil"}[self.unidad.value]
        return f"{self.cantidad} {label}"


def read_closures(text: str) -> frozenset[date]:
    """The days on which the office is closed, as the setting holds them."""
    return frozenset(parse_fecha(part) for part in re.split(r"[,;\s]+", text) if part)


def _write_closures(text: str) -> str:
    """The same days in their order, once each.

    Raises:
        InvalidValue: something in it is no date.
    """
    return ", ".join(format_fecha(day) for day in sorted(read_closures(text)))


_GRUPO = "Promesas a los buffets"
_PLACE = 45
#: What changes the time that a promise has, so that all that run are worked out anew.
FROM_HOUR = Setting(
    "promesas.desde",
    grupo=_GRUPO,
    place=_PLACE,
    etiqueta="La oficina abre a las",
    defecto=9,
    ayuda="Solo el tiempo en que la oficina está abierta gasta el plazo de una promesa. Los "
    "feriados de todo el país no cuentan.",
    unidad="horas",
    maximo=12,
)
UNTIL_HOUR = Setting(
    "promesas.hasta",
    grupo=_GRUPO,
    place=_PLACE,
    etiqueta="La oficina cierra a las",
    defecto=18,
    ayuda="Lo que ya se cumplió o ya venció no cambia cuando cambia el horario.",
    unidad="horas",
    minimo=13,
    maximo=24,
)
SATURDAYS = Setting(
    "promesas.sabados",
    grupo=_GRUPO,
    place=_PLACE,
    etiqueta="Sábados",
    defecto="no",
    opciones=(("no", "No se atiende"), ("si", "Se atiende en el mismo horario")),
)
CLOSURES = Setting(
    "promesas.cierres",
    grupo=_GRUPO,
    place=_PLACE,
    etiqueta="Otros días sin atención",
    defecto="",
    ayuda="Fechas separadas por comas, por ejemplo 24-12-2026, 31-12-2026: interferiados, feriados "
    "de la región, vacaciones de la oficina.",
    largo=1500,
    lector=_write_closures,
)
RISK_SHARE = Setting(
    "promesas.riesgo",
    grupo=_GRUPO,
    place=_PLACE,
    etiqueta="En riesgo desde",
    defecto=75,
    ayuda="Parte del plazo usada desde la que una promesa se muestra en riesgo, antes de vencer.",
    unidad="%",
    minimo=10,
    maximo=99,
)
SHOWN_TO_BUFFET = Setting(
    "promesas.portal",
    grupo=_GRUPO,
    place=_PLACE,
    etiqueta="Mostrarlas al buffet",
    defecto="no",
    opciones=(
        ("no", "No se muestran"),
        ("si", "El buffet ve si se cumplieron y cuánto queda"),
    ),
    ayuda="Solo de sus propios casos. Nunca ve por qué se detuvo el reloj.",
)
GOALS = {
    tipo: Setting(
        f"promesas.meta_{tipo.value}",
        grupo=_GRUPO,
        place=_PLACE,
        etiqueta=f"Meta de «{tipo.label}»",
        defecto=goal,
        ayuda="Parte de las promesas que la oficina quiere cumplir a tiempo. Informes la dibuja y "
        "dice cuántas semanas se lleva bajo ella.",
        unidad="%",
        minimo=1,
        maximo=100,
    )
    for tipo, goal in (
        (TipoPromesa.PRIMERA_GESTION, 90),
        (TipoPromesa.PRIMER_INFORME, 90),
        (TipoPromesa.UBICACION, 75),
    )
}
CALENDAR_SETTINGS = (FROM_HOUR, UNTIL_HOUR, SATURDAYS, CLOSURES, RISK_SHARE)
SETTINGS = (*CALENDAR_SETTINGS, *GOALS.values(), SHOWN_TO_BUFFET)
