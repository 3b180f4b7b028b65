"""The request body limit of each route, applied before the body is read.

A view that takes files says so with ``accepts_bytes``; every other one takes what a form or a
program's JSON needs. The web's own server asks here when a request's headers are known; behind any
other server Flask holds to the same limit.
"""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import IO, Any, TypeVar

from flask import Flask, request
from htmx_flask.requests import HtmxAwareRequest
from itsdangerous import BadSignature
from werkzeug.exceptions import HTTPException

from config import Config

#: Bytes of a form without files; what werkzeug keeps of one in memory.
FORM = 2 * 1024 * 1024
#: Bytes of a form beside its files.
FRAME = 1024 * 1024
#: Files of the largest size that one form may bring together.
_FILES = 10

View = TypeVar("View", bound=Callable[..., Any])
#: Bytes as they follow from the configuration.
Size = Callable[[Config], int]
#: What a session holds of somebody who may send files: an account, or a buffet's link.
_KNOWN = frozenset({"_user_id", "enlace_id"})


def one_upload(config: Config) -> int:
    """One file of the largest size."""
    return config.max_upload_bytes + FRAME


def several_uploads(config: Config) -> int:
    """A form of several files."""
    return config.max_upload_bytes * _FILES + FRAME


def accepts_bytes(size: Size, *, from_anybody: bool = False) -> Callable[[View], View]:
    """Let a view take more than a form: from people who are known, or from anybody."""

    def mark(view: View) -> View:
        view.__dict__["body_size"] = size
        view.__dict__["body_from_anybody"] = from_anybody
        return view

    return mark


class ClosingRequest(HtmxAwareRequest):
    """A request that closes what it opened for files, also of a body that could not be read.

    Werkzeug closes those of a form that it read to its end, and leaves the others to the garbage.
    """

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*args, **kwargs)
        self.__dict__.setdefault("rastro_streams", []).append(stream)
        return stream

    def close(self) -> None:
        """Close all of them."""
        super().close()
        for stream in self.__dict__.get("rastro_streams", ()):
            stream.close()


def init_bodies(app: Flask) -> None:
    """Hold every request to the limit of its view, behind any server."""

    @app.before_request
    def limit() -> None:
        view = app.view_functions.get(request.endpoint or "")
        request.max_content_length = min(_limit_of(app, view), app.config["MAX_CONTENT_LENGTH"])


def body_limit(app: Flask, method: str, path: str, headers: list[tuple[bytes, bytes]]) -> int:
    """The bytes that a request may bring, from its first line and headers alone."""
    if not _may_be_large(headers):
        return FORM
    try:
        endpoint, _values = app.url_map.bind("localhost").match(path, method)
    except HTTPException:
        return FORM
    view = app.view_functions.get(endpoint)
    if not getattr(view, "body_from_anybody", False) and not _is_known(app, headers):
        return FORM
    return _limit_of(app, view)


def _may_be_large(headers: list[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        if name == b"transfer-encoding" or (name == b"content-length" and int(value) > FORM):
            return True
    return False


def _limit_of(app: Flask, view: Callable[..., Any] | None) -> int:
    size: Size | None = getattr(view, "body_size", None)
    return FORM if size is None else size(app.extensions["rastro_config"])


def _is_known(app: Flask, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a session or a key came along; the view decides later what it is worth."""
    for name, value in headers:
        if name == b"authorization":
            return True
        if name == b"cookie" and _has_session(app, value.decode("latin-1")):
            return True
    return False


def _has_session(app: Flask, text: str) -> bool:
    try:
        cookie = SimpleCookie(text).get(app.config["SESSION_COOKIE_NAME"])
    except CookieError:
        return False
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    if cookie is None or serializer is None:
        return False
    try:
        session = serializer.loads(cookie.value)
    except BadSignature:
        return False
    return not _KNOWN.isdisjoint(session)
