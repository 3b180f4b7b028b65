"""A list of 5,000 rows in figures: ``python -m tests.bench.carga``; best on an idle machine.

Web and consumer run as in production, the consumer since a while. The preview is asked for,
*Importar* is pressed, and until all cases are there four people write notes in another case without
a pause. Seconds of a machine with other work say little: the load before and after is printed, and
the seconds of processor that the job took, which that stretches least.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from app.buffets.models import Buffet
from app.db import db
from app.oficios.models import Oficio
from app.usuarios.models import Usuario
from config import ROOT
from tests.bench.board import SECRET, Site, cpu_of, say, served
from tests.drills.servers import servers
from tests.planillas.listados import make_importacion, make_list

ROWS = 5_000
WRITERS = 4
#: Oficios of the installation besides.
OTHERS = 1_200
HEADER = (
    *("N° Oficio", "Rol", "Tribunal", "Caratulado", "Patente", "Marca", "Modelo", "Año", "Color"),
    *("Nombre deudor", "RUT deudor", "Dirección", "Comuna", "Fecha oficio", "Fecha límite"),
    "Observaciones",
)


@dataclass
class Writers:
    """People who write notes in one case until they are told to stop."""

    site: Site
    oficio_id: int
    token: str = ""
    seconds: list[float] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        body = urlencode({"tipo": "nota", "descripcion": "Llamó.", "csrf_token": self.token})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        while not self.is_over.is_set():
            status, _body, took = self.site.ask(
                f"/oficios/{self.oficio_id}/bitacora", "POST", body, **form
            )
            self.seconds.append(took)
            if status != 303:
                self.failed.append(status)
            time.sleep(0.02)


def rows_of(count: int) -> bytes:
    """A list of so many orders, each with a person and an address."""
    letters = "BCDFGHJKLPRSTVWXYZ"
    return make_list(
        *(
            (
                f"OF-{index}",
                f"C-{index + 1}-2026",
                "1º Juzgado Civil de Santiago",
                "BANCO DEL SUR/SOTO",
                f"{letters[index % 18]}{letters[index // 18 % 18]}"
                f"{letters[index // 324 % 18]}{letters[index // 5832 % 18]}{index % 90 + 10}",
                "Suzuki",
                "Swift",
                "2015",
                "Rojo",
                f"Persona {index}",
                "12.345.678-5",
                f"Calle Larga {index}",
                "Ñuñoa",
                "10-11-2026",
                "20-12-2026",
                "Llamar antes de ir",
            )
            for index in range(count)
        ),
        header=HEADER,
    )


def measure(kind: str, rows: int) -> bool:
    """Measure on one kind of database."""
    print(f"\n{kind}, {rows} rows")
    with servers() as running, served(running, kind, OTHERS) as site:
        with site.app.app_context():
            buffet = db.session.scalars(sa.select(Buffet).limit(1)).one()
            actor = db.session.get_one(Usuario, site.usuario_id)
            oficio_id = db.session.scalars(sa.select(sa.func.max(Oficio.id))).one()
            db.session.expunge_all()
        draft = make_importacion(site.app, buffet, actor, contenido=rows_of(rows))
        return _import(site, draft, oficio_id)


def _import(site: Site, draft: int, oficio_id: int) -> bool:
    address = f"/importar/{draft}"
    with tempfile.TemporaryFile() as log:
        with site.app.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
        consumer = subprocess.Popen(
            [sys.executable, "-m", "tests.drills.consumer"],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "ENVIRONMENT": "test",
                "SECRET_KEY": SECRET,
                "INSTANCE_DIR": site.app.instance_path,
                "DATABASE_URL": url,
                "BASE_URL": "http://127.0.0.1",
                "LOG_LEVEL": "warning",
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        writers = Writers(site, oficio_id)
        threads = [threading.Thread(target=writers.write) for _ in range(WRITERS)]
        try:
            _wait_for_rest(consumer.pid)
            site.reconnect()
            _begin_session(site)
            load = os.getloadavg()[0]
            started = cpu_of(consumer.pid)
            used = site.cpu()
            status, page, preview = site.ask(address, **{"Accept-Encoding": "identity"})
            used = site.cpu() - used
            version = re.search(rb'name="version" value="(\d+)"', page)
            token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
            assert version
            assert token
            writers.token = token[1].decode()
            for thread in threads:
                thread.start()
            began = time.perf_counter()
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            body = urlencode({"version": version[1].decode(), "csrf_token": writers.token})
            status, _, pressed = site.ask(f"{address}/importar", "POST", body, **form)
            assert status == 303, status
            while site.ask(f"{address}/avance")[0] == 200:
                assert time.perf_counter() - began < 300, "not done in 300 s"
                time.sleep(0.2)
            taken = time.perf_counter() - began
            of_jobs = cpu_of(consumer.pid) - started
        finally:
            writers.is_over.set()
            for thread in threads:
                thread.join()
            memory = max(_peak(consumer.pid), *map(_peak, _family(site.pid)))
            consumer.kill()
            consumer.wait()

        log.seek(0)
        held = re.findall(rb"held the write lock for ([\d.]+) s", log.read())
    print(f"seconds of processor: preview {used:.1f}, jobs {of_jobs:.1f}")
    print(f"load of {os.cpu_count()} cores: {load:.1f} before, {os.getloadavg()[0]:.1f} after")
    waits = sorted(writers.seconds)
    slow = waits[int(len(waits) * 0.99)] if waits else 0.0
    longest = max(map(float, held), default=0.0)
    return all(
        [
            say("preview", f"{preview:.1f} s", "<= 5 s", preview <= 5),
            say("press on Importar", f"{pressed:.1f} s", "<= 5 s", pressed <= 5),
            say(
                "import, from the press to the last case", f"{taken:.1f} s", "<= 10 s", taken <= 10
            ),
            say("most memory of web and jobs", f"{memory} MB", "< 300 MB", memory < 300),
            say("transactions over 0.5 s", f"{len(held)}", "0", not held and longest <= 0.5),
            say(f"others' writes, p99 of {len(waits)}", f"{slow:.2f} s", "< 1 s", slow < 1),
            say("others' writes, failed", str(len(writers.failed)), "0", not writers.failed),
        ]
    )


def _wait_for_rest(pid: int) -> None:
    """Wait until a process has started, and done what it finds to do."""
    used, until = -1.0, time.monotonic() + 60
    while time.monotonic() < until:
        time.sleep(2)
        before, used = used, cpu_of(pid)
        if used > 1 and used - before < 0.1:
            return


def _begin_session(site: Site) -> None:
    """Keep the cookie that a first page with a form gives: it holds what forms are checked by."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.request("GET", "/importar", headers={"Cookie": site.cookie})
    answer = connection.getresponse()
    answer.read()
    if given := answer.headers.get("Set-Cookie"):
        site.cookie = given.partition(";")[0]
    connection.close()


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _peak(pid: int) -> int:
    """The most memory that a process has had, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) // 1024 if found else 0


def main() -> int:
    """Measure; return 1 when a figure was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--rows", type=int, default=ROWS)
    chosen = parser.parse_args()
    kinds = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    results = [measure(kind, chosen.rows) for kind in kinds]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
