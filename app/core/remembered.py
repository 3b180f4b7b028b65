"""A cached value with a time to live, for expensive checks behind public routes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Remembered(Generic[Answer]):
    """Asks at most once in ``seconds``, one caller at a time.

    Whoever comes while another asks gets the last answer; at the very first question all wait.
    Time is that of the clock that never goes back.
    """

    def __init__(
        self,
        seconds: float,
        ask: Callable[[], Answer],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._ask = ask
        self._asking = threading.Lock()
        self._last: tuple[float, Answer] | None = None

    def get(self) -> Answer:
        """The answer, at most ``seconds`` old."""
        last = self._last
        if last is not None and self._clock() - last[0] < self._seconds:
            return last[1]
        if not self._asking.acquire(blocking=last is None):
            assert last is not None  # noqa: S101  # a caller that does not wait has an answer
            return last[1]
        try:
            if self._last is not last and self._last is not None:
                return self._last[1]  # refreshed by another thread while this one waited
            answer = self._ask()
            self._last = (self._clock(), answer)
            return answer
        finally:
            self._asking.release()
