"""People at work in figures: ``python -m tests.bench.jornada``; best on an idle machine.

The supervisor serves an installation of 1,200 oficios as ``make run`` does. Twenty people read the
board, the list, *Hoy* and cases, type into the search, write notes, move cards and bring photos,
with a pause to think after each, while the check of every hour asks the provider about all cases
under investigation. Then ten times as many do the same, and one person asks until the answers are
as before. The people run on the same machine: what they take of it is printed as well.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.consultas.queries import CHECK
from app.consultas.service import request_periodic_check
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.rules import OPEN_STATES
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.adjuntos.files import jpeg
from tests.bench.board import cpu_of, say
from tests.bench.board_rows import CLOSED_LATELY, OPEN, fill
from tests.drills.servers import servers
from tests.drills.stage import Stage
from tests.drills.supervision import descendants, start_family
from tests.factories import make_usuario, sign_in_client

PEOPLE = 20
MANY = 10 * PEOPLE
#: Seconds of thinking between two deeds, on average.
THINKING = 3.0
#: Of a hundred deeds, how many are of which kind.
DEEDS = {
    "board": 14,
    "list": 8,
    "hoy": 6,
    "case": 28,
    "section": 10,
    "search": 12,
    "note": 12,
    "move": 7,
    "photo": 3,
}
#: What somebody types who looks for a name.
TYPED = ("go", "gonz", "gonzalez")
#: Checks a second that the provider allows.
QUOTA = 10
#: Seconds within which it has to be well again, and what counts as well.
RECOVERY, WELL = 10, 0.2
_MOVES = {Estado.PENDIENTE: Estado.INVESTIGACION, Estado.INVESTIGACION: Estado.PENDIENTE}


@dataclass
class Worker:
    """Somebody at work in a browser."""

    url: str
    cookie: str
    oficios: list[int]
    chance: random.Random
    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int | None] = field(default_factory=Counter)
    #: Refusals for lack of room that do not say when to come back.
    without_when: int = 0
    #: Notes and photos that the application said it has.
    notes: list[str] = field(default_factory=list)
    photos: int = 0
    _session: requests.Session = field(default_factory=requests.Session)
    _token: str = ""

    def begin(self) -> None:
        """Open the board: its token goes with each deed."""
        self._session.trust_env = False
        self._session.cookies.set("rastro", self.cookie, domain="127.0.0.1", path="/")
        self._session.headers.update(
            {"Sec-Fetch-Site": "same-origin", "Origin": self.url, "Accept-Encoding": "br"}
        )
        page = self._session.get(f"{self.url}/tablero", timeout=60)
        page.raise_for_status()
        found = re.search(r'X-CSRFToken": "([^"]+)"', page.text)
        assert found, "the board has no token"
        self._token = found[1]

    def work(self, stop: threading.Event) -> None:
        """One deed after the other until told to stop."""
        kinds, weights = list(DEEDS), list(DEEDS.values())
        while not stop.wait(self.chance.expovariate(1 / THINKING)):
            kind = self.chance.choices(kinds, weights)[0]
            getattr(self, f"_{kind}")(self.chance.choice(self.oficios))

    def _board(self, _oficio: int) -> None:
        self._ask("board", "GET", "/tablero?todo=1")

    def _list(self, _oficio: int) -> None:
        self._ask("list", "GET", "/tablero/lista")

    def _hoy(self, _oficio: int) -> None:
        self._ask("hoy", "GET", "/tablero/hoy")

    def _case(self, oficio: int) -> None:
        self._ask("case", "GET", f"/oficios/{oficio}")

    def _section(self, oficio: int) -> None:
        self._ask("section", "GET", f"/oficios/{oficio}/bitacora", headers={"HX-Request": "true"})

    def _search(self, _oficio: int) -> None:
        for typed in TYPED:
            self._ask("search", "POST", "/tablero/saltar", data={"q": typed})

    def _note(self, oficio: int) -> None:
        text = f"Nota {uuid.uuid4().hex}"
        data = {"tipo": Actividad.NOTA.value, "descripcion": text}
        if self._ask("note", "POST", f"/oficios/{oficio}/bitacora", data=data) in (200, 303):
            self.notes.append(text)

    def _move(self, oficio: int) -> None:
        """To and fro between two columns; somebody else may have been quicker, which is told."""
        page = self._ask_whole("case", "GET", f"/oficios/{oficio}")
        version = re.search(r'name="version"[^>]*value="(\d+)"', page.text) if page else None
        if version is None:
            return
        data = {
            "estado": self.chance.choice(list(_MOVES.values())).value,
            "version": version[1],
        }
        self._ask("move", "POST", f"/tablero/oficios/{oficio}/mover", data=data)

    def _photo(self, oficio: int) -> None:
        files = {"archivos": ("foto.jpg", BytesIO(jpeg((1600, 1200))), "image/jpeg")}
        status = self._ask("photo", "POST", f"/oficios/{oficio}/fotos", files=files)
        self.photos += status == 200

    def _ask(self, kind: str, method: str, path: str, **values: Any) -> int | None:
        answer = self._ask_whole(kind, method, path, **values)
        return answer.status_code if answer is not None else None

    def _ask_whole(
        self, kind: str, method: str, path: str, **values: Any
    ) -> requests.Response | None:
        headers = dict(values.pop("headers", {}))
        if method == "POST":
            headers |= {"X-CSRFToken": self._token, "HX-Request": "true"}
        began = time.perf_counter()
        try:
            answer = self._session.request(
                method,
                self.url + path,
                headers=headers,
                timeout=60,
                allow_redirects=False,
                **values,
            )
        except requests.RequestException:
            self.statuses[None] += 1
            return None
        self.seconds.setdefault(kind, []).append(time.perf_counter() - began)
        self.statuses[answer.status_code] += 1
        if answer.status_code == 503 and "Retry-After" not in answer.headers:
            self.without_when += 1
        return answer


def measure(kind: str, seconds: float) -> bool:
    """Measure on one kind of database."""
    print(f"\n{kind}")
    with servers() as running, tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder:
        stage = Stage(
            Path(folder), running.database(kind), PROVIDER_QUOTA=str(QUOTA), WEB_WORKERS="1"
        )
        try:
            return _measure(stage, seconds)
        finally:
            stage.close()


def _measure(stage: Stage, seconds: float) -> bool:
    with stage.app.app_context():
        fill(OPEN + CLOSED_LATELY)
        oficios = list(
            db.session.scalars(sa.select(Oficio.id).where(Oficio.estado.in_(list(_MOVES))))
        )
        db.session.remove()
    people = [make_usuario(stage.app, Rol.INVESTIGADOR) for _ in range(MANY)]
    cookies = [_cookie_of(stage, usuario) for usuario in people]
    served = start_family(stage, stage.folder / "family.log")
    stage.wait_done()
    workers = [
        Worker(served.url, cookie, oficios, random.Random(number))
        for number, cookie in enumerate(cookies)
    ]
    alone = workers[0]
    alone.begin()
    calm = statistics.median(_ask_board(alone) for _ in range(20))

    _check_all(stage, oficios)
    few = _work_day(workers[:PEOPLE], seconds, served.process.pid)
    checked = _count_checks(stage)
    found = [
        say(f"{PEOPLE} people, p99", f"{1000 * few.p99:.0f} ms", "< 200 ms", few.p99 < 0.2),
        say(f"{PEOPLE} people, refused or failed", str(few.failed), "0", few.failed == 0),
        say("checks of the provider meanwhile", str(checked), "> 0", checked > 0),
    ]
    for worker in workers:
        worker.seconds.clear()
        worker.statuses.clear()
    many = _work_day(workers, seconds, served.process.pid)
    recovered = _recover(alone, calm)
    refused = many.statuses[503] + many.statuses[429]
    mute = sum(worker.without_when for worker in workers)
    lost = _lost(stage, workers)
    others = many.failed - refused
    found += [
        say(f"{MANY} people, failed but for «come back»", str(others), "0", others == 0),
        say(f"{MANY} people, told to come back without when", str(mute), "0", mute == 0),
        say("slowest person's median / quickest's", f"{many.spread:.1f}", "<= 2", many.spread <= 2),
        say("acknowledged writes that are not there", str(lost), "0", lost == 0),
        say("well again after", f"{recovered:.1f} s", f"<= {RECOVERY} s", recovered <= RECOVERY),
    ]
    served.stop()
    return all(found)


@dataclass
class Day:
    """What came of some time of work."""

    p99: float
    statuses: Counter[int | None]
    failed: int
    #: The median wait of the person who waited longest, beside that of who waited least.
    spread: float


def _work_day(workers: list[Worker], seconds: float, pid: int) -> Day:
    for worker in workers:
        if not worker._token:
            worker.begin()
    stop = threading.Event()
    threads = [threading.Thread(target=worker.work, args=(stop,)) for worker in workers]
    before, own = sum(map(cpu_of, descendants(pid))), time.process_time()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    used = (sum(map(cpu_of, descendants(pid))) - before) / seconds
    own = (time.process_time() - own) / seconds
    statuses = sum((worker.statuses for worker in workers), Counter())
    waits = sorted(wait for worker in workers for of in worker.seconds.values() for wait in of)
    print(
        f"\n{len(workers)} people, {seconds:.0f} s: {len(waits) / seconds:.1f} answers a second; "
        f"of one core, Rastro {100 * used:.0f} % and the people {100 * own:.0f} %; "
        f"load {os.getloadavg()[0]:.1f}; {_told(statuses)}"
    )
    for kind in DEEDS:
        some = sorted(wait for worker in workers for wait in worker.seconds.get(kind, ()))
        if some:
            print(
                f"  {kind:<10}{len(some):>6}   median {1000 * _part(some, 0.5):>6.0f}"
                f"   p95 {1000 * _part(some, 0.95):>6.0f}   p99 {1000 * _part(some, 0.99):>6.0f} ms"
            )
    medians = sorted(
        statistics.median(all_waits)
        for worker in workers
        if len(all_waits := [wait for of in worker.seconds.values() for wait in of]) >= 5
    )
    # 409: somebody else had moved the card, which is told as it should be.
    well = {200, 204, 303, 304, 409}
    failed = sum(count for status, count in statuses.items() if status not in well)
    return Day(_part(waits, 0.99), statuses, failed, _part(medians, 0.95) / _part(medians, 0.05))


def _told(statuses: Counter[int | None]) -> str:
    return ", ".join(f"{count} × {status}" for status, count in statuses.most_common())


def _part(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def _ask_board(worker: Worker) -> float:
    began = time.perf_counter()
    worker._board(0)
    return time.perf_counter() - began


def _recover(worker: Worker, calm: float) -> float:
    """Seconds until three answers in a row come about as quickly as before all that."""
    began, quick = time.monotonic(), 0
    while quick < 3 and time.monotonic() - began < 60:
        quick = quick + 1 if _ask_board(worker) < max(WELL, 3 * calm) else 0
    return time.monotonic() - began


def _cookie_of(stage: Stage, usuario: Usuario) -> str:
    cookie = sign_in_client(stage.app, usuario).get_cookie("rastro")
    assert cookie
    return cookie.value


def _check_all(stage: Stage, oficios: list[int]) -> None:
    """Ask for what the sweep of the hour asks for."""
    now = utcnow()
    with stage.app.app_context():
        for first in range(0, len(oficios), 10):
            with transaction():
                for oficio_id in oficios[first : first + 10]:
                    request_periodic_check(oficio_id, key=f"{CHECK}:{oficio_id}:bench", now=now)


def _count_checks(stage: Stage) -> int:
    """How many of them have ended."""
    statement = sa.select(sa.func.count()).where(
        Trabajo.tipo == CHECK,
        Trabajo.clave.endswith(":bench"),
        Trabajo.estado.not_in(OPEN_STATES),
    )
    return int(stage.ask(statement)[0][0])


def _lost(stage: Stage, workers: list[Worker]) -> int:
    """Acknowledged notes and photos that are not there, or there more than once."""
    stored = Counter(
        row.descripcion
        for row in stage.ask(
            sa.select(Investigacion.descripcion).where(Investigacion.tipo == Actividad.NOTA)
        )
    )
    wrong = sum(stored[text] != 1 for worker in workers for text in worker.notes)
    photos = int(stage.ask(sa.select(sa.func.count()).select_from(Adjunto))[0][0])
    return wrong + max(0, sum(worker.photos for worker in workers) - photos)


def main() -> int:
    """Measure; return 1 when a figure was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--seconds", type=float, default=60)
    chosen = parser.parse_args()
    kinds = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    results = [measure(kind, chosen.seconds) for kind in kinds]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
