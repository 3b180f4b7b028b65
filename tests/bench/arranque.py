"""A start and what stands idle in figures: ``python -m tests.bench.arranque``.

Rastro is started as ``make run`` does, first with nothing and then again. Timed is until the first
answer; beside it stands the processor's time of all that took part, which a busy machine hardly
changes. Memory is what the processes hold together (PSS: what two share counts half for each),
when they have been idle for a while.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from app.supervisor import ROOT, answers, free_port
from tests.bench.board import cpu_of

AIM_SECONDS, AIM_MEGABYTES = 1.5, 200
#: Seconds after the first answer until the memory is looked at.
IDLE = 20
#: What the demo runs besides: a provider and a mail server of its own.
_DEMO = ("outside/provider.py", "outside/mailserver.py")


@dataclass
class Started:
    """What came of a start."""

    seconds: float
    cpu: float
    #: Megabytes, by what the process is.
    memory: dict[str, float]


def start_once(folder: str) -> Started:
    """Start, wait for the first answer and for the peace after it, and stop."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/health/web"
    env = {
        "PATH": os.environ["PATH"],
        "HOME": folder,
        "INSTANCE_DIR": folder,
        "PORT": str(port),
    }
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "app/supervisor.py"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
    )
    try:
        while not answers(url):
            if process.poll() is not None:
                raise SystemExit(f"Rastro ended with {process.returncode}")
            time.sleep(0.01)
        seconds = time.monotonic() - begun
        family = [pid for pid in family_of(process.pid) if not _is_demo(pid)]
        cpu = sum(map(cpu_of, family)) + ended_cpu_of(process.pid)
        time.sleep(IDLE)
        family = [pid for pid in family_of(process.pid) if not _is_demo(pid)]
        memory = {f"{name_of(pid)} {pid}": pss_of(pid) for pid in family}
    finally:
        process.terminate()
        process.wait()
    return Started(seconds, cpu, memory)


def family_of(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family_of(int(child)))]


def ended_cpu_of(pid: int) -> float:
    """Seconds of processor of the children that have ended: what made the database ready."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def pss_of(pid: int) -> float:
    """Megabytes of memory that a process holds, its share of what is shared."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    line = next(one for one in text.splitlines() if one.startswith("Pss:"))
    return int(line.split()[1]) / 1024


def name_of(pid: int) -> str:
    """What a process is, in a word or two."""
    words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    for mark, name in (
        ("huey_consumer", "consumer"),
        ("master", "web, master"),
        ("gunicorn", "web"),
        ("supervisor", "supervisor"),
    ):
        if mark in words:
            return name
    return words[:40]


def _is_demo(pid: int) -> bool:
    words = Path(f"/proc/{pid}/cmdline").read_text()
    return any(mark in words for mark in _DEMO)


def main() -> int:
    """Measure; return 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3, help="starts after the first")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rastro-bench-") as folder:
        first = start_once(folder)
        print(f"with an empty folder: {first.seconds:.2f} s, {first.cpu:.2f} s of processor")
        again = [start_once(folder) for _ in range(chosen.times)]
    for one in again:
        print(f"once more: {one.seconds:.2f} s, {one.cpu:.2f} s of processor")
    best = min(again, key=lambda one: one.seconds)
    for name, size in best.memory.items():
        print(f"  {name:<22}{size:>7.1f} MB")
    working = sum(size for name, size in best.memory.items() if not name.startswith("supervisor"))
    whole = sum(best.memory.values())
    print(f"web and consumer {working:.0f} MB, with the supervisor {whole:.0f} MB")
    print(f"aims: {AIM_SECONDS} s, {AIM_MEGABYTES} MB")
    return int(best.seconds > AIM_SECONDS or working > AIM_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
