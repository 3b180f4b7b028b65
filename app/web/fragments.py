"""Answers for HTMX and for browsers without JavaScript, from the same templates."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, make_response, redirect, render_template
from htmx_flask import request


def is_htmx() -> bool:
    """Whether HTMX asks, so that a fragment is the answer. A boosted or restored page is not."""
    return bool(request.htmx) and not request.headers.get("HX-History-Restore-Request")


def is_read() -> bool:
    """Whether the request only asks to be shown something.

    A HEAD is a GET whose body nobody reads: link scanners send it before a person presses
    anything. Comparing with GET alone takes it for a form that was sent.
    """
    return request.method in {"GET", "HEAD"}


def fragment(template: str, /, status: int = 200, **context: Any) -> Response:
    """Render one ``_piece.html``; the client never names a template."""
    return make_response(render_template(template, **context), status)


def with_notice(response: Response, text: str, tone: str = "ok") -> Response:
    """Have the page announce a sentence (a toast in a live region). Tones: ok, error."""
    response.headers["HX-Trigger"] = json.dumps({"aviso": {"texto": text, "tipo": tone}})
    return response


def see_other(url: str) -> Response:
    """Answer a successful POST: 303 to a page, or to HTMX the word to go there."""
    if is_htmx():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
        return response
    return make_response(redirect(url, 303))
