"""How long an expediente of 50 photos takes, and how much memory.

    python -m tests.bench.expediente [photos] [megapixels]

The photos are noise of 12 megapixels, the hardest that a JPEG can hold. The job runs in a process
of its own, as in a consumer; its peak and that of typst, which it starts, are measured apart. The
issue allows 5 s and 400 MB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from io import BytesIO
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from app import create_app
from app.adjuntos.service import Upload, add_adjuntos
from app.core.clock import utcnow
from app.db import db, transaction
from app.informes.models import Expediente
from app.informes.rules import Variante
from app.informes.service import request_expediente
from app.jobs.runner import work
from app.oficios.models import Oficio
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.factories import make_buffet, make_oficio, make_usuario
from tests.plugins.application import test_config as config_for_bench

SECONDS, MEGABYTES = 5.0, 400


def make_case(app: Flask, photos: int, megapixels: float) -> int:
    """A case with that many photos; returns the id of the expediente that was asked for."""
    with app.app_context():
        flask_migrate.upgrade()
    actor = make_usuario(app, Rol.INVESTIGADOR)
    oficio = make_oficio(app, make_buffet(app), actor)
    width = round((megapixels * 4 / 3 * 1e6) ** 0.5)
    for number in range(photos):
        noise = Image.effect_noise((width // 4, width * 3 // 16), 80).resize(
            (width, width * 3 // 4)
        )
        buffer = BytesIO()
        noise.convert("RGB").save(buffer, "JPEG", quality=85, comment=str(number))
        with app.app_context():
            buffer.seek(0)
            (result,) = add_adjuntos(
                oficio.id,
                [Upload(f"foto-{number}.jpg", buffer)],
                actor=db.session.get_one(Usuario, actor.id),
                now=utcnow(),
                max_bytes=50 << 20,
            )
            assert result.adjunto_id, result.problem
    with app.app_context(), transaction():
        row = request_expediente(
            db.session.get_one(Oficio, oficio.id),
            Variante.TRIBUNAL,
            actor=db.session.get_one(Usuario, actor.id),
            now=utcnow(),
        )
        return row.id


def make_app(folder: str) -> Flask:
    """The application on SQLite in that folder."""
    return create_app(config_for_bench(f"sqlite:///{folder}/bench.sqlite3", folder))


def print_it(folder: str) -> None:
    """What the consumer does; says what it cost on one line of JSON."""
    app = make_app(folder)
    started = _processor()
    with app.app_context(), _Watch() as watch:
        start = time.perf_counter()
        work("bench")
        seconds = time.perf_counter() - start
        row = db.session.scalars(sa.select(Expediente)).one()
        assert row.sha256, row.trabajo.error
        size = row.tamano_bytes
    cost = {
        "seconds": round(seconds, 2),
        "processor": round(_processor() - started, 2),
        "MB": {"job": _peak("self"), "typst": watch.peak},
        "bytes": size,
    }
    sys.stdout.write(json.dumps(cost) + "\n")


def _processor() -> float:
    """Seconds of processor of this process and of those that it waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _peak(pid: str) -> int:
    """The most memory that a process ever held. ``ru_maxrss`` would count its parent's too."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) // 1024 if lines else 0


class _Watch:
    """Follows the memory of the children of this process."""

    peak = 0

    def __enter__(self) -> _Watch:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.005):
            for children in Path("/proc/self/task").glob("*/children"):
                for pid in children.read_text().split():
                    if b"typst_process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        self.peak = max(self.peak, _peak(pid))


def main() -> int:
    """Make the case, print it in another process, hold the figures against what is allowed."""
    photos = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    megapixels = float(sys.argv[2]) if len(sys.argv) > 2 else 12.0
    with tempfile.TemporaryDirectory() as folder:
        make_case(make_app(folder), photos, megapixels)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.expediente"],
            env={**os.environ, "BENCH_FOLDER": folder},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
    cost = json.loads(done.stdout.splitlines()[-1])
    print(f"{photos} photos of {megapixels:g} MP, PDF of {cost['bytes'] / 1e6:.1f} MB:")
    print(f"{cost['seconds']} s, of processor {cost['processor']} s; peaks in MB {cost['MB']}")
    within = cost["seconds"] <= SECONDS and sum(cost["MB"].values()) <= MEGABYTES
    return 0 if within else 1


if __name__ == "__main__":
    if "BENCH_FOLDER" in os.environ:
        print_it(os.environ["BENCH_FOLDER"])
    else:
        sys.exit(main())
