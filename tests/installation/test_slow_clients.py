"""The installation as ``make run`` starts it, beside slow clients and when its web is killed."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.bench.slow import sign_in
from tests.plugins.served import Demo, Served

pytestmark = pytest.mark.e2e

#: Seconds that a request may take to arrive, in these tests.
PATIENCE = 4
LIMIT = 150_000_000


@pytest.fixture(scope="module")
def served(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One for all of these tests."""
    with demo.lend(tmp_path_factory.mktemp("rastro")) as start:
        running = start(WEB_REQUEST_SECONDS=str(PATIENCE))
        running.wait_until_healthy()
        yield running


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 80), timeout=20)


def test_slow_clients_hold_up_nobody_and_are_told_so(served):
    cookie = sign_in(served.url)
    head = f"Host: x\r\nCookie: {cookie}\r\n"
    starts = (
        "GET /tablero HTTP/1.1\r\nHo",
        f"POST /entrar HTTP/1.1\r\n{head}Content-Length: 500\r\n\r\na",
        f"GET /static/vendor/swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\n{head}\r\n",
    )
    slow = [(start, connect(served.url)) for start in starts for _ in range(20)]
    for start, client in slow:
        client.sendall(start.encode())
    time.sleep(0.3)
    times = []
    for _ in range(10):
        began = time.monotonic()
        page = requests.get(f"{served.url}/tablero", headers={"Cookie": cookie}, timeout=10)
        times.append(time.monotonic() - began)
        assert page.status_code == 200

    assert sorted(times)[5] < 1
    for start, client in slow:
        answer = client.recv(100)
        wanted = b"HTTP/1.1 200" if start.startswith("GET /static") else b"HTTP/1.1 408"
        assert answer.startswith(wanted), (start, answer)
        client.close()


def test_a_body_larger_than_its_address_takes_is_refused_before_it_is_sent(served):
    cookie = sign_in(served.url)
    boundary = "Content-Type: multipart/form-data; boundary=x\r\n"

    def ask(path: str, length: int, headers: str = "") -> bytes:
        with connect(served.url) as client:
            client.sendall(
                f"POST {path} HTTP/1.1\r\nHost: x\r\n{boundary}{headers}"
                f"Content-Length: {length}\r\n\r\n".encode()
            )
            client.settimeout(1)
            try:
                return client.recv(200)
            except TimeoutError:
                return b"waits"

    assert ask("/verificar", LIMIT).startswith(b"HTTP/1.1 413")
    assert ask("/verificar", 20_000_000) == b"waits"
    assert ask("/entrar", 3_000_000).startswith(b"HTTP/1.1 413")
    assert ask("/no/existe", 3_000_000).startswith(b"HTTP/1.1 413")
    # An address that takes files takes them from people who are signed in.
    assert ask("/oficios/1/fotos", LIMIT).startswith(b"HTTP/1.1 413")
    forged = f"Cookie: {cookie[:-4]}AAAA\r\n"
    assert ask("/oficios/1/fotos", LIMIT, forged).startswith(b"HTTP/1.1 413")
    assert ask("/oficios/1/fotos", LIMIT, f"Cookie: {cookie}\r\n") == b"waits"
    assert ask("/oficios/1/fotos", 10 * LIMIT, f"Cookie: {cookie}\r\n").startswith(b"HTTP/1.1 413")


def master_of(supervisor: int) -> int:
    """The pid of gunicorn's master; 0 while there is none."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    for pid in map(int, children):
        with suppress(FileNotFoundError, ProcessLookupError):  # it may end meanwhile
            if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
    return 0


def test_a_killed_master_is_replaced_and_clients_notice_nothing(served):
    supervisor = served.process.pid
    waits, gaps = [], []
    for _ in range(2):
        master = master_of(supervisor)
        os.kill(master, signal.SIGKILL)
        began = time.monotonic()
        while master_of(supervisor) in {0, master}:
            time.sleep(0.02)
        waits.append(time.monotonic() - began)
        while time.monotonic() - began < 5:
            asked = time.monotonic()
            answer = requests.get(f"{served.url}/entrar", timeout=10)
            gaps.append((time.monotonic() - asked, asked - began))
            assert answer.status_code == 200
            time.sleep(0.05)

    assert max(waits) < 2, waits
    assert max(gaps)[0] < 2, sorted(gaps)[-5:]
    assert "address" not in served.read_log().lower(), "nobody asks for the port again"

    began = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - began < 10, "what a killed master left behind is waited for"
