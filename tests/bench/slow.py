"""What slow clients and open streams cost the people who work: ``python -m tests.bench.slow``.

Starts Rastro as ``make run`` does, with its demo, and measures the pages of twenty people who work,
first in calm, then while two hundred connections dribble headers and bodies or do not read their
answers; direct, and behind Caddy with ``--caddy caddy``. Then the processor time of five hundred
open boards and a hundred streams of the API. Read them as ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests

from app.supervisor import ROOT, free_port
from tests.plugins.served import Served

PEOPLE, SLOW, BOARDS, STREAMS = 20, 200, 500, 100
#: Pages that a person reads in turn, and the seconds that pass between two of them.
PAGES = ("/tablero", "/tablero/lista", "/avisos", "/tablero/cambios?desde=0")
THINKING = 1.0
ACCOUNT = {"email": "investigador@investigaciones.cl", "password": "inv123"}
HEAD = "Host: rastro\r\nCookie: {cookie}\r\n"


@contextmanager
def running(folder: Path, **values: str) -> Iterator[Served]:
    """Rastro on data of its own, healthy."""
    port = free_port()
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "INSTANCE_DIR": str(folder / "instance"),
        "PORT": str(port),
        "ARGON2_MEMORY_KIB": "1024",
        **values,
    }
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "app/supervisor.py"], cwd=ROOT, env=env, stdout=output, stderr=output
        )
    served = Served(f"http://127.0.0.1:{port}", folder / "instance", process, log)
    try:
        served.wait_until_healthy()
        yield served
    finally:
        served.stop()


@contextmanager
def behind_caddy(caddy: str, url: str, folder: Path) -> Iterator[str]:
    """The address of a Caddy with the settings of deploy/Caddyfile, without its certificate."""
    port = free_port()
    text = (ROOT / "deploy" / "Caddyfile").read_text()
    text = text.replace("\ttls {\n\t\tprotocols tls1.2 tls1.3\n\t}\n", "")
    text = text.replace("RASTRO_DOMAIN:80", f"http://127.0.0.1:{free_port()}")
    text = text.replace("RASTRO_DOMAIN", f"http://127.0.0.1:{port}")
    text = text.replace("127.0.0.1:8000", urlsplit(url).netloc)
    text = text.replace("/var/log/caddy", str(folder)).replace(
        "\tservers {", "\tadmin off\n\tservers {"
    )
    file = folder / "Caddyfile"
    file.write_text(text)
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    process = subprocess.Popen(
        [caddy, "run", "--config", str(file), "--adapter", "caddyfile"],
        env=env,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                requests.get(f"{address}/entrar", timeout=2)
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def sign_in(url: str) -> str:
    """The cookie of a signed-in investigator."""
    session = requests.Session()
    page = session.get(f"{url}/entrar", timeout=10).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    answer = session.post(f"{url}/entrar", {**ACCOUNT, "csrf_token": token[1]}, timeout=10)
    assert answer.ok, answer.status_code
    return f"rastro={session.cookies['rastro']}"


@dataclass
class People:
    """Twenty people, each reading page after page; how long each page took, in seconds."""

    url: str
    cookie: str
    times: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def work(self, seconds: float) -> People:
        """Work for a while."""
        ends = time.monotonic() + seconds
        threads = [threading.Thread(target=self._read, args=(n, ends)) for n in range(PEOPLE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def _read(self, number: int, ends: float) -> None:
        session = requests.Session()
        session.headers["Cookie"] = self.cookie
        time.sleep(number * THINKING / PEOPLE)
        turn = number
        while time.monotonic() < ends:
            path = PAGES[turn % len(PAGES)]
            turn += 1
            began = time.perf_counter()
            try:
                answer = session.get(self.url + path, timeout=30)
                if answer.status_code >= 400:
                    self.failed.append(f"{answer.status_code} {path}")
            except OSError as error:
                self.failed.append(f"{type(error).__name__} {path}")
            self.times.append(time.perf_counter() - began)
            time.sleep(THINKING)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.times, n=100)[98]


async def dribble(url: str, cookie: str, count: int) -> None:
    """``count`` slow clients until this process is killed; a cut one comes back."""
    parts = urlsplit(url)

    async def one(number: int) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection(
                    parts.hostname, parts.port, limit=1024
                )
                await _KINDS[number % len(_KINDS)](reader, writer, cookie)
                writer.close()
            except OSError:
                await asyncio.sleep(0.5)

    await asyncio.gather(*(one(number) for number in range(count)))


async def _slow_head(_reader, writer, cookie) -> None:
    for byte in ("GET /tablero HTTP/1.1\r\n" + HEAD.format(cookie=cookie)).encode():
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.5)


async def _slow_body(_reader, writer, cookie) -> None:
    head = "POST /entrar HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    head += HEAD.format(cookie=cookie) + "Content-Length: 2000\r\n\r\n"
    writer.write(head.encode())
    for _ in range(2000):
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.5)


async def _slow_reader(reader, writer, cookie) -> None:
    path = "/static/vendor/swagger-ui/swagger-ui-bundle.js"
    writer.write(f"GET {path} HTTP/1.1\r\n{HEAD.format(cookie=cookie)}\r\n".encode())
    while await reader.read(100):
        await asyncio.sleep(1)


async def _unread_pages(_reader, writer, cookie) -> None:
    writer.write(f"GET /tablero HTTP/1.1\r\n{HEAD.format(cookie=cookie)}\r\n".encode())
    await asyncio.sleep(25)


_KINDS = (_slow_head, _slow_body, _slow_reader, _unread_pages)


async def listen(url: str, cookie: str, token: str) -> None:
    """Open boards and streams, and read them until this process is killed."""
    parts = urlsplit(url)

    async def one(path: str, header: str) -> None:
        while True:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: rastro\r\n{header}\r\n\r\n".encode())
            while await reader.read(4096):
                pass
            writer.close()
            await asyncio.sleep(1)

    boards = [one("/novedades?evento=1", f"Cookie: {cookie}") for _ in range(BOARDS)]
    streams = [one("/api/v1/eventos", f"Authorization: Bearer {token}") for _ in range(STREAMS)]
    await asyncio.gather(*boards, *streams)


@contextmanager
def clients(kind: str, *arguments: str) -> Iterator[None]:
    """Slow clients or listeners in a process of their own, so that they do not slow us down."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.slow", kind, *arguments], cwd=ROOT
    )
    try:
        time.sleep(5)
        assert process.poll() is None, "the clients ended"
        yield
    finally:
        process.kill()
        process.wait()


def web_seconds(supervisor: int) -> float:
    """Processor seconds that the web's processes have used."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes()
            stat = (path.parent / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if b"wsgi:app" in command and _is_below(int(path.parent.name), supervisor):
            total += int(stat[11]) + int(stat[12])
    return total / os.sysconf("SC_CLK_TCK")


def _is_below(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


def measure_slow(url: str, seconds: float) -> dict[str, float]:
    """The p99 of the people's pages in calm and beside slow clients, in milliseconds."""
    cookie = sign_in(url)
    People(url, cookie).work(2)
    calm = People(url, cookie).work(seconds)
    with clients("dribble", url, cookie, str(SLOW)):
        slow = People(url, cookie).work(seconds)
    assert not calm.failed, calm.failed[:3]
    return {
        "calm_ms": round(calm.p99 * 1000, 1),
        "slow_ms": round(slow.p99 * 1000, 1),
        "ratio": round(slow.p99 / calm.p99, 2),
        "failed": len(slow.failed),
        "pages": len(slow.times),
    }


def measure_streams(served: Served, seconds: float) -> dict[str, float]:
    """The share of one core that open boards and streams take."""
    cookie = sign_in(served.url)
    answer = requests.post(f"{served.url}/api/v1/auth/login", json=ACCOUNT, timeout=10)
    token = answer.json()["access_token"]
    with clients("listen", served.url, cookie, token):
        time.sleep(5)
        before = web_seconds(served.process.pid)
        time.sleep(seconds)
        used = web_seconds(served.process.pid) - before
        people = People(served.url, cookie).work(seconds)
    return {
        "core_percent": round(100 * used / seconds, 1),
        "page_p99_ms": round(people.p99 * 1000, 1),
        "failed": len(people.failed),
    }


def main() -> None:
    """Measure and print, one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--caddy", help="also behind this Caddy", default=shutil.which("caddy"))
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, running(Path(name), TRUSTED_PROXIES="1") as served:
        print(json.dumps({"direct": measure_slow(served.url, options.seconds)}), flush=True)
        if options.caddy:
            with behind_caddy(options.caddy, served.url, Path(name)) as url:
                print(json.dumps({"caddy": measure_slow(url, options.seconds)}), flush=True)
        print(json.dumps({"streams": measure_streams(served, options.seconds)}), flush=True)


def run_clients() -> None:
    """What ``clients`` starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(4096, hard)), hard))
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    kind, *arguments = sys.argv[1:]
    if kind == "dribble":
        asyncio.run(dribble(arguments[0], arguments[1], int(arguments[2])))
    else:
        asyncio.run(listen(arguments[0], arguments[1], arguments[2]))


if __name__ == "__main__":
    if sys.argv[1:2] in (["dribble"], ["listen"]):
        run_clients()
    else:
        main()
