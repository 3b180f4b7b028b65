"""Which addresses are worth a visit, in which order, and what a phone may get wrong."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from app.adjuntos.rules import TipoAdjunto
from app.core.labels import Labelled
from app.direcciones.rules import ResultadoVisita
from app.oficios.rules import Estado, TipoPropietario

#: States in which somebody goes to look: before, nobody began; after, there is nothing to find.
VISITABLE = (Estado.INVESTIGACION, Estado.NOTIFICACION)

#: Outcomes after which nobody goes to the same address again without a reason.
_DISCARDS = {ResultadoVisita.DIRECCION_INCORRECTA, ResultadoVisita.SE_MUDO}

#: Whom to ask for at the door: who drives the car before who owes for it.
_ORDER = (
    TipoPropietario.USUARIO,
    TipoPropietario.PRINCIPAL,
    TipoPropietario.CODEUDOR,
    TipoPropietario.AVAL,
)

#: What is said of a file that did not come from the phone's camera.
RECEIVED = "Recibida por otra aplicación"

#: How far a phone's clock may be from the server's, with the time that a request takes.
CLOCK_TOLERANCE = timedelta(minutes=5)


class Grupo(Labelled):
    """The parts of the list, in their order on screen."""

    POR_VISITAR = "por_visitar", "Por visitar"
    HOY = "hoy", "Visitadas hoy"
    DESCARTADAS = "descartadas", "Descartadas por una visita"


class Motivo(enum.Enum):
    """Why a visit that waited on a phone is not simply stored."""

    CERRADO = "cerrado"
    REASIGNADO = "reasignado"
    CAMBIADA = "cambiada"
    ELIMINADA = "eliminada"
    RELOJ = "reloj"
    AJENA = "ajena"
    SIN_VISITA = "sin_visita"
    #: The case is kept and nobody works with it: the phone keeps the visit.
    BLOQUEADO = "bloqueado"
    #: The data of the address were erased by law: what a phone still has of it is not stored.
    BORRADO = "borrado"

    @property
    def can_be_sent_anyway(self) -> bool:
        """Whether the person may say that it is stored all the same."""
        return self in {Motivo.CERRADO, Motivo.REASIGNADO, Motivo.CAMBIADA, Motivo.RELOJ}


def group_of(
    resultado: ResultadoVisita | None, visited: datetime | None, start_of_today: datetime
) -> Grupo:
    """Where an address stands in the list, by its last visit."""
    if resultado is None or visited is None:
        return Grupo.POR_VISITAR
    if visited >= start_of_today:
        return Grupo.HOY
    return Grupo.DESCARTADAS if resultado in _DISCARDS else Grupo.POR_VISITAR


def person_rank(tipo: TipoPropietario) -> int:
    """Whom to ask for first; the smallest number."""
    return _ORDER.index(tipo)


def photo_kind(resultado: ResultadoVisita) -> TipoAdjunto:
    """What the photos of a visit show: the vehicle when it was found, else how it was not."""
    found = resultado is ResultadoVisita.EXITOSA
    return TipoAdjunto.FOTO_VEHICULO if found else TipoAdjunto.EVIDENCIA


def clock_error(sent_at: datetime, now: datetime) -> timedelta:
    """How far a phone's clock runs ahead of the server's; zero when nobody would notice."""
    error = sent_at - now
    return error if abs(error) > CLOCK_TOLERANCE else timedelta(0)
