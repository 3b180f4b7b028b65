"""What a person sees when something is refused or breaks: a sentence, never a stack trace."""

from __future__ import annotations

import logging
import shutil

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, TooManyRequests

from app.core.contention import is_busy
from app.core.errors import Lost, NotFound, RastroError, Refused, Stale
from app.core.outages import Outage, explain, find_outage
from app.db import DATABASE, ReadOnlyRequest, db
from app.extensions import current_config
from app.web.fragments import is_htmx
from app.web.sentences import Sentence, TextLink, link_about, tell
from app.web.typed import typed_context

logger = logging.getLogger(__name__)

_STALE = "Alguien lo cambió mientras usted lo veía. Recargue la página para ver el estado actual."
_SENTENCES = {
    400: "La solicitud no se entiende. Vuelva a la página anterior e inténtelo otra vez.",
    403: "Su cuenta no tiene permiso para hacer esto. Si lo necesita, pídalo a quien administra "
    "Rastro.",
    404: "Esta página no existe o no está disponible para usted. Recargue la que estaba viendo, o "
    "búsquelo desde el inicio.",
    405: "Esta dirección no admite esa acción. Vuelva a la página anterior y hágalo desde ahí.",
    409: _STALE,
    413: "El archivo es demasiado grande. Elija uno más pequeño.",
    415: "Ese tipo de contenido no se acepta. Vuelva a la página anterior y envíelo desde ahí.",
    429: "Demasiados intentos seguidos. Espere un momento y vuelva a intentarlo.",
    507: explain(Outage.FULL),
    500: "Algo falló de nuestro lado. No se guardó nada a medias; inténtelo otra vez.",
}
#: The same for a program, whose author reads it: what to send instead.
_FOR_PROGRAMS = {
    403: "Esta cuenta no tiene permiso para hacer esto. Pida a quien administra Rastro otro rol, o "
    "hágalo con la cuenta de quien puede.",
    404: "No existe o no está disponible para esta cuenta. Revise el número y la dirección, como "
    "están en el documento de la API.",
    405: "Esta dirección no admite esa acción: el encabezado «Allow» dice cuáles sí.",
    413: "Es demasiado grande y no se guardó nada. Envíe menos de una vez.",
    415: "Ese tipo de contenido no se acepta. Envíe JSON, con «Content-Type: application/json».",
    429: "Demasiadas solicitudes seguidas. Espere los segundos que dice «Retry-After».",
}
#: What happened, in the title of the page that has a sentence of its own each time.
_HEADINGS = {
    400: "La solicitud no se entiende",
    405: "Eso no se puede hacer aquí",
    409: "No se pudo hacer lo que pidió",
    415: "Ese contenido no se acepta",
    422: "Hay datos que revisar",
    503: "No está disponible por ahora",
}
#: Heading and sentence for what Flask-WTF says of a form's token; it has no codes.
_CSRF = {
    "The CSRF token has expired.": (
        "La página estuvo abierta demasiado tiempo",
        "La página estuvo abierta demasiado tiempo. Recárguela e inténtelo otra vez.",
    ),
    "The CSRF session token is missing.": (
        "Su navegador no envió la sesión",
        "No llegó la cookie de su sesión: terminó, o su navegador no guarda las cookies de este "
        "sitio. Permítalas si las bloqueó, recargue la página e inténtelo otra vez.",
    ),
    "The CSRF tokens do not match.": (
        "La página es de otra sesión",
        "La página se abrió en otra sesión: después alguien entró o salió en este navegador. "
        "Recárguela, revise con qué cuenta está e inténtelo otra vez.",
    ),
}
_CSRF_OTHER = (
    "No se reconoció el formulario",
    "El formulario llegó sin la marca que muestra que salió de Rastro. Recargue la página e "
    "inténtelo otra vez.",
)
#: What is told when the database cannot be written or read at this moment.
_BUSY_WRITE = (
    "No se alcanzó a guardar: la base de datos está ocupada. No se guardó nada a medias; espere "
    "unos segundos y guarde otra vez."
)
_BUSY_READ = "La base de datos está ocupada en este momento. Espere unos segundos y recargue."
#: Seconds after which it is worth asking again.
_BUSY_RETRY = 5
#: Statuses with a page of their own.
_PAGES = {403, 404, 413, 429, 500}
#: Seconds after which whoever met an outage may ask again.
_RETRY = 60
#: Bytes below which SQLite cannot extend its shared memory and its journal.
_NO_ROOM = 1024 * 1024


class HeldBack(TooManyRequests):
    """Somebody tried too often: for how many seconds they wait, and what they can do meanwhile."""

    def __init__(self, sentence: str, seconds: int) -> None:
        super().__init__(sentence, retry_after=seconds)
        self.sentence = sentence
        self.seconds = seconds


def wants_json() -> bool:
    """Whether the asker is a program: the API, the health check, a phone in the field."""
    path = request.path
    return path.startswith(("/api/", "/terreno/datos/")) or path in {
        "/health",
        "/health/web",
        "/metrics.json",
    }


def error_response(
    status: int,
    sentence: str | None = None,
    *,
    heading: str | None = None,
    link: TextLink | None = None,
    reason: str = "",
) -> Response:
    """A refusal in the form that the asker understands: JSON, a toast, or a page.

    ``reason`` names it for programs, which get it as ``motivo``. ``heading`` is the title of that
    page; without one the status says what happened.
    """
    text = sentence or _sentence(status)
    if wants_json():
        body = {"detail": text, "motivo": reason} if reason else {"detail": text}
        return make_response(jsonify(body), status)
    if is_htmx():
        response = make_response("", status)
        response.headers["HX-Reswap"] = "none"
        tell(text, "error", link)
        return response
    if status == 507:
        return not_now(status, text, retry_seconds=_RETRY)
    page = f"errors/{status}.html" if status in _PAGES else "errors/400.html"
    title = heading or _HEADINGS.get(status, _HEADINGS[409])
    shown = Sentence(text, "error", link)
    return make_response(render_template(page, sentence=shown, heading=title), status)


def _sentence(status: int) -> str:
    """What is said where nobody said more: what happened, and what to do next."""
    if request.path.startswith("/api/") and status in _FOR_PROGRAMS:
        return _FOR_PROGRAMS[status]
    return _SENTENCES.get(status, _SENTENCES[500 if status >= 500 else 400])


def _wants_picture() -> bool:
    """Whether a page asks for an ``img``; old browsers tell by what they accept."""
    asked = request.headers.get("Sec-Fetch-Dest")
    return asked == "image" or (
        asked is None and request.headers.get("Accept", "").startswith("image/")
    )


def _lost_picture() -> Response:
    """Words in the place of a picture: browsers show an image also when its status is 404."""
    response = make_response(render_template("errors/perdida.svg"), 404)
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = "no-store"  # the file may be brought back
    return response


def outage_response(outage: Outage) -> Response:
    """Say what keeps the machine from storing; 507 for a full disk, else 503 with Retry-After.

    SQLite tells some full disks as a fault of the disk, so the room that is left is looked at.
    """
    if outage in {Outage.UNREADABLE, Outage.MISSING} and _is_disk_full():
        outage = Outage.FULL
    status = 507 if outage is Outage.FULL else 503
    return not_now(status, explain(outage), retry_seconds=_RETRY)


def not_now(status: int, sentence: str, *, retry_seconds: int) -> Response:
    """Say that nothing could be stored at this moment, and keep what was typed.

    HTMX leaves the page as it is, with its form. Without JavaScript the browser left that page, so
    the answer shows what was typed, with the button that sends it again.
    """
    if wants_json() or is_htmx():
        response = error_response(status, sentence)
    else:
        page = "errors/507.html" if status == 507 else "errors/ocupado.html"
        text = render_template(page, sentence=sentence, **typed_context())
        response = make_response(text, status)
    response.headers["Retry-After"] = str(retry_seconds)
    return response


def _is_disk_full() -> bool:
    folder = current_config().instance_dir
    return folder.exists() and shutil.disk_usage(folder).free < _NO_ROOM


def _missing_file() -> Response:
    """A page of a version that is no longer kept asks for its script or picture."""
    response = make_response(
        "Este archivo es de otra versión de Rastro. Recargue la página.\n", 404
    )
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response


def _on_database(error: DBAPIError | PoolTimeout) -> Response:
    """The database refused: for the moment (503), or because of a fault of ours (500)."""
    if not is_busy(error):
        return _on_crash(error)
    db.session.rollback()
    if not DATABASE.is_down:  # logged once by ``DATABASE``, not with each request
        cause = getattr(error, "orig", None) or error
        logger.warning("the database was busy: %s (%s)", request.endpoint, type(cause).__name__)
    sentence = _BUSY_READ if request.method in {"GET", "HEAD"} else _BUSY_WRITE
    return not_now(503, sentence, retry_seconds=_BUSY_RETRY)


def _on_crash(error: Exception) -> Response:
    outage = find_outage(error)
    if outage is not None:
        return outage_response(outage)
    logger.error("unhandled error in %s", request.endpoint, exc_info=error)
    return error_response(500)


def init_errors(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> Response:
        if error.response is not None:
            return make_response(error.response)
        status = error.code or 500
        if status == 404 and request.path.startswith("/static/"):
            return _missing_file()
        response = error_response(status, error.sentence if isinstance(error, HeldBack) else None)
        for name, value in error.get_headers():
            if name in {"Retry-After", "Allow"}:
                response.headers[name] = value
        return response

    @app.errorhandler(CSRFError)
    def on_csrf(error: CSRFError) -> Response:
        heading, sentence = _CSRF.get(str(error.description), _CSRF_OTHER)
        if wants_json() or request.method != "POST":
            return error_response(400, sentence, heading=heading)
        if is_htmx():
            # The page is loaded anew with a token that holds; drafts.js brings back what was typed.
            response = error_response(400, sentence)
            response.headers["HX-Refresh"] = "true"
            return response
        page = render_template(
            "errors/formulario.html", heading=heading, sentence=sentence, **typed_context()
        )
        return make_response(page, 400)

    @app.errorhandler(NotFound)
    def on_not_found(error: NotFound) -> Response:
        return error_response(404, str(error) if wants_json() else None)

    @app.errorhandler(Lost)
    def on_lost(error: Lost) -> Response:
        if _wants_picture():
            return _lost_picture()
        if wants_json() or is_htmx():
            return error_response(404, str(error))
        return make_response(render_template("errors/perdido.html", sentence=str(error)), 404)

    @app.errorhandler(Stale)
    def on_stale(error: Stale) -> Response:
        return error_response(409, str(error), link=link_about(error))

    @app.errorhandler(StaleDataError)
    def on_stale_row(_error: StaleDataError) -> Response:
        return error_response(409)

    @app.errorhandler(IntegrityError)
    def on_same_moment(_error: IntegrityError) -> Response:
        """Answer 409 for a unique constraint that a concurrent request won."""
        logger.warning("a constraint refused a row in %s", request.endpoint)
        return error_response(
            409, "Otra persona acaba de guardar lo mismo. Recargue la página para ver cómo quedó."
        )

    for kind in (DBAPIError, PoolTimeout):
        app.register_error_handler(kind, _on_database)
    app.register_error_handler(Exception, _on_crash)

    @app.errorhandler(ReadOnlyRequest)
    def on_write_by_head(error: ReadOnlyRequest) -> Response:
        """Nothing was written; that a view tried is a fault of ours to be mended."""
        logger.error("%s", error)
        return error_response(405)

    @app.errorhandler(Refused)
    def on_refused(error: Refused) -> Response:
        if not isinstance(error, OSError):
            return error_response(409, str(error))
        response = error_response(503, str(error))  # the storage is away
        response.headers["Retry-After"] = str(_RETRY)
        return response

    @app.errorhandler(RastroError)
    def on_rastro(error: RastroError) -> Response:
        return error_response(422, str(error))
