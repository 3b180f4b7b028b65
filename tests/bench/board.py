"""The board in figures, as ratios of one run: ``python -m tests.bench.board``.

Two installations are filled and served by gunicorn as in production: one with 100,000 oficios and
one with 1,200, both with 1,000 open ones. What is timed is timed in turns with what it is compared
with, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import brotli
import flask_migrate
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.db import db
from app.oficios.models import Oficio
from app.supervisor import ROOT, free_port
from app.tablero.queries.search import matches
from app.usuarios.models import Usuario
from config import load_config
from tests.bench.board_floor import PAGE
from tests.bench.board_rows import CLOSED_LATELY, OPEN, fill
from tests.drills.servers import Servers, servers
from tests.factories import sign_in_client

MANY = 100_000
FEW = OPEN + CLOSED_LATELY
BOARDS = 50
#: Seconds between two questions of an open board, as ``static/js/board/live.js`` asks.
PERIOD = 1.5
#: A board asks for the bell once in so many turns (20 s, static/js/avisos.js).
BELL_TURNS = 13
SECRET = "only for measuring, never anywhere else"
ROUNDS = 60


@dataclass
class Site:
    """An installation that is served, and somebody who is signed in."""

    app: Flask
    port: int
    pid: int
    cookie: str
    usuario_id: int

    def ask(
        self, path: str, method: str = "GET", body: Any = None, **headers: str
    ) -> tuple[int, bytes, float]:
        """Status, body as it came over the line, and seconds."""
        connection = self._connection()
        sent = {
            "Cookie": self.cookie,
            "Accept-Encoding": "br",
            "Sec-Fetch-Site": "same-origin",
            **headers,
        }
        start = time.perf_counter()
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        data = answer.read()
        seconds = time.perf_counter() - start
        return answer.status, data, seconds

    def reconnect(self) -> None:
        """Forget the connection, which the server closes when nobody asks for some seconds."""
        _connections.__dict__.setdefault("kept", {}).pop(self.port, None)

    def _connection(self) -> http.client.HTTPConnection:
        kept = _connections.__dict__.setdefault("kept", {})
        if self.port not in kept:
            kept[self.port] = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        found: http.client.HTTPConnection = kept[self.port]
        return found

    def cpu(self) -> float:
        """Seconds of processor that the web has used, all its processes together."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(map(cpu_of, [self.pid, *map(int, children)]))


_connections = threading.local()


def cpu_of(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(running: Servers, kind: str, total: int) -> Iterator[Site]:
    """An installation with that many oficios."""
    with tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder:
        url = running.database(kind) or f"sqlite:///{folder}/rastro.sqlite3"
        env = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "ENVIRONMENT": "test",
            "SECRET_KEY": SECRET,
            "INSTANCE_DIR": folder,
            "DATABASE_URL": url,
            "BASE_URL": "http://127.0.0.1",
            "LOG_LEVEL": "warning",
        }
        app = create_app(load_config(env))
        with app.app_context():
            flask_migrate.upgrade()
            usuario_id = fill(total)
            usuario = db.session.get_one(Usuario, usuario_id)
            db.session.expunge_all()
            db.session.remove()
        client = sign_in_client(app, usuario)
        cookie = client.get_cookie("rastro")
        assert cookie
        port = free_port()
        command = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
        command += ["--workers", "1", "--threads", "8", "--log-level", "warning"]
        process = subprocess.Popen(
            [sys.executable, *command, "tests.bench.board_floor:app"], cwd=ROOT, env=env
        )
        site = Site(app, port, process.pid, f"rastro={cookie.value}", usuario_id)
        try:
            _wait(site)
            yield site
        finally:
            process.terminate()
            process.wait(30)


def _wait(site: Site) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if site.ask("/tablero?todo=1")[0] == 200:
                return
        except OSError:
            _connections.kept.clear()
            time.sleep(0.2)
    raise SystemExit("the web did not come up")


def in_turns(*asks: Callable[[], float], rounds: int = ROUNDS) -> list[float]:
    """The median of each, measured one after the other again and again."""
    for _ in range(5):
        for ask in asks:
            ask()
    times: list[list[float]] = [[] for _ in asks]
    for _ in range(rounds):
        for ask, taken in zip(asks, times, strict=True):
            taken.append(ask())
    return [statistics.median(taken) for taken in times]


def count_queries(site: Site, deed: Callable[[Any], Any]) -> int:
    """How many rows are asked for (SELECT) during a request that the test client makes."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    client = site.app.test_client()
    client.set_cookie("rastro", site.cookie.partition("=")[2])
    site.app.config["WTF_CSRF_ENABLED"] = False
    client.get("/tablero?todo=1")
    with site.app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    deed(client)
    sa.event.remove(engine, "before_cursor_execute", note)
    asked = [text for text in statements if text.lstrip().startswith(("SELECT", "WITH"))]
    locks = ("pg_advisory", "FOR NO KEY UPDATE")  # PostgreSQL's: they ask for nothing
    return sum(not any(lock in text for lock in locks) for text in asked)


def say(what: str, value: str, target: str, reached: bool) -> bool:
    """One line of the table."""
    print(f"{what:<58} {value:>22}   {target:<14} {'reached' if reached else 'MISSED'}", flush=True)
    return reached


def measure(kind: str, slack: float) -> bool:
    """Measure on one kind of database; ratios may be ``slack`` times larger."""
    print(f"\n{kind}")
    with (
        servers() as running,
        served(running, kind, MANY) as many,
        served(running, kind, FEW) as few,
    ):
        return all([*page(many, few, slack), *deeds(many), *searches(many, slack), idle(many)])


def page(many: Site, few: Site, slack: float) -> list[bool]:
    """The page: beside its floor, and beside that of a small installation."""
    _status, plain, _seconds = many.ask("/tablero?todo=1", **{"Accept-Encoding": "identity"})
    cards = len(re.findall(b'<li id="oficio-card-', plain))
    (Path(many.app.instance_path) / PAGE).write_bytes(plain)
    _status, by_hand, _seconds = many.ask("/piso", **{"Accept-Encoding": "identity"})
    same = _bare(by_hand) == _bare(plain)
    if not same:
        _tell_difference(_bare(by_hand), _bare(plain))
    board, floor, small = in_turns(
        lambda: many.ask("/tablero?todo=1")[2],
        lambda: many.ask("/piso")[2],
        lambda: few.ask("/tablero?todo=1")[2],
    )
    _status, packed, _seconds = many.ask("/tablero?todo=1")
    assert len(brotli.decompress(packed)) > 2 * len(packed)
    queries = count_queries(many, lambda client: client.get("/tablero?todo=1"))
    times = f"{1000 * board:.1f} / {1000 * floor:.1f} ms"
    return [
        say("the floor's HTML is the page's", f"{cards} cards", "the same", same and cards == 200),
        say(
            "page / floor",
            f"{times} = {board / floor:.2f}",
            f"<= {2 * slack:g}",
            board / floor <= 2 * slack,
        ),
        say("page, queries", str(queries), "<= 8", queries <= 8),
        say(
            "page, 100,000 / 1,200 oficios",
            f"{board / small:.2f}",
            f"<= {1.2 * slack:g}",
            board / small <= 1.2 * slack,
        ),
        say("page, compressed", f"{len(packed) / 1000:.1f} kB", "<= 30 kB", len(packed) <= 30_000),
    ]


def deeds(site: Site) -> list[bool]:
    """A move: its queries, and what it answers with."""
    answers: list[Any] = []

    def move(client: Any) -> None:
        with site.app.app_context():
            row = db.session.execute(
                sa.text("SELECT id, version FROM oficios WHERE estado = 'pendiente' LIMIT 1")
            ).one()
            db.session.rollback()
        data = {"estado": "investigacion", "version": row.version}
        answers.append(
            client.post(
                f"/tablero/oficios/{row.id}/mover", data=data, headers={"HX-Request": "true"}
            )
        )

    queries = count_queries(site, move) - 1  # the one above, which chose the card
    text = answers[0].text
    assert answers[0].status_code == 200, text
    return [
        say("move, queries", str(queries), "<= 5", queries <= 5),
        say(
            "move, cards in the answer",
            str(text.count('<li id="oficio-card-')),
            "1",
            text.count('<li id="oficio-card-') == 1,
        ),
    ]


def searches(site: Site, slack: float) -> list[bool]:
    """Searches by what people have at hand, beside the time of their SQL in the database alone."""
    with site.app.app_context():
        pk = random.Random(1).randrange(MANY // 3, MANY // 2)
        row = db.session.execute(
            sa.text(
                "SELECT v.patente, o.numero_oficio, p.nombre, p.rut FROM oficios o"
                " JOIN vehiculos v ON v.oficio_id = o.id JOIN propietarios p ON p.oficio_id = o.id"
                f" WHERE o.id = {pk}"
            )
        ).one()
        db.session.rollback()
    found = []
    for what, typed in (
        ("plate", row.patente),
        ("number", row.numero_oficio),
        ("RUT", row.rut),
        ("name", row.nombre),
    ):
        path = f"/tablero?q={quote_plus(typed)}"
        board, floor = in_turns(
            partial(_seconds, site, path), partial(_sql, site, typed), rounds=15
        )
        times = f"{1000 * board:.0f} / {1000 * floor:.0f} ms"
        found.append(
            say(
                f"search by {what} / its SQL",
                f"{times} = {board / floor:.2f}",
                f"<= {3 * slack:g}",
                board / floor <= 3 * slack,
            )
        )
    return found


def _seconds(site: Site, path: str) -> float:
    return site.ask(path)[2]


def _sql(site: Site, typed: str) -> float:
    """Seconds that the database takes to find the ids."""
    with site.app.app_context():
        statement = sa.select(Oficio.id).where(matches(typed))
        text = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))
        connection = db.engine.raw_connection()
        cursor = connection.cursor()
        start = time.perf_counter()
        cursor.execute(text)
        cursor.fetchall()
        seconds = time.perf_counter() - start
        cursor.close()
        connection.rollback()
        connection.close()
    return seconds


def idle(site: Site, seconds: float = 20) -> bool:
    """What fifty boards cost that somebody left open."""
    plain = site.ask("/tablero?todo=1", **{"Accept-Encoding": "identity"})[1].decode()
    found = re.search(r'data-event="(\d+)"', plain)
    assert found
    path = f"/tablero/cambios?desde={found[1]}"
    bell = re.search(r'data-ultimo="(\d+)"\s+data-sin-leer="(\d+)"', plain)
    assert bell
    bell_path = f"/avisos/novedades?desde={bell[1]}&sin_leer={bell[2]}"
    stop = time.monotonic() + seconds
    statuses: set[int] = set()

    def board(number: int) -> None:
        time.sleep(PERIOD * number / BOARDS)
        turns = number
        while time.monotonic() < stop:
            statuses.add(site.ask(path, **{"HX-Request": "true"})[0])
            turns += 1
            if turns % BELL_TURNS == 0:
                statuses.add(site.ask(bell_path)[0])
            time.sleep(PERIOD)

    before = site.cpu()
    threads = [threading.Thread(target=board, args=(number,)) for number in range(BOARDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    share = (site.cpu() - before) / seconds
    assert statuses == {204}, statuses
    return say(
        f"{BOARDS} boards left open, of one core", f"{100 * share:.1f} %", "< 15 %", share < 0.15
    )


def _bare(html: bytes) -> bytes:
    """A page without its tokens and without spaces between tags."""
    html = re.sub(rb'(csrf_token" value=|X-CSRFToken": )"[^"]+"', b"", html)
    return re.sub(rb"\s+", b"", html)


def _tell_difference(by_hand: bytes, page: bytes) -> None:
    at = next(n for n, (a, b) in enumerate(zip(by_hand, page, strict=False)) if a != b)
    for name, text in (("floor", by_hand), ("page", page)):
        print(f"  {name}: …{text[max(0, at - 60) : at + 60].decode(errors='replace')}…")


def main() -> int:
    """Measure; return 1 when a figure was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = parser.parse_args().database
    kinds = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
    results = [measure(kind, 1.5 if kind == "postgresql" else 1) for kind in kinds]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
