"""Style sheets and scripts made smaller on their way; they are the same for everybody.

What a person's page must not risk (see ``compression``) is safe here: no secret is in these files.
A phone in the field loads a third of what it would.
"""

from __future__ import annotations

import gzip
import posixpath
from collections.abc import Callable, Iterable
from typing import Any

import brotli
from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header

from app.web.compression import SHORTEST

_TYPES = ("text/css", "text/javascript", "application/javascript", "image/svg+xml", "text/html")
#: Each file is compressed once in a process, so it may take a moment.
_BROTLI_QUALITY = 9
_GZIP_LEVEL = 9

#: What never changes under its name; seconds that a browser keeps it without asking.
_FONTS = ".woff2"
_FONT_AGE = 30 * 24 * 3600

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def set_lifetime(headers: Headers, path: str, url: str) -> None:
    """Have a browser ask whether a file is still the one that it has, before it uses it.

    Names carry no version, and a page of one version with scripts or styles of another may break.
    That holds for ``vendor/`` too, whose files are replaced under their names.
    """
    is_font = url.endswith(_FONTS)
    headers["Cache-Control"] = f"public, max-age={_FONT_AGE}" if is_font else "no-cache"


class CompressedFiles:
    """A layer around whatever serves the files below a prefix."""

    def __init__(self, wsgi_app: WsgiApp, prefix: str = "/static/") -> None:
        self.wsgi_app = wsgi_app
        self.prefix = prefix
        #: By path, encoding and entity tag: the bytes to send.
        self._kept: dict[tuple[str, str, str], bytes] = {}

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer with the compressed file where the asker can read it."""
        encoding = self._encoding(environ)
        if encoding is None:
            return self.wsgi_app(environ, start_response)
        answer: dict[str, Any] = {}

        def note(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            answer.update(status=status, headers=Headers(headers), exc_info=exc_info)

        body = self.wsgi_app(environ, note)
        headers: Headers = answer["headers"]
        if headers.get("Content-Type", "").split(";")[0] in _TYPES:
            headers.add("Vary", "Accept-Encoding")
            if answer["status"].startswith("200") and "Content-Encoding" not in headers:
                data = self._compress(environ["PATH_INFO"], encoding, headers, body)
                if data is not None:
                    headers["Content-Encoding"] = encoding
                    headers["Content-Length"] = str(len(data))
                    body = [data]
        start_response(answer["status"], headers.to_wsgi_list(), answer["exc_info"])
        return body

    def _encoding(self, environ: dict[str, Any]) -> str | None:
        """How to compress, or None for what is handed on as it is."""
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_RANGE" in environ:
            return None
        path = environ["PATH_INFO"]
        # A file has endless names with detours («./»), and each of them would be kept.
        if not path.startswith(self.prefix) or posixpath.normpath(path) != path:
            return None
        accepted = parse_accept_header(environ.get("HTTP_ACCEPT_ENCODING", ""))
        for encoding in ("br", "gzip"):
            if accepted.quality(encoding) > 0:
                return encoding
        return None

    def _compress(
        self, path: str, encoding: str, headers: Headers, body: Iterable[bytes]
    ) -> bytes | None:
        """The compressed bytes; None leaves a file as it is that would not gain."""
        if int(headers.get("Content-Length", 0)) < SHORTEST:
            return None
        key = (path, encoding, headers.get("Last-Modified", "") + headers["Content-Length"])
        if key not in self._kept:
            data = b"".join(body)
            self._kept[key] = (
                brotli.compress(data, quality=_BROTLI_QUALITY)
                if encoding == "br"
                else gzip.compress(data, _GZIP_LEVEL, mtime=0)
            )
        close = getattr(body, "close", None)
        if close:
            close()
        return self._kept[key]
