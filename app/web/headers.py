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
        config, headers = current_config(), response.headers
        headers.setdefault("Content-Security-Policy", content_security_policy(config))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if config.base_url.startswith("https://"):
            headers.setdefault("Strict-Transport-Security", HSTS)
        if not request.path.startswith("/static/"):
            headers.setdefault("Vary", "Cookie, HX-Request")
            headers.setdefault("Cache-Control", "no-store")
        return response
