"""(i) Half an hour of ordinary work: growth of memory, descriptors, journal and data as figures."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from pathlib import Path

from tests.adjuntos.files import jpeg
from tests.drills.people import Person
from tests.drills.records import judge_logs
from tests.drills.stage import Stage
from tests.drills.supervision import descendants, start_family

#: Megabytes by which web and consumer may grow between the first and the last third.
GROWTH = 40
#: Descriptors by which they may grow.
DESCRIPTORS = 20
#: Megabytes that SQLite's journal may have.
JOURNAL = 64
#: Seconds after which the people ask for a token anew; one is good for thirty minutes.
TOKEN_AGE = 600


def drill_soak(stage: Stage, minutes: float = 30, people: int = 10) -> str:
    """Returns the figures, in a line."""
    oficios = [stage.make_oficio().id for _ in range(20)]
    served = start_family(stage, stage.folder / "family.log")
    crowd = [Person(served, stage.actor.email) for _ in range(people)]
    _sign_in(crowd)
    stop = threading.Event()
    threads = [threading.Thread(target=_work, args=(one, oficios, stop)) for one in crowd]
    for thread in threads:
        thread.start()
    samples = []
    try:
        signed_in = time.monotonic()
        deadline = signed_in + minutes * 60
        while time.monotonic() < deadline:
            time.sleep(min(10, minutes * 60 / 12))
            if time.monotonic() - signed_in > TOKEN_AGE:
                _sign_in(crowd)
                signed_in = time.monotonic()
            samples.append(_sample(served.process.pid, Path(stage.env["INSTANCE_DIR"])))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    third = max(1, len(samples) // 3)
    early, late = _mean(samples[:third]), _mean(samples[-third:])
    statuses = Counter(status for one in crowd for status in one.statuses)
    told = ", ".join(f"{name} {early[name]:.1f} → {late[name]:.1f}" for name in early)
    assert set(statuses) <= {200, 201, 429}, statuses
    assert late["memory MB"] - early["memory MB"] < GROWTH, told
    assert late["descriptors"] - early["descriptors"] < DESCRIPTORS, told
    assert max(sample["journal MB"] for sample in samples) < JOURNAL, told
    assert served.stop() == 0
    return f"{minutes:g} min, {sum(statuses.values())} requests; {told}; {judge_logs(stage)} B logs"


def _sign_in(crowd: list[Person]) -> None:
    """One token for all: they share an account."""
    crowd[0].sign_in_for_programs()
    token = crowd[0].session.headers["Authorization"]
    for person in crowd[1:]:
        person.session.headers["Authorization"] = token


def _work(person: Person, oficios: list[int], stop: threading.Event) -> None:
    while not stop.wait(random.uniform(1, 3)):
        oficio, dice = random.choice(oficios), random.random()
        if dice < 0.7:
            person.read(oficio)
        elif dice < 0.95:
            person.write_note(oficio, "Llamé y no contesta")
        else:
            person.upload(oficio, jpeg((random.randint(200, 900), 300)))


def _sample(supervisor: int, instance: Path) -> dict[str, float]:
    memory = descriptors = 0.0
    for pid in descendants(supervisor):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            descriptors += len(list(Path(f"/proc/{pid}/fd").iterdir()))
        except OSError:
            continue
        line = next((one for one in status.splitlines() if one.startswith("VmRSS")), "VmRSS: 0")
        memory += int(line.split()[1]) / 1024
    journal = sum(path.stat().st_size for path in instance.glob("*-wal"))
    files = [path.stat().st_size for path in instance.rglob("*") if path.is_file()]
    return {
        "memory MB": memory,
        "descriptors": descriptors,
        "journal MB": journal / 1024**2,
        "instance MB": sum(files) / 1024**2,
    }


def _mean(samples: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(one[name] for one in samples) / len(samples) for name in samples[0]}
