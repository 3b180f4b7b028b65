"""(b) Who enqueued a job dies between the commit and the wake-up: the sweep finds the job."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap

from config import ROOT
from tests.drills.stage import Stage

#: A sweep is at most a minute away.
SWEEP_SECONDS = 65

_PRODUCER = textwrap.dedent("""
    import os, signal
    from app import create_app
    from app.core.clock import utcnow
    from app.db import transaction
    from app.jobs.queue import set_bell, enqueue
    from app.features import FEATURES
    from tests.drills.kinds import FEATURE, LOCAL

    app = create_app(features=(*FEATURES, FEATURE))
    set_bell(app, lambda moment: os.kill(os.getpid(), signal.SIGKILL))
    with app.app_context(), transaction():
        enqueue(LOCAL, key="{key}", now=utcnow(), args={{"numero": {number}}})
""")


def drill_wakes(stage: Stage) -> str:
    """Returns what happened, in a line."""
    _commit_and_die(stage, 1)
    consumer = stage.start_consumer()
    at_start = stage.wait(lambda: stage.count_open() == 0, "the sweep at the start")

    _commit_and_die(stage, 2)
    assert stage.count_open() == 1
    while_running = stage.wait(
        lambda: stage.count_open() == 0, "the sweep of the minute", SWEEP_SECONDS
    )
    stage.judge_local([1, 2])
    assert consumer.stop() == 0
    return (
        f"found {at_start:.1f} s after the consumer's start, "
        f"and {while_running:.0f} s later by one that runs"
    )


def _commit_and_die(stage: Stage, number: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PRODUCER.format(key=f"muerto:{number}", number=number)],
        cwd=ROOT,
        env=stage.process_env(),
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert stage.app.extensions["alarm"].huey.pending_count() == 0, "somebody was woken"
