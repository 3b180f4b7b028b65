"""(d) Down for five hours across full hours, then three starts in one minute: one catch-up."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy as sa

from app.consultas.queries import CHECK
from app.jobs.models import Trabajo
from app.oficios.rules import Estado
from tests.drills.stage import Consumer, Stage

SWEEP = "avistamientos.barrido"
BEFORE = datetime(2026, 11, 24, 9, 58, tzinfo=UTC)
AFTER = datetime(2026, 11, 24, 15, 0, 5, tzinfo=UTC)


def drill_downtime(stage: Stage) -> str:
    """Returns what happened, in a line."""
    early = [stage.make_oficio(Estado.INVESTIGACION, now=BEFORE).id for _ in range(5)]
    consumer = _start(stage, BEFORE)
    stage.wait(lambda: _checks(stage) == Counter(early), "the sweep before")
    stage.wait_done()
    assert consumer.stop() == 0

    late = [
        stage.make_oficio(Estado.INVESTIGACION, now=BEFORE + timedelta(hours=2)).id
        for _ in range(5)
    ]
    for seconds in (0, 15):
        killed = _start(stage, AFTER + timedelta(seconds=seconds))
        stage.wait(partial(stage.has_begun, killed), "a job after the start")
        killed.kill()
    consumer = _start(stage, AFTER + timedelta(seconds=30))
    stage.wait(lambda: _checks(stage) == Counter(early + late), "the catch-up")
    stage.wait_done()
    assert consumer.stop() == 0

    windows = [
        row.clave for row in stage.ask(sa.select(Trabajo.clave).where(Trabajo.tipo == SWEEP))
    ]
    assert len(windows) == 2, f"{windows}: one before and one catch-up were due"
    stage.judge_checks(early + late)
    return "5 hours and 3 starts: 1 sweep caught up, each of 10 cases checked once"


def _start(stage: Stage, moment: datetime) -> Consumer:
    return stage.start_consumer(DRILL_CLOCK=moment.isoformat())


def _checks(stage: Stage) -> Counter[int]:
    """How many checks each oficio has in the ledger."""
    return Counter(
        row.oficio_id
        for row in stage.ask(sa.select(Trabajo.oficio_id).where(Trabajo.tipo == CHECK))
    )
