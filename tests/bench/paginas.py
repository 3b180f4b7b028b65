"""Every page in figures: ``python -m tests.bench.paginas``.

One installation is filled and asked in this process, without a server between. What counts is the
processor's time, which another program on the machine hardly changes. Each page stands beside its
floor, measured in turns with it: the same statements by the bare driver, and the same bytes handed
out by a bare Flask. Wherever the two are compared with each other the machine drops out; the table
of the last release (``paginas.csv``) is therefore compared by the ratios to the floor.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import sqlalchemy as sa
from flask import Flask, Response
from flask.testing import FlaskClient

from app import create_app
from app.cambios.service import stamp_all
from app.core.clock import utcnow
from app.db import db, refresh_statistics, transaction
from app.direcciones.models import Direccion
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.oficios.models import Oficio
from app.oficios.rules import OPEN_STATES
from app.portal.access import SESSION_KEY
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.web.kept_answers import kept_answers
from config import load_config
from tests.bench.board_rows import fill
from tests.bench.caso_rows import fill_case
from tests.drills.servers import servers
from tests.factories import make_personal_link, make_usuario, sign_in_client

SECRET = "only for measuring, never anywhere else"
#: The table of the last release.
KEPT = Path(__file__).with_name("paginas.csv")
#: How many times its former ratio to the floor a page may take before it counts as slower.
SLOWER = 1.25
ROUNDS = 60
OFICIOS = 1200
ADDRESSES = 40
JOBS = 200
AGAIN = "again"
BROWSER = {"Accept-Encoding": "br", "Sec-Fetch-Site": "same-origin"}
POLL = {"HX-Request": "true", "Sec-Fetch-Mode": "cors"}


@dataclass
class Page:
    """A page that is measured, and what came of it."""

    name: str
    path: str
    client: FlaskClient
    #: Of a part that an open page asks for.
    asked: dict[str, str] = field(default_factory=dict)
    queries: int = 0
    size: int = 0
    milliseconds: float = 0
    floor: float = 0
    #: The same once more for a browser that has it; None where no answer is a 304.
    unchanged: float | None = None
    #: The same once more from what the process keeps; None where it keeps nothing of the page.
    again: float | None = None
    sent: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """How many times its floor the page takes."""
        return self.milliseconds / self.floor


@dataclass
class Site:
    """An installation, and who is signed in there."""

    app: Flask
    staff: FlaskClient
    admin: FlaskClient
    cliente: FlaskClient
    #: A browser that came in by the magic link of a buffet.
    by_link: FlaskClient
    oficio_id: int

    def pages(self) -> list[Page]:
        """What is measured."""
        case = f"/oficios/{self.oficio_id}"
        return [
            Page("case", case, self.staff),
            Page("case, poll", case, self.staff, {**POLL, "X-Caso": "vivo"}),
            Page("case, bitácora", f"{case}/bitacora", self.staff),
            Page("case, historial", f"{case}/historial", self.staff),
            Page("board", "/tablero?todo=1", self.staff),
            Page("list", "/tablero/lista?todo=1", self.staff),
            Page("search", "/tablero/lista?q=suzuki+rojas", self.staff),
            Page("Hoy", "/tablero/hoy?todo=1", self.staff),
            Page("Terreno", "/terreno", self.staff),
            Page("Avisos", "/avisos", self.staff),
            Page("Trabajos", "/admin/trabajos", self.admin),
            Page("Trabajos, poll", "/admin/trabajos", self.admin, POLL),
            Page("Administración", "/admin", self.admin),
            Page("portal", "/portal", self.cliente),
            Page("portal, link", "/portal", self.by_link),
        ]


@contextmanager
def installed(url: str, folder: str, total: int) -> Iterator[Site]:
    """An installation with that many oficios, an investigator, an admin and a cliente."""
    env = {
        "HOME": folder,
        "ENVIRONMENT": "test",
        "SECRET_KEY": SECRET,
        "INSTANCE_DIR": folder,
        "DATABASE_URL": url or f"sqlite:///{folder}/rastro.sqlite3",
        "BASE_URL": "http://127.0.0.1",
        "LOG_LEVEL": "warning",
        "ARGON2_MEMORY_KIB": "32",
    }
    app = create_app(load_config(env))
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            stamp_all(utcnow())
        usuario_id = fill(total)
        usuario, buffet, oficio_id = _fill_rest(usuario_id)
    admin = make_usuario(app, Rol.ADMIN, email="administra@oficina.example")
    cliente = make_usuario(app, Rol.CLIENTE, buffet, email="cliente@estudio.example")
    staff, head, outside = (sign_in_client(app, one) for one in (usuario, admin, cliente))
    by_link = app.test_client()
    with by_link.session_transaction() as session:
        session[SESSION_KEY] = make_personal_link(app, buffet)
    yield Site(app, staff, head, outside, by_link, oficio_id)
    with app.app_context():
        db.engine.dispose()


def _fill_rest(usuario_id: int) -> tuple[Usuario, Any, int]:
    """A full case, addresses to visit and jobs; the investigator, a buffet and the case's id."""
    oficio_id = db.session.scalars(sa.select(sa.func.max(Oficio.id))).one()
    mine = list(
        db.session.scalars(
            sa.select(Oficio.id)
            .where(Oficio.investigador_id == usuario_id, Oficio.estado.in_(OPEN_STATES))
            .limit(ADDRESSES)
        )
    )
    usuario = db.session.get_one(Usuario, usuario_id)
    buffet = db.session.get_one(Oficio, oficio_id).buffet
    db.session.expunge_all()
    db.session.remove()
    fill_case(oficio_id, usuario_id, 100, 300, 20)
    now = utcnow()
    with db.engine.begin() as connection:
        connection.execute(
            sa.insert(Direccion),
            [
                {"oficio_id": pk, "direccion": f"Av. Grecia {1000 + pk}", "comuna": "Ñuñoa"}
                for pk in mine
            ],
        )
        connection.execute(
            sa.insert(Trabajo),
            [
                {
                    "id": f"{number:036}",
                    "tipo": "avistamientos.consultar",
                    "clave": f"medida {number}",
                    "argumentos": {"oficio_id": oficio_id},
                    "estado": EstadoTrabajo.HECHO,
                    "oficio_id": oficio_id,
                    "usuario_id": usuario_id,
                    "intentos": 1,
                    "iniciado_at": now - timedelta(minutes=5 * number + 1),
                    "terminado_at": now - timedelta(minutes=5 * number),
                    "created_at": now - timedelta(minutes=5 * number + 2),
                }
                for number in range(JOBS)
            ],
        )
    refresh_statistics()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    return usuario, buffet, oficio_id


def get(page: Page, **headers: str) -> tuple[Any, float]:
    """The answer of a page, and the milliseconds of the processor that it took.

    Without ``AGAIN`` the answer is made anew: what the process keeps of it is forgotten before.
    """
    if not headers.pop(AGAIN, None):
        kept_answers(page.client.application).clear()
    start = time.process_time()
    answer = page.client.get(page.path, headers={**BROWSER, **page.asked, **headers})
    return answer, 1000 * (time.process_time() - start)


def measure_page(site: Site, page: Page, rounds: int) -> None:
    """Fill in what is measured of a page."""
    engine = _engine(site.app)
    for _ in range(3):
        answer, _time = get(page)
    assert answer.status_code == 200, (page.path, answer.status_code)

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_rest: Any) -> None:
        page.sent.append((text, values))

    sa.event.listen(engine, "before_cursor_execute", note)
    answer, _time = get(page)
    sa.event.remove(engine, "before_cursor_execute", note)
    page.sent = [one for one in page.sent if one[0].lstrip().startswith(("SELECT", "WITH"))]
    page.queries = len(page.sent)
    page.size = len(answer.data)
    floor = floor_of(engine, page, answer)
    tag = answer.headers.get("ETag")
    is_kept = kept_answers(site.app).size > 0
    times: list[float] = []
    floors: list[float] = []
    kept: list[float] = []
    again: list[float] = []
    for _ in range(rounds):
        times.append(get(page)[1])
        floors.append(floor())
        if is_kept:
            again.append(get(page, again="yes")[1])
        if tag:
            same, taken = get(page, **{"If-None-Match": tag})
            tag = same.headers.get("ETag", tag)
            if same.status_code == 304:
                kept.append(taken)
    page.milliseconds = statistics.median(times)
    page.floor = statistics.median(floors)
    page.unchanged = statistics.median(kept) if kept else None
    page.again = statistics.median(again) if again else None


def floor_of(engine: sa.Engine, page: Page, answer: Any) -> Callable[[], float]:
    """The same rows by the bare driver and the same bytes, from a Flask without anything else."""
    connection: Any = engine.raw_connection()
    body, headers = answer.data, dict(answer.headers)
    bare = Flask("floor")

    @bare.get("/")
    def floor() -> Response:
        cursor = connection.cursor()
        for text, values in page.sent:
            cursor.execute(text, values)
            cursor.fetchall()
        cursor.close()
        connection.rollback()
        return Response(body, headers=headers)

    client = bare.test_client()

    def ask() -> float:
        start = time.process_time()
        client.get("/", headers=BROWSER)
        return 1000 * (time.process_time() - start)

    for _ in range(3):
        ask()
    return ask


def _engine(app: Flask) -> sa.Engine:
    with app.app_context():
        return db.engine


def profile(page: Page, rounds: int) -> None:
    """Print where the time of a page goes."""
    get(page)
    profiler = cProfile.Profile(time.process_time)
    profiler.enable()
    for _ in range(rounds):
        get(page)
    profiler.disable()
    stats = pstats.Stats(profiler)
    stats.sort_stats("cumulative").print_stats(70)
    stats.sort_stats("tottime").print_stats(45)


def read_kept() -> dict[tuple[str, str], float]:
    """The ratios of the last release, by database and page."""
    if not KEPT.exists():
        return {}
    with KEPT.open(encoding="utf-8", newline="") as file:
        return {(row["base"], row["página"]): float(row["ratio"]) for row in csv.DictReader(file)}


def show(kind: str, pages: list[Page], known: dict[tuple[str, str], float]) -> list[Page]:
    """Print the table of a database; return the pages that became slower."""
    head = f"{'page':<18}{'queries':>8}{'kB':>8}{'CPU ms':>9}{'floor':>8}{'ratio':>8}"
    print(f"\n{kind}\n{head}{'was':>8}{'again':>9}{'304 ms':>9}")
    slower = []
    for page in pages:
        was = known.get((kind, page.name))
        is_slower = was is not None and page.ratio > was * SLOWER
        if is_slower:
            slower.append(page)
        print(
            f"{page.name:<18}{page.queries:>8}{page.size / 1000:>8.1f}{page.milliseconds:>9.2f}"
            f"{page.floor:>8.2f}{page.ratio:>8.2f}{was or 0:>8.2f}"
            f"{f'{page.again:.2f}' if page.again else '-':>9}"
            f"{f'{page.unchanged:.2f}' if page.unchanged else '-':>9}"
            f"{'  SLOWER' if is_slower else ''}",
            flush=True,
        )
    return slower


def write_kept(measured: dict[str, list[Page]]) -> None:
    """Keep what was measured as the table of this release."""
    with KEPT.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(
            ["base", "página", "consultas", "bytes", "ms", "ratio", "ms otra vez", "ms 304"]
        )
        for kind, pages in measured.items():
            for one in pages:
                same = f"{one.unchanged:.2f}" if one.unchanged else ""
                again = f"{one.again:.2f}" if one.again else ""
                spent = f"{one.milliseconds:.2f}"
                ratio = f"{one.ratio:.2f}"
                rows.writerow([kind, one.name, one.queries, one.size, spent, ratio, again, same])


def main() -> int:
    """Measure; return 1 when a page became slower than it was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--oficios", type=int, default=OFICIOS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", help="the pages whose name begins so")
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    parser.add_argument("--keep", action="store_true", help="make this the table of the release")
    chosen = parser.parse_args()
    kinds = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    known, measured, slower = read_kept(), {}, []
    for kind in kinds:
        with (
            servers() as running,
            tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder,
            installed(running.database(kind), folder, chosen.oficios) as site,
        ):
            pages = [one for one in site.pages() if one.name.startswith(chosen.only or "")]
            for page in pages:
                if chosen.profile:
                    profile(page, chosen.rounds)
                else:
                    measure_page(site, page, chosen.rounds)
            if not chosen.profile:
                measured[kind] = pages
                slower += show(kind, pages, known)
    if chosen.keep:
        write_kept(measured)
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
