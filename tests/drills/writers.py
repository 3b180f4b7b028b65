"""(h) Fifty people write while web, consumer and supervisor are killed: nothing acknowledged is
lost, and what is sent again with its key is stored once."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import uuid
from collections import Counter

import sqlalchemy as sa

from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from tests.drills.outages import status_of
from tests.drills.people import Person
from tests.drills.records import judge_logs
from tests.drills.stage import Stage
from tests.drills.supervision import find_roles, start_family


def drill_writers(stage: Stage, people: int = 50, kills: int = 20, seconds: float = 120) -> str:
    """Returns what happened, in a line."""
    oficios = [stage.make_oficio().id for _ in range(max(2, people // 10))]
    served = start_family(stage, stage.folder / "family.log")
    workers = [Writer(Person(served, stage.actor.email), oficios) for _ in range(people)]
    workers[0].person.sign_in_for_programs()
    for worker in workers[1:]:
        worker.person.session.headers.update(workers[0].person.session.headers)
    stop = threading.Event()
    threads = [threading.Thread(target=worker.work, args=(stop,)) for worker in workers]
    for thread in threads:
        thread.start()
    killed = 0
    try:
        pause = seconds / kills
        while killed < kills:
            time.sleep(random.uniform(0.5, 1.5) * pause)
            victims = find_roles(served.process.pid)
            if victims:
                os.kill(random.choice(victims), signal.SIGKILL)
                killed += 1
    finally:
        time.sleep(3)
        stop.set()
        for thread in threads:
            thread.join()
    stored = Counter(
        row.descripcion
        for row in stage.ask(
            sa.select(Investigacion.descripcion).where(Investigacion.tipo == Actividad.NOTA)
        )
    )
    acknowledged = {text for worker in workers for text in worker.acknowledged}
    statuses = Counter(status for worker in workers for status in worker.person.statuses)
    lost = acknowledged - set(stored)
    assert not lost, f"{len(lost)} acknowledged notes are lost"
    twice = [text for text, count in stored.items() if count > 1]
    assert not twice, f"{len(twice)} notes are there twice"
    strange = set(statuses) - {None, 200, 201, 429, 503}
    assert not strange, f"{statuses}"
    assert served.stop() == 0
    return (
        f"{people} people, {killed} kills, {len(acknowledged)} notes acknowledged and there once; "
        f"answers {dict(statuses)}; {judge_logs(stage, 2_000_000)} bytes of logs"
    )


class Writer:
    """Writes notes, each again with the same key until it is acknowledged."""

    def __init__(self, person: Person, oficios: list[int]) -> None:
        self.person = person
        self.oficios = oficios
        self.acknowledged: list[str] = []

    def work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            key = uuid.uuid4().hex
            text, oficio = f"Nota {key}", random.choice(self.oficios)
            for _ in range(40):
                if status_of(self.person.write_note(oficio, text, key)) == 201:
                    self.acknowledged.append(text)
                    break
                if stop.wait(random.uniform(0.2, 1)):
                    return
            stop.wait(random.uniform(0.5, 4.5))
