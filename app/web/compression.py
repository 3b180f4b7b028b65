"""Compresses responses, except where BREACH could use it.

Compression of a page that holds both a secret (the CSRF token) and words of a stranger tells, by
its length, whether the words resemble the secret: the attack named BREACH. A stranger can make
somebody's browser ask for our pages again and again, but then the browser says that another site
asked (``Sec-Fetch-Site``); those answers are not compressed. A browser that does not say it gets
compressed answers only without TLS, where there is no secret left to guess.
"""

from __future__ import annotations

import gzip

import brotli
from flask import Flask, Response, request

#: Minimum bytes to compress: shorter answers fit in one packet.
SHORTEST = 800
_TYPES = {"text/html", "application/json", "text/csv", "image/svg+xml", "text/plain"}
#: Brotli quality (0 to 11): higher ones cost more CPU time than the transfer saves.
_BROTLI_QUALITY = 4
_GZIP_LEVEL = 5


def init_compression(app: Flask) -> None:
    """Compress answers of this application, with Brotli where the browser knows it."""

    @app.after_request
    def compress(response: Response) -> Response:
        if not _is_worth_it(response):
            return response
        response.vary.update(["Accept-Encoding", "Sec-Fetch-Site"])
        encoding = request.accept_encodings.best_match(["br", "gzip", "identity"], "identity")
        if encoding == "identity" or not is_own_request():
            return response
        body = response.get_data()
        if encoding == "br":
            body = brotli.compress(body, quality=_BROTLI_QUALITY)
        else:
            body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
        response.set_data(body)
        response.headers["Content-Encoding"] = encoding
        return response


def is_own_request() -> bool:
    """Whether our own page or the person asked, and no other site made the browser ask."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        return not request.is_secure
    return site in {"same-origin", "none"}


def _is_worth_it(response: Response) -> bool:
    return (
        response.status_code in {200, 409, 422}
        and response.mimetype in _TYPES
        and not response.is_streamed
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
        # A weak one says that the page is the same, whatever its bytes.
        and response.headers.get("ETag", "W/").startswith("W/")
        and (response.content_length or 0) >= SHORTEST
    )
