"""The hour of the automatic check, without the other jobs that the same hour brings."""

from __future__ import annotations

from datetime import datetime
from unittest import mock

from flask import Flask

from app.db import transaction
from app.jobs import queue
from app.jobs.registry import get_job

SWEEP = "avistamientos.barrido"


def enqueue_sweep(app: Flask, now: datetime) -> None:
    """Enqueue it as the consumer does; the other twenty take longer and have tests of their own."""
    with (
        app.app_context(),
        transaction(),
        mock.patch.object(queue, "list_periodic", return_value=[get_job(SWEEP)]),
    ):
        queue.enqueue_periodic(now)
