"""The trivial jobs that are measured."""

from __future__ import annotations

import os
import time

from app.feature import Feature
from app.jobs.registry import job
from app.jobs.runner import JobRun

TRIVIAL = "medida.nada"
MARK = "medida.marcar"


@job(TRIVIAL, "Nada (medida)")
def nothing(run: JobRun) -> None:
    """Only claimed and settled."""


@job(MARK, "Marcar (medida)")
def mark(run: JobRun) -> None:
    """Write down when it starts."""
    with open(os.environ["BENCH_MARKS"], "a") as file:
        file.write(f"{run.args['numero']} {time.time()}\n")


FEATURE = Feature(name="medida", jobs=(nothing, mark))
