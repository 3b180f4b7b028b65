"""What an admin may do with jobs, which ones a page shows, and the report of a bulk action."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from app.ajustes.rules import Setting
from app.core.labels import Labelled
from app.jobs.rules import RETRYABLE_STATES, WAITING_STATES, EstadoTrabajo

#: Jobs of a page of the list.
PAGE_SIZE = 25
#: Jobs that one click changes at most, with all that the filter finds.
BULK_LIMIT = 500
#: The job that forgets what repeated by itself and ended well.
FORGETTING_JOB = "trabajos.olvidar"
KEPT_JOBS_DAYS = Setting(
    "trabajos.dias_guardados",
    "Trabajos",
    "Guardar lo que se repite por su cuenta",
    90,
    "Pasado ese plazo se olvidan los trabajos periódicos que terminaron bien. Los de un caso, los "
    "que alguien pidió y los que fallaron se quedan.",
    unidad="días",
    minimo=30,
    maximo=3650,
    place=90,
)
#: Names that a sentence of the report tells; the others are counted.
_NAMED = 3


class Accion(Labelled):
    """What is done with a job by hand; the label is the text of its button."""

    REINTENTAR = "reintentar", "Reintentar"
    CANCELAR = "cancelar", "Cancelar"
    EJECUTAR = "ejecutar", "Ejecutar ahora"

    def fits(self, estado: EstadoTrabajo) -> bool:
        """Whether a job in that state takes it; the service decides again."""
        return estado in (RETRYABLE_STATES if self is Accion.REINTENTAR else WAITING_STATES)


_DONE = {
    Accion.REINTENTAR: ("Se reintenta 1 trabajo.", "Se reintentan {} trabajos."),
    Accion.CANCELAR: ("Se canceló 1 trabajo.", "Se cancelaron {} trabajos."),
    Accion.EJECUTAR: ("1 trabajo se ejecuta ahora.", "{} trabajos se ejecutan ahora."),
}
_NOT_DONE = {
    Accion.REINTENTAR: ("No se reintentó 1", "No se reintentaron {}"),
    Accion.CANCELAR: ("No se canceló 1", "No se cancelaron {}"),
    Accion.EJECUTAR: ("No se adelantó 1", "No se adelantaron {}"),
}


@dataclass
class Report:
    """What was done, and what was not and why."""

    accion: Accion
    done: list[str] = field(default_factory=list)
    #: Names of jobs by the sentence that refused them.
    refused: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, name: str, reason: str) -> None:
        """Note a job that stays as it is."""
        self.refused.setdefault(reason, []).append(name)

    def sentences(self) -> list[tuple[str, str]]:
        """Pairs of a tone (ok, aviso) and a sentence: one for what was done, one a reason."""
        told = []
        if self.done:
            told.append(("ok", _number(_DONE[self.accion], len(self.done))))
        for reason, names in self.refused.items():
            some = ", ".join(names[:_NAMED])
            more = f" y {len(names) - _NAMED} más" if len(names) > _NAMED else ""
            begin = _number(_NOT_DONE[self.accion], len(names))
            told.append(("aviso", f"{begin} ({some}{more}). {reason}"))
        return told


#: States that need nobody as long as no person asked for the job.
QUIET_STATES = frozenset(EstadoTrabajo) - {EstadoTrabajo.FALLIDO, EstadoTrabajo.INCIERTA}
#: Days for which what failed or may have happened waits for a decision.
DECISION_DAYS = 7


@dataclass(frozen=True)
class JobFilter:
    """Which jobs a page shows; it lives in its address."""

    estado: EstadoTrabajo | None = None
    tipo: str = ""
    #: Number, plate or name of the oficio.
    oficio: str = ""
    #: Days in Santiago on which the job was asked for, both included.
    desde: date | None = None
    hasta: date | None = None
    #: Whether the list also holds what Rastro did by itself and nobody has to look at.
    automaticos: bool = False

    @property
    def is_set(self) -> bool:
        """Whether anything is left out, other than by state."""
        return replace(self, estado=None, automaticos=False) != JobFilter()

    @property
    def folds(self) -> bool:
        """Whether quiet automatic jobs are one line: who filters wants to see all that fits."""
        return not (self.automaticos or self.estado or self.is_set)

    def arguments(self) -> dict[str, str]:
        """What the address carries: only what is set."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: _address_text(value) for name, value in values.items() if value}

    def having(self, **changes: Any) -> dict[str, str]:
        """The address's arguments with some of them changed, for the link of a chip."""
        return replace(self, **changes).arguments()


def _address_text(value: Any) -> str:
    if value is True:
        return "1"
    return str(value.value) if isinstance(value, EstadoTrabajo) else str(value)


def _number(texts: tuple[str, str], amount: int) -> str:
    return texts[0] if amount == 1 else texts[1].format(amount)
