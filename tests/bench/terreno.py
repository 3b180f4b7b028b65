"""Terreno in figures: ``python -m tests.bench.terreno``.

An installation with forty addresses to visit is served by gunicorn as in production. A phone-sized
Chromium opens Terreno for the first time; what went over the line is read from the server's own
log, with what the service worker fetches to be kept. Then the browser is closed and opened again
without a signal, several times: each time its service worker has to start as well.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import flask_migrate
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from app import create_app
from app.oficios.service import DireccionData
from app.supervisor import ROOT, free_port
from app.usuarios.rules import Rol
from config import load_config
from tests.factories import make_buffet, make_usuario, sign_in_client
from tests.plugins.browser import ARGUMENTS, find_chromium, wait_until
from tests.terreno.places import make_place

ADDRESSES = 40
ROUNDS = 7
MOST_BYTES = 200_000
MOST_MS = 1000
#: Asked for until the web is up; not a part of what is measured.
READY = "/entrar"
COMUNAS = ("Ñuñoa", "Maipú", "Las Condes", "Puente Alto", "La Florida", "Renca", "San Miguel")


@dataclass
class Site:
    """A served installation, and the cookie of somebody with addresses to visit."""

    url: str
    cookie: str
    log: Path

    def sent(self) -> dict[str, int]:
        """Bytes of bodies that were sent so far, by path."""
        found: dict[str, int] = {}
        for line in self.log.read_text().splitlines():
            path, _, size = line.rpartition(" ")
            if path == READY:
                continue
            found[path] = found.get(path, 0) + (int(size) if size.isdecimal() else 0)
        return found


@contextmanager
def served() -> Iterator[Site]:
    """An installation of its own, filled and served."""
    with tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder:
        log = Path(folder) / "sent.txt"
        log.touch()
        env = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "ENVIRONMENT": "test",
            "SECRET_KEY": "only for measuring, never anywhere else",
            "INSTANCE_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/rastro.sqlite3",
            "BASE_URL": "http://127.0.0.1",
            "LOG_LEVEL": "warning",
            "ARGON2_MEMORY_KIB": "32",
        }
        app = create_app(load_config(env))
        with app.app_context():
            flask_migrate.upgrade()
        buffet = make_buffet(app)
        usuario = make_usuario(app, Rol.INVESTIGADOR)
        for number in range(ADDRESSES):
            street = DireccionData(
                direccion=f"Av. Grecia {1000 + number}", comuna=COMUNAS[number % len(COMUNAS)]
            )
            make_place(app, buffet, usuario, direccion=street)
        client = sign_in_client(app, usuario)
        cookie = client.get_cookie("rastro")
        assert cookie
        port = free_port()
        command = ["-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
        command += ["--threads", "8", "--log-level", "warning", "--access-logfile", str(log)]
        command += ["--access-logformat", "%(U)s %({content-length}o)s", "wsgi:app"]
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env)
        try:
            _wait(f"http://127.0.0.1:{port}{READY}")
            yield Site(f"http://127.0.0.1:{port}", cookie.value, log)
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the web did not come up")


def phone(playwright: Playwright, folder: str) -> BrowserContext:
    """A browser the size of a phone, whose profile outlives it."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch_persistent_context(
        folder,
        executable_path=find_chromium(),
        args=[*ARGUMENTS, *as_root],
        viewport={"width": 360, "height": 740},
        locale="es-CL",
        timezone_id="America/Santiago",
    )


def open_terreno(context: BrowserContext, url: str) -> Page:
    """Terreno, once its list can be used."""
    page = context.new_page()
    page.goto(f"{url}/terreno")
    page.wait_for_selector("#terreno[data-listo]", state="attached", timeout=30_000)
    return page


def first_load(playwright: Playwright, site: Site, folder: str) -> dict[str, int]:
    """What is sent when somebody opens Terreno for the first time and the phone keeps it."""
    context = phone(playwright, folder)
    context.add_cookies([{"name": "rastro", "value": site.cookie, "url": site.url}])
    page = open_terreno(context, site.url)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wait_until(page, "() => navigator.serviceWorker.controller !== null")
    page.wait_for_load_state("networkidle")
    sent = site.sent()
    context.close()
    return sent


def offline_start(playwright: Playwright, site: Site, folder: str) -> float:
    """Milliseconds until the list can be used, in a browser that was just opened."""
    context = phone(playwright, folder)
    context.set_offline(True)
    page = open_terreno(context, site.url)
    marks = "performance.getEntriesByName('terreno-listo')[0].startTime"
    found = float(page.evaluate(marks))
    cards = page.locator(".terreno-lugar").count()
    context.close()
    assert cards == ADDRESSES, f"{cards} addresses without a signal"
    return found


def say(what: str, value: str, target: str, reached: bool) -> bool:
    """One line of the table."""
    print(f"{what:<52} {value:>26}   {target:<12} {'reached' if reached else 'MISSED'}", flush=True)
    return reached


def measure(rounds: int) -> bool:
    """Measure and print; whether every figure was reached."""
    with (
        served() as site,
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory(prefix="rastro-bench-", ignore_cleanup_errors=True) as folder,
    ):
        sent = first_load(playwright, site, folder)
        for path, size in sorted(sent.items(), key=lambda item: -item[1])[:8]:
            print(f"  {path:<60} {size / 1000:>8.1f} kB")
        total = sum(sent.values())
        page = total - sum(sent.get(path, 0) for path in ("/terreno/app", "/terreno/sw.js"))
        times = [offline_start(playwright, site, folder) for _ in range(rounds)]
    return all(
        [
            say("first load", f"{page / 1000:.0f} kB", "<= 200 kB", page <= MOST_BYTES),
            say(
                "first load with all that the phone keeps",
                f"{total / 1000:.0f} kB",
                "<= 200 kB",
                total <= MOST_BYTES,
            ),
            say(
                "start without a signal, fastest / median / slowest",
                f"{min(times):.0f} / {statistics.median(times):.0f} / {max(times):.0f} ms",
                "< 1 s",
                statistics.median(times) < MOST_MS,
            ),
        ]
    )


def main() -> int:
    """Measure; return 1 when a figure was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return 0 if measure(parser.parse_args().rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
