"""The consumer process: worker threads, the minute's tick, and the heartbeat."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from huey import Huey
from huey.consumer import Consumer, Scheduler

from app.core.clock import utcnow
from app.db import DATABASE, transaction
from app.jobs.alarm import Alarm
from app.jobs.aside import STOP_SECONDS, join_aside
from app.jobs.presence import leave, new_consumer_id, present, release_dead, show_life
from app.jobs.pulse import clock_ahead
from app.jobs.queue import BELL
from app.jobs.service import beat
from app.web.forgetting import Forgetting
from config import product_version

logger = logging.getLogger(__name__)

#: Seconds between heartbeats; ``service.SILENCE`` is four of them.
HEARTBEAT = 15
#: Seconds that running jobs have to finish after SIGTERM.
GRACE = 20


class _Untold(logging.Filter):
    """Drops what Huey says at each try while the queue or the database is away.

    That was logged once, when it began.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        return not (record.exc_info and (DATABASE.is_down or BELL.is_down))


def _watch(huey: Huey) -> None:
    """Note for the log whether the queue answers the consumer's own questions."""
    for name in ("dequeue", "read_schedule"):
        setattr(huey, name, _watched(getattr(huey, name)))
    for name in ("huey", "huey.consumer.Worker", "huey.consumer.Scheduler"):
        logging.getLogger(name).addFilter(_Untold())


def _watched(ask: Callable[..., Any]) -> Callable[..., Any]:
    def watched(*args: Any) -> Any:
        try:
            answer = ask(*args)
        except Exception as error:
            BELL.down(error)
            raise
        BELL.up()
        return answer

    return watched


class _Scheduler(Scheduler):
    """Huey's thread for what is due later, which also sweeps every minute.

    It does so itself instead of leaving a message to the workers, who may all be busy for long.
    """

    sweep: Callable[[], None]

    def enqueue_periodic_tasks(self, now: datetime | None = None) -> None:
        """Called at once when the consumer starts, and then once a minute."""
        try:
            self.sweep()
        except Exception:
            if not (DATABASE.is_down or BELL.is_down):
                logger.exception("the sweep failed; the next one is in a minute")


class _Consumer(Consumer):
    """Huey's consumer with our sweep. Its health check replaces threads that died.

    It listens to signals before its workers run, where Huey does so after: a stop between the two
    would cut off a job that just began.
    """

    scheduler_class = _Scheduler

    def __init__(self, sweep: Callable[[], None], huey: Huey, **options: Any) -> None:
        self.sweep = sweep
        super().__init__(huey, **options)

    def start(self) -> None:
        """Start the threads; signals are taken before the first of them runs."""
        self._set_signal_handlers()
        super().start()

    def _create_scheduler(self) -> _Scheduler:
        scheduler: _Scheduler = super()._create_scheduler()
        scheduler.sweep = self.sweep
        return scheduler


def run_consumer(app: Flask) -> None:
    """Do the ledger's work until SIGTERM, which lets running jobs finish within ``GRACE``.

    A job that does not finish in that time is interrupted, and done again by who comes next.
    Polling delays as measured: a job starts 27 ms after its commit at 0.5 % of a core.
    """
    # A list of 5,000 orders makes objects by the million, and no garbage that needs finding: to
    # look for some after every 700 of them took a sixth of the time.
    gc.set_threshold(20_000)
    alarm: Alarm = app.extensions["alarm"]
    alarm.consumer_id = new_consumer_id()
    folder = Path(app.instance_path) / "consumidores"
    _watch(alarm.huey)
    consumer = _Consumer(
        alarm.tick,
        alarm.huey,
        workers=alarm.threads,
        initial_delay=0.1,
        max_delay=0.1,
        backoff=1.0,
        scheduler_interval=1,
        worker_type="thread",
        graceful_signal="TERM",
        shutdown_timeout=GRACE,
    )
    alarm.is_stopping = consumer.stop_flag.is_set
    stop = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(alarm, folder, stop), daemon=True)
    with present(folder, alarm.consumer_id):
        pulse.start()
        consumer.run()
        join_aside(STOP_SECONDS + 2)
        stop.set()
        pulse.join(1)
        with app.app_context():
            leave(alarm.consumer_id)


def _pulse(alarm: Alarm, folder: Path, stop: threading.Event) -> None:
    """Write down every few seconds that this consumer lives, and look who died."""
    started = utcnow()
    forgetting = Forgetting(alarm.app)
    while True:
        show_life(folder, alarm.consumer_id)
        forgetting.look()
        try:
            with alarm.app.app_context():
                ahead = clock_ahead()
                with transaction():
                    beat(
                        alarm.consumer_id,
                        hilos=alarm.threads,
                        version=product_version(),
                        started=started,
                        now=utcnow(),
                        ahead=ahead,
                    )
                freed = release_dead(folder, alarm.consumer_id)
            for _ in range(min(freed, alarm.threads)):
                alarm.ring()
        except Exception:
            if not (DATABASE.is_down or BELL.is_down):
                logger.exception("the heartbeat could not be written")
        if stop.wait(HEARTBEAT):
            return
