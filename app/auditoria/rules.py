"""By which ways data leave the house, and from where a deed is done."""

from __future__ import annotations

from typing import NamedTuple

from app.core.labels import Labelled
from app.feature import asked_above


class CanalDivulgacion(Labelled):
    """How somebody outside received or saw data of a case."""

    NOTIFICACION = "notificacion", "Aviso por correo"
    RECEPTOR = "receptor", "Página del receptor"
    PORTAL = "portal", "Tablero del buffet"
    API = "api", "API"
    EXPEDIENTE = "expediente", "Expediente"
    EXPORTACION = "exportacion", "Exportación"
    RESPALDO = "respaldo", "Respaldo fuera del equipo"
    RESPUESTA = "respuesta", "Respuesta a una persona"
    WEBHOOK = "webhook", "Aviso a un programa"
    #: It stayed in the house: somebody of the office read a case or took a file.
    LECTURA = "lectura", "Lectura en la oficina"


class Origin(NamedTuple):
    """A network and a browser, named as in the list of one's sessions; None: nobody asked."""

    lugar: str | None = None
    equipo: str | None = None


@asked_above
def find_origin() -> Origin:
    """Where the request comes from. What a job does comes from nowhere."""
    return Origin()


def find_place() -> str | None:
    """The network of ``find_origin``: the default of a column."""
    return find_origin().lugar


def find_device() -> str | None:
    """The browser of ``find_origin``: the default of a column."""
    return find_origin().equipo
