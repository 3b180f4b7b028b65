"""Security headers of every answer."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, Response, request

from app.extensions import current_config
from config import Config


def content_security_policy(config: Config) -> str:
    """What a page may load: its own, and the map's pictures from the one host that gives them."""
    return _policy(config.map_tile_origin)


@lru_cache(maxsize=8)
def _policy(map_tile_origin: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob: {map_tile_origin}".strip(),
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "frame-src 'self'",
        )
    )


#: What browsers offer to pages and this application uses itself; the rest is denied below. Without
#: web-share and bluetooth: Chromium does not know them everywhere, and reports an error then.
_USED = ("camera", "geolocation", "fullscreen", "clipboard-write")
_DENIED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(
    [f"{name}=(self)" for name in _USED] + [f"{name}=()" for name in _DENIED]
)


#: A year, and every name below ours: what ASVS 5.0, 3.4.1 asks for.
HSTS = "max-age=31536000; includeSubDomains"


def keep_private(response: Response) -> Response:
    """Forbid caching, referrers and indexing of a page whose address is the secret."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def init_headers(app: Flask) -> None:
    """Add the headers that a browser needs to defend its user."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        there = {name.lower() for name, _text in headers}
        config = current_config()
        is_https = config.base_url.startswith("https://")
        wanted = _every_answer(config.map_tile_origin, is_https)
        if not request.path.startswith("/static/"):
            wanted = (*wanted, *_ANSWERS_OF_PAGES)
        headers.extend([pair for pair in wanted if pair[0].lower() not in there])
        return response


#: What is nobody else's to keep, unless an answer says more of itself.
_ANSWERS_OF_PAGES = (("Vary", "Cookie, HX-Request"), ("Cache-Control", "no-store"))


@lru_cache(maxsize=8)
def _every_answer(map_tile_origin: str, is_https: bool) -> tuple[tuple[str, str], ...]:
    """The headers of every answer that does not have others by these names."""
    headers = (
        ("Content-Security-Policy", _policy(map_tile_origin)),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", PERMISSIONS_POLICY),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    )
    return (*headers, ("Strict-Transport-Security", HSTS)) if is_https else headers
