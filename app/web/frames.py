"""A mail's HTML shown inside a page, where it can do nothing but be looked at."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Response, make_response
from markupsafe import escape

#: Mails carry their styles inline; no script, form or foreign picture, and only our pages frame it.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox",
    )
)
_CID = re.compile(r"(?<=src=\")cid:([A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)(?=\")")


def framed_html(html: str, picture_url: Callable[[str], str]) -> Response:
    """Answer with a mail's HTML for an ``<iframe sandbox>``.

    ``picture_url`` says where the picture of a Content-ID is to be had, because a browser does not
    know ``cid:`` addresses. ``allow-same-origin`` only lets those pictures see the session.
    """
    body = _CID.sub(lambda found: str(escape(picture_url(found[1]))), html)
    response = make_response(body)
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "no-store"
    return response
