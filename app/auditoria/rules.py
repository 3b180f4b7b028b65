"""By which ways data leave the house."""

from __future__ import annotations

from app.core.labels import Labelled


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
