"""Rastro as a newcomer runs it: the supervisor with web, consumer, provider and mail server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from app.supervisor import ROOT, free_port
from tests.plugins.databases import Databases

#: Seconds until everything is up, on a busy machine.
PATIENCE = 60


def wait_until_it_listens(process: subprocess.Popen[Any]) -> None:
    """Wait until a process handles SIGTERM: before that it would be killed, with another code.

    A process that ended has nothing to be told.
    """
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and not _handles(process.pid, signal.SIGTERM):
        assert time.monotonic() < deadline, f"it did not listen within {PATIENCE} s"
        time.sleep(0.02)


def _handles(pid: int, signum: int) -> bool:
    """Whether a process has a handler for a signal, as the kernel knows."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signum - 1) & 1)


@dataclass
class Served:
    """A running family of processes on data of its own."""

    url: str
    instance: Path
    process: subprocess.Popen[bytes]
    log: Path

    def read_log(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"it ended with {self.process.returncode}:\n{self.read_log()}")
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=2):
                    if "Rastro está listo" in self.read_log():
                        return
            except OSError:
                pass
            time.sleep(0.1)
        pytest.fail(f"it did not become healthy:\n{self.read_log()}")

    def mails(self) -> list[EmailMessage]:
        """What the demo's SMTP server took, oldest first."""
        paths = sorted((self.instance / "buzon").glob("*.eml"), key=os.path.getmtime)
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]

    def stop(self) -> int:
        wait_until_it_listens(self.process)
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


def environment(database_url: str, folder: Path) -> dict[str, str]:
    """The variables of a newcomer's processes, with the data in a folder."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "INSTANCE_DIR": str(folder / "instance"),
        "DATABASE_URL": database_url,
        "ARGON2_MEMORY_KIB": "1024",
    }


@contextmanager
def families(database_url: str, folder: Path) -> Iterator[Callable[..., Served]]:
    """Start the supervisor as ``make run`` does, on data in a folder; stop all at the end."""
    started: list[Served] = []

    def start(**values: str) -> Served:
        port = free_port()
        instance = folder / "instance"
        log = folder / f"log-{len(started)}.txt"
        env = {**environment(database_url, folder), "PORT": str(port), **values}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "app/supervisor.py"],
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        served = Served(f"http://127.0.0.1:{port}", instance, process, log)
        started.append(served)
        return served

    try:
        yield start
    finally:
        for served in started:
            if served.process.poll() is None:
                served.stop()


@pytest.fixture
def start_rastro(fresh_database_url: str, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start the supervisor as ``make run`` does, on nothing; it is stopped at the end."""
    with families(fresh_database_url, tmp_path) as start:
        yield start


@dataclass
class Demo:
    """An installation with its demo, started once and stopped, to make copies of."""

    databases: Databases
    url: str
    folder: Path

    @contextmanager
    def lend(self, folder: Path) -> Iterator[Callable[..., Served]]:
        """Start the supervisor on a copy in an empty folder; stop all at the end."""
        shutil.copytree(self.folder / "instance", folder / "instance")
        with self.databases.lend(self.url) as url, families(url, folder) as start:
            yield start


@pytest.fixture(scope="session")
def demo(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Filling a new installation takes longer than most tests of one that is up."""
    folder, url = tmp_path_factory.mktemp("demo"), databases.create()
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"],
        cwd=ROOT,
        env=environment(url, folder),
        check=True,
        capture_output=True,
    )
    return Demo(databases, url, folder)


@pytest.fixture
def start_demo(demo: Demo, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start the supervisor on the demo, which is there already."""
    with demo.lend(tmp_path) as start:
        yield start


@pytest.fixture
def rastro(start_demo: Callable[..., Served]) -> Served:
    """Rastro with its demo, up and healthy."""
    served = start_demo()
    served.wait_until_healthy()
    return served
