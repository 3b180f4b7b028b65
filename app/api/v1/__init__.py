"""The JSON API, version 1: one module per noun, asked with a bearer token or a key.

What each route takes and gives stands in its decorators; ``openapi.py`` reads it there.
"""

from __future__ import annotations

from flask import Blueprint, Response

from app.api.v1 import (
    adjuntos,
    auth,
    buffets,
    cuando,
    encolar,
    eventos,
    importaciones,
    informes,
    lugares,
    mensajes,
    notificaciones,
    oficios,
    partes,
    promesas,
    retencion,
    solicitudes,
    tablero,
    trabajos,
    ubicaciones,
    usuarios,
)
from app.api.v1.access import Forbidden
from app.api.v1.answering import PreconditionFailed
from app.api.v1.cors import allow_origins
from app.extensions import csrf
from app.web.error_pages import error_response

bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.after_request(allow_origins)

for _noun in (
    auth,
    buffets,
    usuarios,
    oficios,
    encolar,
    importaciones,
    tablero,
    partes,
    lugares,
    cuando,
    ubicaciones,
    promesas,
    informes,
    adjuntos,
    mensajes,
    notificaciones,
    solicitudes,
    retencion,
    trabajos,
    eventos,
):
    # Nobody's browser sends a bearer token by itself, so there is no request to forge.
    csrf.exempt(_noun.bp)
    bp.register_blueprint(_noun.bp)


@bp.errorhandler(Forbidden)
def on_forbidden(error: Forbidden) -> Response:
    """Answer what is not the asker's."""
    return error_response(403, str(error))


@bp.errorhandler(PreconditionFailed)
def on_precondition(error: PreconditionFailed) -> Response:
    """Answer a change that was decided on an older state."""
    return error_response(412, str(error))
