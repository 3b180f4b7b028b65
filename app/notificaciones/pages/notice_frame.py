"""A notice's HTML in a frame of a page, with the photos of the case in their places."""

from __future__ import annotations

import re

from flask import Response, url_for

from app.web.frames import framed_html

_PHOTO = re.compile(r"foto-(\d+)@")
_LOGO = re.compile(r"logo-([0-9a-f]{64})@")


def notice_html(html: str) -> Response:
    """The very HTML that is, or was, sent; only the addresses of its pictures are ours."""
    return framed_html(html, _photo_url)


def _photo_url(cid: str) -> str:
    if logo := _LOGO.match(cid):
        return url_for("ajustes.logo", sha256=logo[1])
    found = _PHOTO.match(cid)
    return url_for("adjuntos.copy", adjunto_id=int(found[1])) if found else ""
