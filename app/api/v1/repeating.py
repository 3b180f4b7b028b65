"""``Idempotency-Key``: a POST that is sent again because its answer was lost happens once."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from app.api.queries import find_kept_answer
from app.api.service import (
    ClaimLost,
    KeyReused,
    StillAnswering,
    begin_answer,
    drop_answer,
    keep_answer,
    look_at_answer,
    new_owner,
)
from app.api.v1.access import current_usuario
from app.api.v1.reading import MAX_BODY
from app.core.clock import utcnow
from app.db import commit_together, release, transaction
from app.web.error_pages import error_response
from app.web.retrying import call_again_on_conflict, rewind_files

View = TypeVar("View", bound=Callable[..., Any])

HEADER = "Idempotency-Key"
#: Headers of an answer that are part of what it says.
_KEPT = ("Location", "ETag")
#: Seconds that a repetition waits for the answer to the first request.
PATIENCE = 20
#: Initial and maximum poll interval in seconds, doubling each time.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
#: A waiting request has one of the eight threads of a process: the others are for other people.
_waiting = threading.BoundedSemaphore(3)
#: Status, text and headers of an answer that was given.
_Kept = tuple[int, str, dict[str, Any]]
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
    asked = _Asked(current_usuario().id, key, _fingerprint(), new_owner())
    try:
        while True:
            kept = asked.wait()
            if kept is not None:
                return _replay(*kept, again)
            try:
                return _answer(asked, call, whole=again is None)
            except ClaimLost:  # another process took the claim over and answers
                rewind_files()
    except KeyReused as refused:
        return error_response(422, str(refused))
    except StillAnswering as refused:
        response = error_response(409, str(refused))
        response.headers["Retry-After"] = "1"
        return response


@dataclass(frozen=True)
class _Asked:
    """A request with an Idempotency-Key."""

    usuario_id: int
    key: str
    huella: str
    owner: str

    def wait(self) -> _Kept | None:
        """The answer that the first request got; None: this one is to be answered.

        Raises:
            KeyReused: the key stood for something else.
            StillAnswering: the first is answered for too long, or too many wait.
        """
        try:
            return self._look()
        except StillAnswering:
            if not _waiting.acquire(blocking=False):
                raise
        try:
            return self._wait()
        finally:
            _waiting.release()

    def _wait(self) -> _Kept | None:
        deadline = time.monotonic() + PATIENCE
        pause = _FIRST_PAUSE
        while True:
            release()  # nothing of the database is held while this one sleeps
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            try:
                return self._look()
            except StillAnswering:
                if time.monotonic() > deadline:
                    raise

    def _look(self) -> _Kept | None:
        """Look without the write lock first, since most looks find a request under way."""
        release()
        found = find_kept_answer(self.usuario_id, self.key)
        kept = look_at_answer(found, self.huella, now=utcnow())
        if kept is None:
            try:
                with transaction():
                    found = find_kept_answer(self.usuario_id, self.key)
                    kept = begin_answer(
                        self.usuario_id,
                        self.key,
                        self.huella,
                        found,
                        owner=self.owner,
                        now=utcnow(),
                    )
            except IntegrityError:
                raise StillAnswering from None  # a concurrent request claimed the key first
        return None if kept is None else (kept.estado or 200, kept.cuerpo or "", kept.cabeceras)


def _answer(asked: _Asked, call: Callable[[], Response], *, whole: bool) -> Response:
    """Do what was asked, and keep the answer in the same transaction."""

    def settle(response: Response) -> None:
        """Keep a good answer, or the id that it is about; forget that it was asked otherwise."""
        if not 200 <= response.status_code < 300:
            drop_answer(asked.usuario_id, asked.key, asked.owner)
            return
        keep_answer(
            asked.usuario_id,
            asked.key,
            asked.owner,
            estado=response.status_code,
            cuerpo=response.get_data(as_text=True) if whole else str(response.get_json()["id"]),
            cabeceras={n: response.headers[n] for n in _KEPT if n in response.headers},
        )

    try:
        return call_again_on_conflict(lambda: commit_together(call, settle))
    except ClaimLost:
        raise
    except BaseException:
        with transaction():
            drop_answer(asked.usuario_id, asked.key, asked.owner)
        raise


def _call(view: Callable[..., Any], args: Any, kwargs: Any) -> Response:
    return make_response(view(*args, **kwargs))


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
