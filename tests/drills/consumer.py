"""A consumer that also knows the drills' jobs: ``python -m tests.drills.consumer``.

``DRILL_CLOCK`` (a moment, ISO 8601) sets its clock, which then goes on: the product itself knows
of no shifted time.
"""

from __future__ import annotations

import os
from datetime import datetime

import time_machine

import huey_consumer
from app.features import FEATURES
from tests.drills import kinds

if __name__ == "__main__":
    moment = os.environ.get("DRILL_CLOCK")
    if moment:
        time_machine.travel(datetime.fromisoformat(moment), tick=True).start()
    huey_consumer.main((*FEATURES, kinds.FEATURE))
