"""The 404 page for links that open nothing, for people without an account."""

from __future__ import annotations

from flask import Response, make_response, render_template

from app.web.fragments import is_htmx
from app.web.headers import keep_private


def dead_link() -> Response:
    """Say whom to ask for another link, to whoever has no account to sign in with.

    Unknown, tampered, rotated, revoked, expired, somebody else's: the same 404 with the same
    letters, so that nobody learns which. A page that was open while its link ended is loaded again
    as a whole and becomes this one.
    """
    if is_htmx():
        response = make_response("", 404)
        response.headers["HX-Refresh"] = "true"
    else:
        response = make_response(render_template("errors/enlace.html"), 404)
    return keep_private(response)
