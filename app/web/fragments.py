"""Answers for HTMX and for browsers without JavaScript, from the same templates."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template
from htmx_flask import request


def is_htmx() -> bool:
    """Whether HTMX asks, so that a fragment is the answer. A boosted or restored page is not."""
    return bool(request.htmx) and not request.headers.get("HX-History-Restore-Request")


def asked_part() -> str:
    """What the request says of the part that it asks for; empty where it asks for a page.

    Whatever HTMX says may choose another part, and so may the word of an open case page.
    """
    said = [f"{name}: {text}" for name, text in request.headers.items() if _says_part(name.lower())]
    return "\n".join(sorted(said))


def _says_part(name: str) -> bool:
    return name.startswith("hx-") or name == "x-caso"


def is_read() -> bool:
    """Whether the request only asks to be shown something.

    A HEAD is a GET whose body nobody reads: link scanners send it before a person presses
    anything. Comparing with GET alone takes it for a form that was sent.
    """
    return request.method in {"GET", "HEAD"}


def fragment(template: str, /, status: int = 200, **context: Any) -> Response:
    """Render one ``_piece.html``; the client never names a template."""
    return make_response(render_template(template, **context), status)


def local_path(target: str) -> str | None:
    """An address within this application, or None: a stranger's link must not lead outside.

    It is judged as a browser reads it, which drops tabs and line ends and takes a backslash for a
    slash: «/<tab>/evil.example» would name another machine.
    """
    is_plain = target.isprintable() and "\\" not in target
    is_local = is_plain and target.startswith("/") and not target.startswith("//")
    return target if is_local else None


def page_before() -> str | None:
    """The path and query of our page that the request came from, where the browser says it."""
    try:
        before = urlsplit(request.referrer or "")
    except ValueError:  # no address at all
        return None
    if before.netloc != request.host:
        return None
    return local_path(f"{before.path}?{before.query}" if before.query else before.path)


def see_other(url: str) -> Response:
    """Answer a successful POST: 303 to a page, or to HTMX the word to go there."""
    if is_htmx():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
        return response
    return make_response(redirect(url, 303))
