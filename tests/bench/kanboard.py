"""Requests per second beside a running Kanboard: ``python -m tests.bench.kanboard ADDRESS``.

How to have one is in ``kanboard.md``. The program fills it through its API with a project of 200
tasks and one of 1,000, and Rastro with as many open oficios, and asks both in turns over four
connections, signed in. Each figure is the median of the rounds; read them as ratios.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import requests
import sqlalchemy as sa

from app import create_app
from app.cambios.service import stamp_all
from app.core.clock import utcnow
from app.db import db, transaction
from app.db.schema_version import upgrade_tables
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.supervisor import ROOT, free_port
from app.usuarios.models import Usuario
from config import load_config
from tests.bench.board_rows import fill
from tests.bench.caso_rows import fill_case
from tests.factories import sign_in_client

CONNECTIONS = 4
SMALL, LARGE = 200, 1000
#: Entries, sightings and photos of the case that is looked at; comments and parts of the task.
ENTRIES, SIGHTINGS, PHOTOS = 100, 300, 20
COMMENTS, PARTS = 20, 5
SECRET = "only for measuring, never anywhere else"

#: A whole request as it goes over the line.
Asked = bytes
#: Gives the requests of one connection, one after the other.
Asking = Callable[[int], Iterator[Asked]]


@dataclass
class Answer:
    """An answer over a kept connection."""

    status: int
    headers: dict[str, str]
    size: int


class Connection:
    """One kept connection to a server, read with as little work as can be.

    A client that takes half of a small machine would measure itself.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._place = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._socket: socket.socket | None = None
        self._read = b""

    def ask(self, asked: Asked) -> Answer:
        """Send it and read the whole answer; a connection that the server closed is made anew."""
        for _ in range(2):
            with suppress(ConnectionError):
                return self._ask(asked)
            self.close()
        raise ConnectionError(self._place)

    def close(self) -> None:
        """Give the connection back."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._read = None, b""

    def _ask(self, asked: Asked) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(self._place, timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(asked)
        head = self._until(b"\r\n\r\n").decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines if line)
        }
        status = int(first.split()[1])
        if status in {204, 304}:
            size = 0
        elif "content-length" in headers:
            size = int(headers["content-length"])
            self._exactly(size)
        elif headers.get("transfer-encoding") == "chunked":
            size = self._chunks()
        else:
            raise ValueError(f"an answer without a length: {first}")
        if headers.get("connection") == "close":
            self.close()
        return Answer(status, headers, size)

    def _more(self) -> None:
        assert self._socket
        data = self._socket.recv(1 << 18)
        if not data:
            raise ConnectionResetError
        self._read += data

    def _until(self, end: bytes) -> bytes:
        while end not in self._read:
            self._more()
        found, _, self._read = self._read.partition(end)
        return found

    def _exactly(self, size: int) -> None:
        missing = size - len(self._read)
        if missing <= 0:
            self._read = self._read[size:]
            return
        self._read = b""
        while missing > 0:
            assert self._socket
            data = self._socket.recv(min(missing, 1 << 18))
            if not data:
                raise ConnectionResetError
            missing -= len(data)

    def _chunks(self) -> int:
        total = 0
        while size := int(self._until(b"\r\n"), 16):
            self._exactly(size + 2)
            total += size
        self._until(b"\r\n")
        return total


def request(path: str, cookie: str, body: str = "", **headers: str) -> Asked:
    """The bytes of a GET, or of a POST if there is a body."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}"]
    lines += ["Accept-Encoding: gzip, br", "Sec-Fetch-Site: same-origin"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class OtherAnswer(Exception):
    """A page answered something else than expected: one that refuses is quick."""


def per_second(
    address: str, asking: Asking, seconds: float, wanted: int, refused: int = 0
) -> tuple[float, int]:
    """Requests per second over all connections, and the bytes of the last answer.

    Stops early when the requests are used up. Answers with the status ``refused`` are not counted.

    Raises:
        OtherAnswer: an answer has not the wanted status.
    """
    counts, sizes, wrong = [0] * CONNECTIONS, [0] * CONNECTIONS, set[int]()
    ends = time.perf_counter() + seconds

    def work(number: int) -> None:
        connection = Connection(address)
        for asked in asking(number):
            answer = connection.ask(asked)
            if answer.status not in {wanted, refused}:
                wrong.add(answer.status)
                break
            counts[number] += answer.status == wanted
            sizes[number] = answer.size
            if time.perf_counter() >= ends:
                break
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise OtherAnswer(f"{address} answered {sorted(wrong)} where {wanted} was expected")
    return sum(counts) / (time.perf_counter() - began), max(sizes)


def again_and_again(asked: Asked) -> Asking:
    """The same request without an end, on each connection."""
    return lambda _number: itertools.repeat(asked)


# ---------------------------------------------------------------- Kanboard


class Kanboard:
    """A running Kanboard, filled through its API and looked at as a person does."""

    def __init__(self, address: str, name: str, password: str) -> None:
        self.address = address.rstrip("/")
        self._account = (name, password)
        self._session = requests.Session()
        self.small, self.tasks = self._project(SMALL)
        lanes = self._call("getActiveSwimlanes", project_id=self.small)
        self._swimlane = int(lanes[0]["id"])
        self.large, _ = self._project(LARGE)
        for number in range(COMMENTS):
            self._call(
                "createComment", task_id=self.tasks[0], user_id=1, content=f"Llamada {number}"
            )
        for number in range(PARTS):
            self._call("createSubtask", task_id=self.tasks[0], title=f"Dirección {number}")
        self.cookie = self._sign_in()

    def page(self, controller: str, **values: int) -> Asking:
        """The requests for one of its pages."""
        return again_and_again(request(self._path(controller, "show", **values), self.cookie))

    def moves(self, number: int) -> Iterator[Asked]:
        """Moves of cards of the small board, each to the next column."""
        board = self._session.get(
            self.address + self._path("BoardViewController", "show", project_id=self.small),
            timeout=60,
        ).text
        address = re.search(r'data-save-url="([^"]+)"', board)
        assert address, "the board of Kanboard names no address to save to"
        path = address[1].replace("&amp;", "&")
        columns = [int(one["id"]) for one in self._call("getColumns", project_id=self.small)]
        mine = self.tasks[number::CONNECTIONS]
        for turn in itertools.count(1):
            for place, task in enumerate(mine):
                before = columns[(place * CONNECTIONS + number + turn - 1) % len(columns)]
                after = columns[(place * CONNECTIONS + number + turn) % len(columns)]
                moved = {"task_id": task, "src_column_id": before, "dst_column_id": after}
                body = json.dumps({**moved, "swimlane_id": self._swimlane, "position": 1})
                yield request(
                    path,
                    self.cookie,
                    body,
                    Content_Type="application/json",
                    X_Requested_With="XMLHttpRequest",
                )

    def _project(self, total: int) -> tuple[int, list[int]]:
        project = int(self._call("createProject", name=f"Banco {total} {time.time_ns()}"))
        self._call("addProjectUser", project_id=project, user_id=1, role="project-manager")
        columns = [int(one["id"]) for one in self._call("getColumns", project_id=project)]
        tasks = [
            int(
                self._call(
                    "createTask",
                    title=f"OF-{number:06} BBCC{number % 100:02} Rosa Soto Pérez",
                    project_id=project,
                    column_id=columns[number % len(columns)],
                    owner_id=1,
                    date_due="2027-01-15",
                    tags=["urgente"] if number % 7 == 0 else [],
                )
            )
            for number in range(total)
        ]
        return project, tasks

    def _call(self, method: str, **values: object) -> Any:
        sent = {"jsonrpc": "2.0", "method": method, "id": 1, "params": values}
        answer = self._session.post(
            f"{self.address}/jsonrpc.php", json=sent, auth=self._account, timeout=60
        ).json()
        if "error" in answer:
            raise SystemExit(f"Kanboard refused {method}: {answer['error']}")
        return answer["result"]

    def _sign_in(self) -> str:
        login = self.address + self._path("AuthController", "login")
        token = re.search(r'csrf_token" value="([^"]+)"', self._session.get(login, timeout=60).text)
        assert token, "the page of Kanboard to sign in has no token"
        name, password = self._account
        self._session.post(
            self.address + self._path("AuthController", "check"),
            {"csrf_token": token[1], "username": name, "password": password},
            timeout=60,
        )
        return "; ".join(f"{one.name}={one.value}" for one in self._session.cookies)

    def _path(self, controller: str, action: str, **values: int) -> str:
        rest = "".join(f"&{name}={value}" for name, value in values.items())
        return f"/?controller={quote(controller)}&action={action}{rest}"


# ---------------------------------------------------------------- Rastro


@dataclass
class Rastro:
    """A running Rastro with so many open oficios, and an investigator who is signed in."""

    address: str
    cookie: str
    cards: list[tuple[int, int]] = field(default_factory=list)

    def page(self, path: str) -> Asking:
        """The requests for one of its pages."""
        return again_and_again(request(path, self.cookie))

    def anew(self, path: str) -> Asking:
        """The same page at ever another address, so that nothing of before can be given again."""
        mark = "&" if "?" in path else "?"

        def ask(number: int) -> Iterator[Asked]:
            for turn in itertools.count():
                yield request(f"{path}{mark}vez={number}-{time.time_ns()}-{turn}", self.cookie)

        return ask

    def unchanged(self, path: str) -> Asking:
        """The same for a browser that has the page already: each connection asks for it first."""

        def ask(_number: int) -> Iterator[Asked]:
            answer = Connection(self.address).ask(request(path, self.cookie))
            tag = answer.headers.get("etag")
            if not tag:
                raise SystemExit(f"{path} has no ETag")
            return itertools.repeat(request(path, self.cookie, If_None_Match=tag))

        return ask

    def moves(self, number: int) -> Iterator[Asked]:
        """A move of each card, once: those that wait begin to be investigated."""
        answer = requests.get(
            f"{self.address}/tablero?todo=1", headers={"Cookie": self.cookie}, timeout=60
        )
        token = re.search(r'"X-CSRFToken": "([^"]+)"', answer.text)
        assert token, "the board names no token"
        kept = answer.cookies.get("rastro")  # the token hangs on what it stores
        cookie = f"rastro={kept}" if kept else self.cookie
        while self.cards:
            with suppress(IndexError):
                oficio_id, version = self.cards.pop()
                yield request(
                    f"/tablero/oficios/{oficio_id}/mover",
                    cookie,
                    f"estado=investigacion&version={version}",
                    Content_Type="application/x-www-form-urlencoded",
                    HX_Request="true",
                    X_CSRFToken=token[1],
                )


@contextmanager
def installed(total: int) -> Iterator[Rastro]:
    """Rastro as it is installed, with two processes and SQLite, and that many open oficios."""
    with tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "ENVIRONMENT": "test",
            "SECRET_KEY": SECRET,
            "INSTANCE_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/rastro.sqlite3",
            "BASE_URL": "http://127.0.0.1",
            "LOG_LEVEL": "warning",
        }
        app = create_app(load_config(env))
        with app.app_context():
            upgrade_tables()
            with transaction():
                stamp_all(utcnow())
            usuario_id = fill(total)
            fill_case(1, usuario_id, ENTRIES, SIGHTINGS, PHOTOS)
            with db.engine.begin() as connection:
                # Past the services, as the rest of what is measured here.
                connection.execute(sa.update(Oficio).values(estado=Estado.PENDIENTE))
            cards = [
                (row.id, row.version)
                for row in db.session.execute(sa.select(Oficio.id, Oficio.version))
            ]
            usuario = db.session.get_one(Usuario, usuario_id)
            db.session.expunge_all()
            db.session.remove()
        cookie = sign_in_client(app, usuario).get_cookie("rastro")
        assert cookie
        port = free_port()
        command = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
        command += ["--worker-class", "app.server.worker.Web", "--threads", "8"]
        command += ["--no-control-socket", "--log-level", "warning", "wsgi:app"]
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env)
        try:
            rastro = Rastro(f"http://127.0.0.1:{port}", f"rastro={cookie.value}", cards)
            _wait(rastro)
            # As a browser after its first page: the cookie holds what forms are checked by.
            first = requests.get(
                f"{rastro.address}/oficios/1", headers={"Cookie": rastro.cookie}, timeout=60
            )
            if given := first.cookies.get("rastro"):
                rastro.cookie = f"rastro={given}"
            yield rastro
        finally:
            process.terminate()
            process.wait(30)


def _wait(rastro: Rastro) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError):
            if (
                Connection(rastro.address).ask(request("/tablero?todo=1", rastro.cookie)).status
                == 200
            ):
                return
        time.sleep(0.2)
    raise SystemExit("Rastro did not come up")


# ---------------------------------------------------------------- both


@dataclass
class Line:
    """What is asked of both, and how many times as many answers Rastro is to give."""

    what: str
    target: float
    rastro: tuple[str, Asking]
    kanboard: Asking
    #: The statuses that are right.
    statuses: tuple[int, int] = (200, 200)
    #: The status with which Kanboard says that it could not: two that write at once meet a lock.
    refused: int = 0
    rounds: int = 0


def _measure(line: Line, seconds: float) -> tuple[float, int]:
    """Rastro's figure. A page that tells the minute is another one in the next: asked anew."""
    address, asking = line.rastro
    for _ in range(3):
        with suppress(OtherAnswer):
            return per_second(address, asking, seconds, line.statuses[0])
    return per_second(address, asking, seconds, line.statuses[0])


def compare(line: Line, kanboard: str, seconds: float, rounds: int) -> bool:
    """Measure both in turns and print a line."""
    ours, theirs, sizes = [], [], (0, 0)
    for _ in range(line.rounds or rounds):
        mine, my_size = _measure(line, seconds)
        other, other_size = per_second(
            kanboard, line.kanboard, seconds, line.statuses[1], line.refused
        )
        ours.append(mine)
        theirs.append(other)
        sizes = (my_size, other_size)
    one, two = statistics.median(ours), statistics.median(theirs)
    reached = one / two >= line.target
    print(
        f"{line.what:<22}{one:>9.0f} /s {sizes[0] / 1000:>7.1f} kB {two:>9.0f} /s "
        f"{sizes[1] / 1000:>7.1f} kB {one / two:>7.2f} x   >= {line.target:g} x   "
        f"{'reached' if reached else 'MISSED'}",
        flush=True,
    )
    return reached


def main() -> int:
    """Print the table; 1 if a ratio is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kanboard", description=__doc__)
    parser.add_argument("address", help="of a running Kanboard, as http://127.0.0.1:8080")
    parser.add_argument("--name", default="admin")
    parser.add_argument("--password", default="admin")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    kanboard = Kanboard(options.address, options.name, options.password)
    print(f"{'':<22}{'Rastro':>22}{'Kanboard':>26}", flush=True)
    with installed(SMALL) as small, installed(LARGE) as large:
        task = kanboard.page("TaskViewController", task_id=kanboard.tasks[0])
        listed = kanboard.page("TaskListController", project_id=kanboard.small)
        board = kanboard.page("BoardViewController", project_id=kanboard.small)
        board_large = kanboard.page("BoardViewController", project_id=kanboard.large)
        case, rows, cards = "/oficios/1", "/tablero/lista?todo=1", "/tablero?todo=1"
        lines = [
            Line("case page", 1, (small.address, small.page(case)), task),
            Line("case page, anew", 1, (small.address, small.anew(case)), task),
            Line("list", 1, (small.address, small.page(rows)), listed),
            Line("list, anew", 1, (small.address, small.anew(rows)), listed),
            Line(
                "case page, unchanged", 4, (small.address, small.unchanged(case)), task, (304, 200)
            ),
            Line("list, unchanged", 4, (small.address, small.unchanged(rows)), listed, (304, 200)),
            Line("board of 200", 4, (small.address, small.page(cards)), board),
            Line("board of 200, anew", 4, (small.address, small.anew(cards)), board),
            Line("board of 1,000", 25, (large.address, large.page(cards)), board_large),
            Line("board of 1,000, anew", 25, (large.address, large.anew(cards)), board_large),
            Line(
                "move",
                2,
                (large.address, large.moves),
                kanboard.moves,
                (200, 201),
                refused=200,
                rounds=1,
            ),
        ]
        found = [compare(line, kanboard.address, options.seconds, options.rounds) for line in lines]
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
