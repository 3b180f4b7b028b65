"""One line in the log when something goes away, and one when it is back."""

from __future__ import annotations

import logging
import threading
import time

from app.core.redaction import redact


class OutageLine:
    """Whether a part that many threads use is away, told once by this process.

    A broker that was away for 41 s filled 5.9 MB with one traceback per question.
    """

    def __init__(self, logger: logging.Logger, part: str) -> None:
        self._logger = logger
        self._part = part
        self._lock = threading.Lock()
        self._since: float | None = None

    @property
    def is_down(self) -> bool:
        """Whether the last use failed."""
        return self._since is not None

    def down(self, error: BaseException) -> None:
        """Note that a use failed; the first one after a success is logged, without a traceback."""
        with self._lock:
            if self._since is not None:
                return
            self._since = time.monotonic()
        cause = redact(str(error)).strip().partition("\n")[0]
        self._logger.error("%s is away: %s: %s", self._part, type(error).__name__, cause[:300])

    def up(self) -> None:
        """Note that a use succeeded; logged if the one before failed."""
        if self._since is None:  # the usual case takes no lock
            return
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            seconds = round(time.monotonic() - since)
            self._logger.warning("%s is back after %s s", self._part, seconds)
