"""``Idempotency-Key``: a POST that is sent again because its answer was lost happens once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from app.api.queries import find_kept_answer
from app.api.service import KeyReused, StillAnswering, begin_answer, drop_answer, keep_answer
from app.api.v1.access import current_usuario
from app.api.v1.reading import MAX_BODY
from app.core.clock import utcnow
from app.db import transaction
from app.web.errors import error_response
from app.web.retrying import call_again_on_conflict

View = TypeVar("View", bound=Callable[..., Any])

HEADER = "Idempotency-Key"
#: Headers of an answer that are part of what it says.
_KEPT = ("Location", "ETag")
_BAD_KEY = "La Idempotency-Key debe tener entre 1 y 200 caracteres visibles, por ejemplo un UUID."


def once(*, again: Callable[[int], Response] | None = None) -> Callable[[View], View]:
    """Answer a repeated request with its first answer, for a day.

    What was refused or broke is not kept: the same key may be tried again with other data. Stands
    inside ``bearer_required``. ``again`` makes an answer anew from the id that it was about, for
    those that hold a secret, which is not to be stored.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            key = request.headers.get(HEADER)
            if key is None:
                return _call(view, args, kwargs)
            if not (0 < len(key) <= 200 and key.isascii() and key.isprintable() and key.strip()):
                return error_response(400, _BAD_KEY)
            return _once(key, lambda: _call(view, args, kwargs), again)

        guarded.__once__ = True  # type: ignore[attr-defined]  # read by openapi.py
        return guarded  # type: ignore[return-value]  # wraps keeps the view's signature

    return decorate


def _once(
    key: str, call: Callable[[], Response], again: Callable[[int], Response] | None
) -> Response:
    usuario_id, huella = current_usuario().id, _fingerprint()
    kept = None
    try:
        with transaction():
            found = find_kept_answer(usuario_id, key)
            row = begin_answer(usuario_id, key, huella, found, now=utcnow())
            if row is not None:
                kept = (row.estado or 200, row.cuerpo or "", row.cabeceras)
    except KeyReused as refused:
        return error_response(422, str(refused))
    except (StillAnswering, IntegrityError):
        response = error_response(409, str(StillAnswering()))
        response.headers["Retry-After"] = "1"
        return response
    if kept is not None:
        return _replay(*kept, again)
    try:
        response = call_again_on_conflict(call)
    except BaseException:
        _settle(usuario_id, key, None)
        raise
    _settle(usuario_id, key, response, whole=again is None)
    return response


def _call(view: Callable[..., Any], args: Any, kwargs: Any) -> Response:
    return make_response(view(*args, **kwargs))


def _settle(usuario_id: int, key: str, response: Response | None, *, whole: bool = True) -> None:
    """Keep a good answer, or the id that it is about; forget that anything was asked otherwise."""
    with transaction():
        found = find_kept_answer(usuario_id, key)
        if found is None:
            return
        if response is None or not 200 <= response.status_code < 300:
            drop_answer(found)
            return
        headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
        text = response.get_data(as_text=True) if whole else str(response.get_json()["id"])
        keep_answer(found, response.status_code, text, headers)


def _replay(
    status: int, text: str, headers: dict[str, str], again: Callable[[int], Response] | None
) -> Response:
    if again is not None:
        response = again(int(text))
        response.status_code = status
    else:
        response = current_app.response_class(text, status, mimetype="application/json")
        response.headers.update(headers)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _fingerprint() -> str:
    """What makes two requests the same: the route and what was sent.

    A multipart form is told by its fields and files, since its boundary is a new one every time.
    """
    digest = hashlib.sha256(f"{request.method} {request.path.rstrip('/')}\n".encode())
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(f"{name}={value}\n".encode(errors="surrogatepass"))
        for name, file in sorted(request.files.items(multi=True)):
            digest.update(f"{name}={file.filename}\n".encode(errors="surrogatepass"))
            while chunk := file.stream.read(64 * 1024):
                digest.update(chunk)
            file.stream.seek(0)
    elif (request.content_length or 0) <= MAX_BODY:
        request.max_content_length = MAX_BODY
        digest.update(request.get_data())
    return digest.hexdigest()
