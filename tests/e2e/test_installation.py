"""What somebody sees who starts Rastro: the first start, a second one, the end, production."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.plugins.served import Demo, Served

pytestmark = pytest.mark.e2e


def health(url: str) -> dict:
    with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
        return json.load(answer)


def family(pid: int) -> list[int]:
    """The processes below one."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]


@pytest.fixture(scope="module")
def start(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """Start it on one installation with its demo, which these tests share."""
    with demo.lend(tmp_path_factory.mktemp("rastro")) as start:
        yield start


@pytest.fixture(scope="module")
def running(start: Callable[..., Served]) -> Served:
    """That installation, up and healthy."""
    served = start()
    served.wait_until_healthy()
    return served


def test_it_says_who_may_enter_stops_cleanly_and_starts_again_with_the_same_data(start_rastro):
    rastro = start_rastro()
    rastro.wait_until_healthy()
    assert health(rastro.url)["status"] == "healthy"
    log = rastro.read_log()
    assert rastro.url in log
    for account in (
        "admin@investigaciones.cl / admin123",
        "investigador@investigaciones.cl / inv123",
        "cliente@buffetgonzalez.cl / cliente123",
    ):
        assert account in log
    children = family(rastro.process.pid)
    assert len(children) == 4, "web, jobs, provider and mail server"

    began = time.monotonic()
    assert rastro.stop() == 0
    assert time.monotonic() - began < 30
    assert not any(Path(f"/proc/{child}").exists() for child in children)

    again = start_rastro()
    again.wait_until_healthy()
    assert "Primer inicio" in rastro.read_log()
    assert "Primer inicio" not in again.read_log()


@pytest.mark.usefixtures("once")
def test_a_second_start_on_the_same_data_is_refused_with_a_sentence(running, start):
    second = start()

    assert second.process.wait(30) == 1
    assert "Rastro ya está en marcha" in second.read_log()
    assert health(running.url)["status"] == "healthy"


@pytest.mark.usefixtures("once")
def test_a_killed_consumer_is_replaced(running):
    consumer = next(
        pid
        for pid in family(running.process.pid)
        if b"huey_consumer" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )

    os.kill(consumer, signal.SIGKILL)

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        pids = family(running.process.pid)
        if consumer not in pids and len(pids) == 4:
            break
        time.sleep(0.1)
    assert len(family(running.process.pid)) == 4
    assert "trabajos terminó" in running.read_log()


@pytest.mark.usefixtures("once")
def test_production_names_what_is_missing_and_does_not_start(start_rastro):
    refused = start_rastro(ENVIRONMENT="production")

    assert refused.process.wait(30) != 0
    log = refused.read_log()
    for name in ("SECRET_KEY", "BASE_URL", "SMTP_HOST"):
        assert name in log
    assert "Traceback" not in log
    assert not list(refused.instance.glob("*.sqlite3"))


@pytest.mark.usefixtures("once")
def test_production_has_no_demo(start_rastro):
    served = start_rastro(
        ENVIRONMENT="production",
        SECRET_KEY="G7h2-VkQ9_tXw4LmZ0sBd8RfYp3NcJ6aEuHi1KoT5xWv",
        BASE_URL="https://rastro.example",
        SMTP_HOST="127.0.0.1",
        SMTP_FROM="rastro@rastro.example",
    )
    served.wait_until_healthy()

    log = served.read_log()
    assert "admin123" not in log
    assert len(family(served.process.pid)) == 2, "the web and the jobs, no demo service"


@pytest.mark.usefixtures("once")
def test_a_demo_database_is_refused_in_production(start_demo):
    refused = start_demo(
        ENVIRONMENT="production",
        SECRET_KEY="G7h2-VkQ9_tXw4LmZ0sBd8RfYp3NcJ6aEuHi1KoT5xWv",
        BASE_URL="https://rastro.example",
        SMTP_HOST="127.0.0.1",
        SMTP_FROM="rastro@rastro.example",
    )

    assert refused.process.wait(30) != 0
    assert "es de demostración" in refused.read_log()
