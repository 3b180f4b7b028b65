"""Password hashes: argon2id, a bounded number at once, the same time for unknown accounts."""

from __future__ import annotations

import threading
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: A hash takes 64 MiB and 0.12 s; a burst of log-ins must not take the machine's memory.
_at_once = threading.BoundedSemaphore(2)


class Hashes:
    """Makes and compares hashes at one cost."""

    def __init__(self, memory_kib: int) -> None:
        """Take the memory that each hash needs, in KiB."""
        self._hasher = PasswordHasher(memory_cost=memory_kib)

    def make(self, password: str) -> str:
        """The hash to store."""
        with _at_once:
            return self._hasher.hash(password)

    def fits(self, stored: str | None, password: str) -> bool:
        """Whether it is the password; takes as long without an account (``stored`` None)."""
        target = stored or self._dummy
        with _at_once:
            try:
                return self._hasher.verify(target, password) and stored is not None
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _dummy(self) -> str:
        return self.make("nobody has this password")
