"""Every process forgets people soon after they were erased, whichever process erased them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from flask import Flask

from app.core.process_memory import forget_all
from app.db import DATABASE, release
from app.feature import asked_above

logger = logging.getLogger(__name__)

#: Seconds from one look at the database to the next.
EVERY = 15


@asked_above
def last_erasure() -> str:
    """Something else than before, once somebody was erased."""
    return ""


class Forgetting:
    """Has one process forget what it remembers, whoever it is of, when somebody was erased."""

    def __init__(self, app: Flask, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._next = clock()
        self._seen: str | None = None
        self._again = False

    @property
    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return self._clock() >= self._next

    def look(self) -> None:
        """Ask, if it is time for that. Called often; nothing that fails here stops the caller.

        What was read before the erasure may be kept a moment after it, so that the process forgets
        once more at the next look.
        """
        if not self.is_due:
            return
        self._next = self._clock() + EVERY
        try:
            with self._app.app_context():
                try:
                    found = last_erasure()
                finally:
                    release()
        except Exception:
            if not DATABASE.is_down:
                logger.exception("whether somebody was erased could not be asked")
            return
        if found != self._seen or self._again:
            forget_all()
            self._seen, self._again = found, found != self._seen
