"""What a person sees when something is refused or breaks: a sentence, never a stack trace."""

from __future__ import annotations

import logging
import shutil

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.core.errors import NotFound, RastroError, Refused, Stale
from app.core.outages import Outage, explain, find_outage
from app.extensions import current_config
from app.web.fragments import is_htmx, with_notice

logger = logging.getLogger(__name__)

_STALE = "Alguien lo cambió mientras usted lo veía. Recargue la página para ver el estado actual."
_SENTENCES = {
    400: "La solicitud no se entiende. Vuelva a la página anterior e inténtelo otra vez.",
    403: "No tiene permiso para hacer esto.",
    404: "Esta página no existe o no está disponible para usted.",
    405: "Esta dirección no admite esa acción.",
    409: _STALE,
    413: "El archivo es demasiado grande. Elija uno más pequeño.",
    415: "Ese tipo de contenido no se acepta.",
    429: "Demasiados intentos seguidos. Espere un momento y vuelva a intentarlo.",
    507: explain(Outage.FULL),
    500: "Algo falló de nuestro lado. No se guardó nada a medias; inténtelo otra vez.",
}

#: Statuses with a page of their own.
_PAGES = {403, 404, 413, 429, 500, 507}
#: Seconds after which whoever met an outage may ask again.
_RETRY = 60
#: Bytes below which SQLite cannot extend its shared memory and its journal.
_NO_ROOM = 1024 * 1024


def wants_json() -> bool:
    """Whether the asker is a program: the API, the health check, a phone in the field."""
    path = request.path
    return path.startswith(("/api/", "/terreno/datos/")) or path in {"/health", "/metrics.json"}


def error_response(status: int, sentence: str | None = None) -> Response:
    """A refusal in the form that the asker understands: JSON, a toast, or a page."""
    text = sentence or _SENTENCES.get(status, _SENTENCES[500 if status >= 500 else 400])
    if wants_json():
        return make_response(jsonify(detail=text), status)
    if is_htmx():
        response = make_response("", status)
        response.headers["HX-Reswap"] = "none"
        return with_notice(response, text, "error")
    page = f"errors/{status}.html" if status in _PAGES else "errors/400.html"
    return make_response(render_template(page, sentence=text), status)


def outage_response(outage: Outage) -> Response:
    """Say what keeps the machine from storing; 507 for a full disk, else 503 with Retry-After.

    SQLite tells some full disks as a fault of the disk, so the room that is left is looked at.
    """
    if outage in {Outage.UNREADABLE, Outage.MISSING} and _is_disk_full():
        outage = Outage.FULL
    if outage is Outage.FULL:
        return error_response(507)
    response = error_response(503, explain(outage))
    response.headers["Retry-After"] = str(_RETRY)
    return response


def _is_disk_full() -> bool:
    folder = current_config().instance_dir
    return folder.exists() and shutil.disk_usage(folder).free < _NO_ROOM


def init_errors(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> Response:
        if error.response is not None:
            return make_response(error.response)
        status = error.code or 500
        response = error_response(status)
        for name, value in error.get_headers():
            if name in {"Retry-After", "Allow"}:
                response.headers[name] = value
        return response

    @app.errorhandler(CSRFError)
    def on_csrf(_error: CSRFError) -> Response:
        return error_response(
            400, "La página estuvo abierta demasiado tiempo. Recárguela e inténtelo otra vez."
        )

    @app.errorhandler(NotFound)
    def on_not_found(error: NotFound) -> Response:
        return error_response(404, str(error) if wants_json() else None)

    @app.errorhandler(Stale)
    def on_stale(error: Stale) -> Response:
        return error_response(409, str(error))

    @app.errorhandler(StaleDataError)
    def on_stale_row(_error: StaleDataError) -> Response:
        return error_response(409)

    @app.errorhandler(IntegrityError)
    def on_same_moment(_error: IntegrityError) -> Response:
        """Two people stored the same thing at once: the database let the first one in."""
        logger.warning("a constraint refused a row in %s", request.endpoint)
        return error_response(
            409, "Otra persona acaba de guardar lo mismo. Recargue la página para ver cómo quedó."
        )

    @app.errorhandler(Refused)
    def on_refused(error: Refused) -> Response:
        return error_response(409, str(error))

    @app.errorhandler(RastroError)
    def on_rastro(error: RastroError) -> Response:
        return error_response(422, str(error))

    @app.errorhandler(Exception)
    def on_crash(error: Exception) -> Response:
        outage = find_outage(error)
        if outage is not None:
            return outage_response(outage)
        logger.error("unhandled error in %s", request.endpoint, exc_info=error)
        return error_response(500)
