"""Rate-limit counters in memory that never outlive a period of their limit.

The library stamps each counter with the moment at which it ends. After a clock that ran ahead is
put right, that moment would keep people out for as long as the clock was wrong.
"""

from __future__ import annotations

import time

from limits.storage import MemoryStorage


class Counters(MemoryStorage):
    """Counters in memory that end after their own period, whatever the clock did meanwhile."""

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str):
        #: Seconds that each counter lasts.
        self.periods: dict[str, float] = {}
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, in a counter that begins anew if it was to end later than its period."""
        self.periods[key] = expiry
        return super().incr(key, expiry, amount)

    def get(self, key: str) -> int:
        """The current count."""
        self._forget_skewed(key)
        count: int = super().get(key)
        if key not in self.storage:
            self.periods.pop(key, None)
        return count

    def get_expiry(self, key: str) -> float:
        """When the counter ends."""
        self._forget_skewed(key)
        ends: float = super().get_expiry(key)
        return ends

    def _forget_skewed(self, key: str) -> None:
        period = self.periods.get(key)
        if period is not None and self.expirations.get(key, 0) > time.time() + period:
            self.storage.pop(key, None)
            self.expirations.pop(key, None)
