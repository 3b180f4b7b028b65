"""Plain Huey, the yardstick: ``BENCH_HUEY`` says where its queue is."""

from __future__ import annotations

import os
import time

from huey import Huey, RedisHuey, SqliteHuey


def make_huey() -> Huey:
    """As the ledger's, but for what it stores: Huey's own defaults."""
    url = os.environ["BENCH_HUEY"]
    if url.startswith("redis://"):
        return RedisHuey("medida", url=url, results=False)
    return SqliteHuey("medida", filename=url, results=False)


huey = make_huey()


@huey.task(name="nothing")
def nothing() -> None:
    """Nothing."""


@huey.task(name="mark")
def mark(number: int) -> None:
    """Write down when it starts."""
    with open(os.environ["BENCH_MARKS"], "a") as file:
        file.write(f"{number} {time.time()}\n")
