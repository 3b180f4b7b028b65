"""Which web sites of other domains may ask from a browser (BACKEND_CORS_ORIGINS)."""

from __future__ import annotations

from flask import Response, request

from app.extensions import current_config

#: Seconds that a browser remembers what it was allowed.
_REMEMBER = 600
#: Headers of ours that a page may read, and of a page that we read.
_SHOWN = "ETag, Idempotent-Replayed, Location, Retry-After, X-Total-Count"
_SENT = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID"


def allow_origins(response: Response) -> Response:
    """Tell a browser that the page it shows may read this answer.

    Cookies are never allowed along: the API knows people by their token alone.
    """
    response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    allowed = {item.rstrip("/") for item in current_config().backend_cors_origins}
    if not origin or not allowed & {origin, "*"}:
        return response
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = origin
    headers["Access-Control-Expose-Headers"] = _SHOWN
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, POST, PATCH, DELETE"
        headers["Access-Control-Allow-Headers"] = _SENT
        headers["Access-Control-Max-Age"] = str(_REMEMBER)
    return response
