"""The notices of a case and the directory of receptores judiciales."""

from __future__ import annotations

from app.notificaciones import jobs
from app.notificaciones.pages import cierre, compose, correos, notices, plantillas, receptores
from app.notificaciones.pages.blueprint import bp
from app.notificaciones.pages.receptor import bp as receptor_bp
from app.notificaciones.queries import count_notices
from app.oficios.pages.sections import Section

__all__ = [
    "NOTIFICACIONES",
    "bp",
    "cierre",
    "compose",
    "correos",
    "jobs",
    "notices",
    "plantillas",
    "receptor_bp",
    "receptores",
]

NOTIFICACIONES = Section(
    "notificaciones", "Notificaciones", "mail", "notificaciones.section", count_notices
)
