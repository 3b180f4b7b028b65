"""The demonstration's gantry provider: a small HTTP server of its own, run by path.

    python app/demo/outside/provider.py --port 9000        # the key in DEMO_PROVIDER_KEY, or --key

It speaks the protocol ``generico`` and invents believable crossings: the same ones for a plate
and a day whenever it is asked, none of them in the future. It imports nothing but the standard
library, so that it stands apart from the application as a real provider does. Its header
``X-Rastro-Demo`` lets the application mark what it tells as simulated, and refuse it in a
database that is no demonstration.
"""

from __future__ import annotations

import argparse
import csv
import hmac
import json
import os
import random
import re
import signal
import threading
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SANTIAGO = ZoneInfo("America/Santiago")
DATA = Path(__file__).resolve().parents[2] / "core" / "data" / "porticos_2026.csv"
#: How far back the provider remembers.
DAYS = 42
PEAK_HOURS = {7, 8, 18, 19}

#: Gantries in the order in which a commuter passes them on the way there, and on the way back; with
#: where the traffic goes for a code that stands over both roadways.
CORRIDORS = (
    ("Autopista Central", ("PA30", "PA10", "PA31"), ("PA14", "PA12", "PA11")),
    ("Autopista Central", ("PA3", "PA5", "PA7"), ("PA32", "PA6", "PA4")),
    ("Vespucio Norte", ("P15", "P13", "P11"), ("P10", "P12", "P14")),
    ("Vespucio Norte", ("P4", "P2", "P17"), ("P1", "P16", "P3")),
    ("Vespucio Sur", ("2.2", "3.4", "3.2"), ("3.1", "3.3", "2.1")),
    (
        "Costanera Norte",
        ("P6.2 oriente", "P6.1 oriente", "P5 oriente"),
        ("P5 poniente", "P6.1 poniente", "P6.2 poniente"),
    ),
    ("AVO I", ("P101", "P102", "P104"), ("P205", "P206", "P209")),
    ("Ruta 78 Autopista del Sol", ("R78_TAL", "R78_MAL", "R78_RIN"), ("R78_RIN", "R78_MAL")),
)
#: One plate in so many passes no gantry.
SILENT_ONE_IN = 8

_PATH = re.compile(r"/porticos/([A-Z0-9]{5,6})/?")


@cache
def gantries() -> dict[tuple[str, str], dict[str, str]]:
    """The list of gantries by motorway and code, alone and with where the traffic goes."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    with DATA.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            code, way = row["codigo"], row["sentido"].rpartition("→")[2]
            found.setdefault((row["autopista"], code), row)
            found.setdefault((row["autopista"], f"{code} {way}"), row)
    return found


def crossings(patente: str, now: datetime) -> list[dict[str, Any]]:
    """What the gantries saw of a plate up to ``now``, oldest first."""
    habits = random.Random(f"rastro {patente}")
    if habits.randrange(SILENT_ONE_IN) == 0:
        return []
    home, there, back = habits.choice(CORRIDORS)
    leaves = time(7, habits.randrange(5, 55)) if habits.random() < 0.8 else time(8, 20)
    returns = time(18, habits.randrange(5, 55)) if habits.random() < 0.7 else time(20, 10)
    today = now.astimezone(SANTIAGO).date()
    found: list[tuple[datetime, str, str]] = []
    for back_days in range(DAYS, -1, -1):
        day = today - timedelta(days=back_days)
        chance = random.Random(f"rastro {patente} {day.isoformat()}")
        if day.weekday() < 5:
            if chance.random() < 0.6:
                found += _trip(chance, day, leaves, home, there)
            if chance.random() < 0.5:
                found += _trip(chance, day, returns, home, back)
        elif chance.random() < 0.2:
            motorway, way, _ = chance.choice(CORRIDORS)
            found += _trip(chance, day, time(chance.randrange(11, 22), 30), motorway, way)
    return [_item(*crossing) for crossing in sorted(found) if crossing[0] <= now]


def _trip(
    chance: random.Random, day: date, leaves: time, motorway: str, codes: tuple[str, ...]
) -> Iterator[tuple[datetime, str, str]]:
    """One or two gantries in a row, some minutes around the usual hour."""
    moment = datetime.combine(day, leaves, tzinfo=SANTIAGO)
    moment += timedelta(minutes=chance.randint(-9, 9), seconds=chance.randrange(60))
    count = 1 if chance.random() < 0.7 else 2
    start = chance.randrange(len(codes) - count + 1)
    for code in codes[start : start + count]:
        yield moment, motorway, code
        moment += timedelta(minutes=chance.randint(2, 5), seconds=chance.randrange(60))


def _item(moment: datetime, motorway: str, code: str) -> dict[str, Any]:
    row = gantries()[motorway, code]
    base = 260 + int.from_bytes(f"{motorway}{code}".encode(), "big") % 420
    peak = moment.hour in PEAK_HOURS and moment.weekday() < 5
    place = f"{motorway}, pórtico {row['codigo']}"
    return {
        "fecha_hora": moment.isoformat(),
        "ubicacion": f"{place} ({row['tramo']})" if row["tramo"] else place,
        "empresa": motorway,
        "monto": base * 2 if peak else base,
    }


class DemoProviderServer(ThreadingHTTPServer):
    """Answers those who know the key."""

    daemon_threads = True

    def __init__(self, host: str, port: int, key: str) -> None:
        self.key = key
        super().__init__((host, port), Handler)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: DemoProviderServer
    timeout = 10

    def do_GET(self) -> None:
        """The crossings of the plate in the path."""
        given = self.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self.server.key}".encode()):
            self._answer(401, {"error": "INVALID_API_KEY"})
            return
        found = _PATH.fullmatch(self.path.partition("?")[0])
        if found is None:
            self._answer(404, {"error": "NOT_FOUND"})
            return
        now = datetime.now(SANTIAGO)
        self._answer(200, {"avistamientos": crossings(found[1], now)})

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Rastro-Demo", "1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: plates do not belong in a log."""


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="Proveedor de pórticos de demostración.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", default=os.environ.get("DEMO_PROVIDER_KEY", ""))
    options = parser.parse_args()
    if not options.key:
        parser.error("falta la clave: --key o DEMO_PROVIDER_KEY")
    server = DemoProviderServer(options.host, options.port, options.key)

    def stop(_number: int, _frame: object) -> None:
        # From another thread: shutdown() waits for the loop that this handler interrupted.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"Proveedor de demostración en http://{options.host}:{server.server_port}", flush=True)
    server.serve_forever(poll_interval=0.2)
    server.server_close()


if __name__ == "__main__":
    main()
