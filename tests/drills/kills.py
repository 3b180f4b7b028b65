"""(a) Jobs of three kinds while the consumer is killed again and again. None may be lost."""

from __future__ import annotations

import random
import threading
import time

import sqlalchemy as sa

from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.service import retry_job
from tests.drills.stage import JOBS, Consumer, Stage

#: Of a consumer's life before it is killed: one in five dies while it starts.
STARTING = 0.2


def drill_kills(stage: Stage, jobs: int = 500, kills: int = 15) -> str:
    """Returns what happened, in a line."""
    stage.provider.answer("/porticos/", body={"avistamientos": []}, delay=0.15)
    stage.smtp.slowness = 0.2
    local: list[int] = []
    checks: list[int] = []
    mails: list[int] = []

    def produce() -> None:
        for index in range(jobs):
            if given_up.is_set():
                return
            if index % 3 == 0:
                local.append(stage.put_local(pause=0.1))
            elif index % 3 == 1:
                checks.append(stage.put_check())
            else:
                mails.append(stage.put_mail())

    given_up = threading.Event()
    producer = threading.Thread(target=produce)
    producer.start()
    consumer = stage.start_consumer()
    killed = 0
    try:
        while killed < kills:
            _live_a_while(stage, consumer)
            consumer.kill()
            killed += 1
            consumer = stage.start_consumer()
    except BaseException:
        given_up.set()
        raise
    finally:
        producer.join()
    began = time.monotonic()
    stage.wait_done(300)
    buried = _retry_buried(stage)
    stage.wait_done()
    seconds = time.monotonic() - began

    states = stage.count_states(*JOBS)
    assert sum(states.values()) == jobs, f"{states}: some are missing"
    uncertain = stage.judge_mails(mails)
    assert states == {
        state: count
        for state, count in (
            (EstadoTrabajo.HECHO, jobs - uncertain),
            (EstadoTrabajo.INCIERTA, uncertain),
        )
        if count
    }, states
    stage.judge_local(local)
    stage.judge_checks(checks)
    interrupted = stage.ask(
        sa.select(sa.func.count()).where(Ejecucion.error.like("El proceso que lo ejecutaba%"))
    )[0][0]
    assert consumer.stop() == 0
    return (
        f"{jobs} jobs, {killed} kills, {interrupted} attempts cut off, {uncertain} mails "
        f"uncertain, {buried} retried by hand, all done {seconds:.1f} s after the last kill"
    )


def _live_a_while(stage: Stage, consumer: Consumer) -> None:
    if random.random() < STARTING:
        time.sleep(random.uniform(0, 1.5))
        return
    stage.wait(
        lambda: stage.has_begun(consumer) or stage.count_open() == 0, "a consumer takes a job"
    )
    time.sleep(random.uniform(0, 0.8))


def _retry_buried(stage: Stage) -> int:
    """What was unlucky enough to be killed four times waits for a person, who presses retry."""
    with stage.app.app_context():
        ids = db.session.scalars(
            sa.select(Trabajo.id).where(
                Trabajo.estado == EstadoTrabajo.FALLIDO,
                Trabajo.tipo.in_(JOBS),
                Trabajo.error.like("%se detuvo%"),
            )
        ).all()
        with transaction():
            for pk in ids:
                retry_job(db.session.get_one(Trabajo, pk), now=utcnow())
    return len(ids)
