"""Notices by e-mail, what their receptores answered, and the directory of those."""

from __future__ import annotations

from app.notificaciones.models.notices import (
    Borrador,
    HitoInformado,
    Notificacion,
    notificacion_adjuntos,
)
from app.notificaciones.models.plantillas import Plantilla
from app.notificaciones.models.receptores import Receptor
from app.notificaciones.models.respuestas import Respuesta, respuesta_adjuntos, says_carried_out

__all__ = [
    "Borrador",
    "HitoInformado",
    "Notificacion",
    "Plantilla",
    "Receptor",
    "Respuesta",
    "notificacion_adjuntos",
    "respuesta_adjuntos",
    "says_carried_out",
]
