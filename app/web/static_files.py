"""Style sheets, scripts and pictures, under addresses that name the version of all of them.

``/static/<fingerprint>/js/board.js``: the fingerprint is a digest of the whole folder, so what a
module imports and what a style sheet names beside itself is of the same version without being
rewritten. A browser keeps such a file for a year. The same file under ``/static/js/board.js`` is
asked for again each time.

A version is copied once to ``instance/estaticos`` with its compressed forms, and served from
there: a folder of sources that is replaced under a running process changes nothing, and a page
that was open during an update still finds the scripts that it was made with.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import brotli
from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header
from whitenoise import WhiteNoise

logger = logging.getLogger(__name__)

#: Seconds: a year, the longest that caches are asked for.
LIFETIME = 31_536_000
#: Versions on disk: this one, and those of pages that may still be open.
KEPT = 4
#: Minimum bytes to compress: shorter files fit in one packet.
_SHORTEST = 800
_COMPRESSED = {".css", ".js", ".svg", ".json"}
_BROTLI_QUALITY = 9
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_PREFIX = "/static/"

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def fingerprint(folder: Path) -> str:
    """A digest of the names and contents of all files below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            name = path.relative_to(folder).as_posix()
            digest.update(f"{name}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()[:16]


def keep_version(source: Path, versions: Path, version: str) -> Path | None:
    """Copy and compress a version once; return its folder, or None if ``source`` is another now.

    Safe to call from several processes at the same time.

    Raises:
        OSError: the copy cannot be written.
    """
    target = versions / version
    if target.is_dir():
        return target
    versions.mkdir(parents=True, exist_ok=True)
    with (versions / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.is_dir():
            return target
        draft = versions / ".draft"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(source, draft)
        if fingerprint(draft) != version:
            shutil.rmtree(draft)
            return None
        for path in [*draft.rglob("*")]:
            if path.suffix in _COMPRESSED and path.stat().st_size >= _SHORTEST:
                _compress(path)
        draft.rename(target)
        os.utime(target)
        _forget_old(versions, target)
    return target


def _compress(path: Path) -> None:
    data = path.read_bytes()
    for suffix, small in (
        (".br", brotli.compress(data, quality=_BROTLI_QUALITY)),
        (".gz", gzip.compress(data, 9, mtime=0)),
    ):
        path.with_name(path.name + suffix).write_bytes(small)


def _forget_old(versions: Path, current: Path) -> None:
    folders = [path for path in versions.iterdir() if _FINGERPRINT.fullmatch(path.name)]
    folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in folders[KEPT:]:
        if path != current:
            shutil.rmtree(path, ignore_errors=True)


class StaticFiles:
    """Answers for the files of every version that is kept; everything else goes to the application.

    ``version`` is that of ``source``; without one (while the sources are worked on) the files are
    served as they are at each moment.
    """

    def __init__(self, wsgi_app: WsgiApp, source: Path, versions: Path, version: str) -> None:
        self.wsgi_app = wsgi_app
        self.source = source
        self.versions = versions
        self.version = version
        self._files: dict[str, WhiteNoise] = {}

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer with the file of an address, in the smallest form that the asker can read."""
        path: str = environ["PATH_INFO"]
        if not path.startswith(_PREFIX):
            return self.wsgi_app(environ, start_response)
        name = path[len(_PREFIX) :].partition("/")[0]
        files = self._find(name if _FINGERPRINT.fullmatch(name) else "")
        if files is None:
            return self.wsgi_app(environ, start_response)
        return files({**environ, "HTTP_ACCEPT_ENCODING": _readable(environ)}, start_response)

    def _find(self, version: str) -> WhiteNoise | None:
        """The files of a version, or of the current one under their plain names."""
        if version not in self._files:
            files = self._open(version)
            if files is None:
                return None
            self._files[version] = files
        return self._files[version]

    def _open(self, version: str) -> WhiteNoise | None:
        wanted = version or self.version
        if not wanted:
            return self._serve(self.source, _PREFIX, _ask_again, is_changing=True)
        folder: Path | None = self.versions / wanted
        if wanted == self.version:
            try:
                folder = keep_version(self.source, self.versions, wanted)
            except OSError as error:
                logger.warning("static files are served as they are: %s", error)
                return self._serve(self.source, f"{_PREFIX}{version}", _ask_again)
        if folder is None or not folder.is_dir():
            return None
        return self._serve(folder, f"{_PREFIX}{version}", _keep if version else _ask_again)

    def _serve(
        self,
        folder: Path,
        prefix: str,
        add_headers: Callable[[Headers, str, str], None],
        *,
        is_changing: bool = False,
    ) -> WhiteNoise:
        return WhiteNoise(
            self.wsgi_app,
            root=str(folder),
            prefix=prefix,
            autorefresh=is_changing,
            add_headers_function=add_headers,
            allow_all_origins=False,
        )


def _keep(headers: Headers, path: str, url: str) -> None:
    _defend(headers)
    headers["Cache-Control"] = f"public, max-age={LIFETIME}, immutable"


def _ask_again(headers: Headers, path: str, url: str) -> None:
    _defend(headers)
    headers["Cache-Control"] = "no-cache"


def _defend(headers: Headers) -> None:
    """What ``app.web.headers`` adds to all other answers: these do not pass through Flask."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _readable(environ: dict[str, Any]) -> str:
    """The encodings that an asker takes; a part of a file is a part of its plain form."""
    if "HTTP_RANGE" in environ:
        return ""
    accepted = parse_accept_header(environ.get("HTTP_ACCEPT_ENCODING", ""))
    return ", ".join(name for name in ("br", "gzip") if accepted.quality(name) > 0)
