"""Assets that the service worker caches for offline use, under a versioned cache name."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from app.web.static_files import fingerprint
from config import ROOT

_STATIC = ROOT / "static"
_TEMPLATES = ROOT / "templates"

#: Of ``static/``: all that the page needs, and nothing of the rest of the application.
ASSETS = (
    "vendor/tabler/tabler.min.css",
    "css/app.css",
    "css/terreno.css",
    "vendor/inter/inter-latin.woff2",
    "vendor/jetbrains-mono/jetbrains-mono-latin-700.woff2",
    "vendor/tabler-icons/sprite.svg",
    "js/app.js",
    "js/drafts.js",
    "js/confirm.js",
    "js/elements.js",
    "js/llaves.js",
    "js/session.js",
    "js/toasts.js",
    "js/whereabouts.js",
    "js/terreno/store.js",
    "js/terreno/list-text.js",
    "js/terreno/changes.js",
    "js/terreno/nearness.js",
    "js/terreno/queue.js",
    "js/terreno/account.js",
    "js/terreno/form.js",
    "js/terreno/kept-photos.js",
    "js/terreno/found.js",
    "js/terreno/found-queue.js",
    "js/ubicado/position.js",
    "js/terreno/page.js",
    "js/terreno/online-only.js",
    "js/terreno/shared.js",
    "js/terreno/shared-store.js",
    "js/terreno/words.js",
    "js/terreno/panel.js",
    "img/favicon.svg",
    "img/icono-192.png",
)
#: What the page itself is made of.
_PAGE = ("base.html", "web", "terreno")


@cache
def version() -> str:
    """A name for all of this together: another file, another name, and the phone fetches anew.

    All static files count, since the addresses of the kept ones name the version of the whole.
    Read once in a process; a new version of the product is a new process.
    """
    digest = hashlib.sha256(fingerprint(_STATIC).encode())
    for path in _templates():
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _templates() -> list[Path]:
    found: list[Path] = []
    for name in _PAGE:
        path = _TEMPLATES / name
        found += sorted(path.rglob("*.html")) if path.is_dir() else [path]
    return found
