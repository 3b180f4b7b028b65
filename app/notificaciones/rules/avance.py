"""How far a case is: its next step and its milestones, from what happened and nothing else.

One pure function, so that portal, case page, API, mails and expediente cannot contradict each
other. What a client may know is decided here: no place, no sighting, no note.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.clock import local_today, start_of_day
from app.core.dates import format_fecha, format_fecha_hora
from app.core.labels import Labelled
from app.notificaciones.rules.diligencias import Acto
from app.oficios.rules import Estado


class Suceso(enum.IntEnum):
    """What may happen to a case; of two at the same moment the smaller one comes first.

    A location and the move that it causes carry the same moment, and so do a location taken back
    and the return to the search.
    """

    #: The place where it was found does not hold any more: taken back, or seen empty.
    PERDIDO = 0
    UBICADO = 1
    #: Somebody went to see, and it was still there.
    VISTO_OTRA_VEZ = 2
    PASO = 3
    #: The mail server took a notice to a receptor, or its receptor answered it.
    AVISADO = 4
    #: Nobody knows whether a notice arrived.
    ENVIO_INCIERTO = 5
    #: What the receptor answered.
    NO_ENCONTRADO = 6
    DILIGENCIADO = 7
    #: He did something that leaves the order to be carried out: he served it, or found the car.
    ACTUACION = 8
    #: The embargo or the removal came to nothing, and the vehicle is where it was.
    FRUSTRADO = 9


@dataclass(frozen=True)
class Hecho:
    """Something that happened to a case."""

    cuando: datetime
    suceso: Suceso
    #: What it comes from; a milestone keeps it, so that it is told once by mail.
    clave: str = ""
    #: Of a step: from where and to where.
    paso: tuple[Estado, Estado] | None = None
    #: It takes the step before it back.
    deshace: bool = False
    #: Of an answer: the notice that it answers.
    notificacion_id: int | None = None
    #: Of an answer: what he did and on which day, where he said so.
    acto: Acto | None = None


@dataclass(frozen=True)
class Caso:
    """What a case is now, and what led there."""

    estado: Estado
    has_investigador: bool
    #: The day on which the office received the order.
    recibido: date
    #: When Rastro learned of it.
    created_at: datetime
    hechos: Sequence[Hecho] = ()
    #: What the milestone of its entry comes from.
    clave: str = ""


class Situacion(Labelled):
    """Where a case stands, finer than its column on the board; shown by what happens next."""

    SIN_INVESTIGADOR = "sin_investigador", "Asignar a un investigador"
    POR_COMENZAR = "por_comenzar", "Comenzar la búsqueda"
    BUSCANDO = "buscando", "Ubicar el vehículo"
    PERDIDO = "perdido", "Ubicar otra vez el vehículo"
    UBICADO = "ubicado", "Notificar al receptor judicial"
    ENVIO_INCIERTO = "aviso_incierto", "Confirmar que el receptor judicial recibió el aviso"
    AVISADO = "avisado", "Diligencia del receptor judicial"
    DILIGENCIADO = "diligenciado", "Cerrar el caso: la diligencia está realizada"
    ENCONTRADO = "encontrado", "Caso cerrado: vehículo encontrado"
    NO_ENCONTRADO = "no_encontrado", "Caso cerrado sin encontrar el vehículo"

    @property
    def proximo_paso(self) -> str:
        """What happens next, in words for a law firm."""
        return self.label


#: Of a case that waits for a receptor: the vehicle is not where it was found.
LOST = (Situacion.PERDIDO, Situacion.SIN_INVESTIGADOR)


@dataclass(frozen=True)
class Hito:
    """A milestone that the client is told of."""

    cuando: datetime
    texto: str
    #: What it comes from, so that it is told once by mail.
    clave: str = ""
    #: Only the day is known: the hour of ``cuando`` means nothing.
    solo_dia: bool = False
    #: When Rastro learned of it, where that is not when it happened.
    sabido_at: datetime | None = None

    @property
    def momento(self) -> str:
        """When it was, as it is shown: with the hour where that is known."""
        return format_fecha(self.cuando) if self.solo_dia else format_fecha_hora(self.cuando)


@dataclass(frozen=True)
class Avance:
    """How far a case is."""

    situacion: Situacion
    #: Newest first; the last one is always that the order was received.
    hitos: list[Hito]
    #: Each state that it came into, and when, oldest first.
    etapas: tuple[tuple[Estado, datetime], ...] = ()

    @property
    def proximo_paso(self) -> str:
        """What happens next, in words for a law firm."""
        return self.situacion.proximo_paso


_SEARCHING = (Situacion.BUSCANDO, Situacion.PERDIDO)
_STANDS_ON_PLACE = (Situacion.UBICADO, Situacion.ENVIO_INCIERTO, Situacion.AVISADO)
_CLOSED = {
    Estado.ENCONTRADO: (Situacion.ENCONTRADO, "Vehículo encontrado, caso cerrado"),
    Estado.NO_ENCONTRADO: (Situacion.NO_ENCONTRADO, "Caso cerrado sin encontrar el vehículo"),
}
_RETURNS = {
    Estado.PENDIENTE: "La búsqueda queda en espera",
    Estado.INVESTIGACION: "La búsqueda continúa",
}
_FORWARD = {
    Estado.INVESTIGACION: "Comienza la búsqueda",
    Estado.NOTIFICACION: "Vehículo ubicado",
}
#: A step forward after these only catches up with what the client was told already.
_CATCHES_UP = {
    Estado.INVESTIGACION: (Situacion.AVISADO, Situacion.DILIGENCIADO),
    Estado.NOTIFICACION: (Situacion.DILIGENCIADO,),
}


def follow(caso: Caso) -> Avance:
    """Follow a case through what happened to it: where it stands, and its milestones.

    The state of the row has the last word: a case that was loaded in a later state has no steps.
    """
    stage = Situacion.BUSCANDO
    estado: Estado | None = None
    hitos: list[Hito] = []
    done_by: int | None = None
    held = _that_hold(caso.hechos)
    for hecho in held:
        if hecho.suceso is Suceso.DILIGENCIADO:
            done_by = hecho.notificacion_id
        elif (
            hecho.suceso in (Suceso.NO_ENCONTRADO, Suceso.FRUSTRADO)
            and stage is Situacion.DILIGENCIADO
            and hecho.notificacion_id != done_by
        ):
            continue  # what one receptor took, another one does not find
        stage, texto = _after(stage, estado, hecho)
        estado = hecho.paso[1] if hecho.paso else estado
        # What he says twice of one act is one milestone.
        if texto and not (hecho.acto and any(one.texto == texto for one in hitos)):
            hitos.append(Hito(hecho.cuando, texto, hecho.clave))
    received = Hito(
        start_of_day(caso.recibido),
        "Oficio recibido",
        caso.clave,
        solo_dia=True,
        sabido_at=caso.created_at,
    )
    return Avance(_standing(caso, stage), [*reversed(hitos), received], _stages(caso, held))


def _stages(caso: Caso, held: Sequence[Hecho]) -> tuple[tuple[Estado, datetime], ...]:
    """When it came into each state. One that was loaded in a later state has been there since."""
    steps = [(hecho.cuando, *hecho.paso) for hecho in held if hecho.paso]
    begun = steps[0][1] if steps else caso.estado
    first = start_of_day(caso.recibido)
    return ((begun, first), *((target, max(moment, first)) for moment, _, target in steps))


def days_in_stages(etapas: Sequence[tuple[Estado, datetime]], now: datetime) -> dict[Estado, int]:
    """How many days of the calendar a case has been in each state, all its times there together.

    In a final state no time passes.
    """
    days: dict[Estado, int] = {}
    ends = [moment for _estado, moment in etapas[1:]] + [now]
    for (estado, since), until in zip(etapas, ends, strict=True):
        spent = (local_today(until) - local_today(since)).days
        days[estado] = days.get(estado, 0) + (0 if estado.is_final else max(0, spent))
    return days


def _that_hold(hechos: Sequence[Hecho]) -> list[Hecho]:
    """What happened in its order, without a step that was taken back at once, nor its undoing."""
    held: list[Hecho] = []
    for hecho in sorted(hechos, key=lambda one: (one.cuando, one.suceso)):
        if hecho.deshace and hecho.paso:
            slip = next((one for one in reversed(held) if one.paso), None)
            if slip is not None and slip.paso == hecho.paso[::-1]:
                held.remove(slip)
                continue
        held.append(hecho)
    return held


def _after(stage: Situacion, estado: Estado | None, hecho: Hecho) -> tuple[Situacion, str | None]:
    """Where a case stands after something happened, and the milestone that this is."""
    if hecho.paso is not None:
        return _after_step(stage, *hecho.paso)
    match hecho.suceso:
        case Suceso.UBICADO:
            again = stage is Situacion.PERDIDO and estado is Estado.NOTIFICACION
            return Situacion.UBICADO, "Vehículo ubicado otra vez" if again else None
        case Suceso.VISTO_OTRA_VEZ:
            return (Situacion.UBICADO if stage is Situacion.PERDIDO else stage), None
        case Suceso.PERDIDO:
            # One that is looked for was not there any more; one that the receptor took is not.
            return (Situacion.PERDIDO if stage in _STANDS_ON_PLACE else stage), None
        case Suceso.AVISADO:
            return Situacion.AVISADO, "Receptor judicial notificado"
        case Suceso.ENVIO_INCIERTO:
            told = stage in (Situacion.AVISADO, Situacion.DILIGENCIADO)
            return (stage if told else Situacion.ENVIO_INCIERTO), None
        case Suceso.NO_ENCONTRADO:
            return (stage if stage in _SEARCHING else Situacion.PERDIDO), None
        case Suceso.DILIGENCIADO:
            news = stage is not Situacion.DILIGENCIADO or hecho.acto is not None
            return Situacion.DILIGENCIADO, _told_act(hecho.acto) if news else None
        case Suceso.ACTUACION:
            return stage, _told_act(hecho.acto)
        case Suceso.FRUSTRADO:
            # As with what he does not find, the office tells its client itself.
            return (Situacion.AVISADO if stage is Situacion.DILIGENCIADO else stage), None
        case Suceso.PASO:
            raise ValueError("a step says from where to where")


def _told_act(acto: Acto | None) -> str:
    """The milestone of what a receptor did: the act and its day, never a place or a comment."""
    return f"Diligencia realizada: {acto.texto}" if acto else "Diligencia realizada"


def _after_step(stage: Situacion, origin: Estado, target: Estado) -> tuple[Situacion, str | None]:
    """A step between two states.

    A step forward keeps what the receptor was told and answered. A step back begins a new search,
    and so does reopening: the links of the notices ended with the case.
    """
    if target in _CLOSED:
        return _CLOSED[target]
    fresh = Situacion.UBICADO if target is Estado.NOTIFICACION else Situacion.BUSCANDO
    if origin.is_final:
        return fresh, "El caso se reabre"
    order = list(Estado)
    if order.index(target) < order.index(origin):
        return fresh, _RETURNS[target]
    kept = fresh if stage in _SEARCHING else stage
    return kept, None if stage in _CATCHES_UP[target] else _FORWARD[target]


def _standing(caso: Caso, stage: Situacion) -> Situacion:
    """Where it stands, if the row agrees; what the steps do not tell, the row does."""
    if caso.estado in _CLOSED:
        return _CLOSED[caso.estado][0]
    waits = caso.estado is Estado.NOTIFICACION
    if stage in (Situacion.ENCONTRADO, Situacion.NO_ENCONTRADO):
        stage = Situacion.BUSCANDO
    if stage in (Situacion.BUSCANDO, Situacion.UBICADO):
        # A location whose step was undone at once does not count.
        stage = Situacion.UBICADO if waits else Situacion.BUSCANDO
    if stage in _SEARCHING and not caso.has_investigador:
        return Situacion.SIN_INVESTIGADOR
    if stage is Situacion.BUSCANDO and caso.estado is Estado.PENDIENTE:
        return Situacion.POR_COMENZAR
    return stage
