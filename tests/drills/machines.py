"""(g) Two machines whose clocks differ by ten minutes work on one database."""

from __future__ import annotations

import time
from datetime import timedelta

import sqlalchemy as sa

from app.core.clock import utcnow
from app.jobs.models import Trabajo
from tests.drills.downtime import SWEEP
from tests.drills.records import judge_logs
from tests.drills.stage import Consumer, Stage

SKEW = timedelta(minutes=10)


def drill_clocks(stage: Stage, jobs: int = 60) -> str:
    """Nothing is done twice or waits for the clock; one dies in the middle."""
    moment = utcnow()
    behind = stage.start_consumer(DRILL_CLOCK=(moment - SKEW).isoformat())
    ahead = stage.start_consumer(DRILL_CLOCK=moment.isoformat())
    local, checks, mails = [], [], []
    for _ in range(jobs // 3):
        local.append(stage.put_local(pause=0.05))
        checks.append(stage.put_check())
        mails.append(stage.put_mail())
    stage.wait(lambda: stage.has_begun(ahead), "a job begins")
    ahead.kill()
    ahead = stage.start_consumer(DRILL_CLOCK=(utcnow() + SKEW).isoformat())
    more = _put_until_it_works(stage, ahead)
    seconds = stage.wait_done(400)
    uncertain = stage.judge_mails(mails)
    stage.judge_local(local + more)
    stage.judge_checks(checks)
    windows = [
        row.clave for row in stage.ask(sa.select(Trabajo.clave).where(Trabajo.tipo == SWEEP))
    ]
    assert len(windows) == len(set(windows))
    assert behind.stop() == 0
    assert ahead.stop() == 0
    return (
        f"{jobs} jobs once each, and {len(more)} put until the one ahead worked; {uncertain} mails "
        f"uncertain, done {seconds:.1f} s later; "
        f"{judge_logs(stage)} bytes of logs"
    )


def _put_until_it_works(stage: Stage, consumer: Consumer) -> list[int]:
    """Enqueue jobs until a consumer has begun one, however long it starts; returns their numbers.

    Without, the other may have done everything before this one is ready.
    """
    numbers: list[int] = []

    def put_and_look() -> bool:
        numbers.append(stage.put_local(pause=0.2))
        time.sleep(0.2)
        return stage.has_begun(consumer)

    stage.wait(put_and_look, "the one whose clock is ahead begins a job")
    return numbers
