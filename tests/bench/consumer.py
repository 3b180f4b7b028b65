"""The consumer that is measured: the ledger's, or plain Huey's where ``BENCH_HUEY`` is set.

The tasks are in modules of their own: here, huey would register them as ``__main__``.
"""

from __future__ import annotations

import logging
import os

from huey.consumer import Consumer

import huey_consumer
from app.features import FEATURES
from tests.bench import kinds


def consume_plain() -> None:
    """Huey alone, polling as the ledger's consumer does."""
    from tests.bench import plain  # reads BENCH_HUEY

    logging.getLogger("huey").setLevel(logging.WARNING)
    Consumer(
        plain.huey,
        workers=int(os.environ["WORKER_THREADS"]),
        initial_delay=0.1,
        max_delay=0.1,
        backoff=1.0,
        scheduler_interval=1,
        graceful_signal="TERM",
    ).run()


if __name__ == "__main__":
    if "BENCH_HUEY" in os.environ:
        consume_plain()
    else:
        huey_consumer.main((*FEATURES, kinds.FEATURE))
