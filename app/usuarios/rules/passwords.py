"""Password hashes: argon2id, a bounded number at once, the same time for unknown accounts."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: A hash takes 64 MiB and 0.12 s; a burst of log-ins must not take the machine's memory.
_at_once = threading.BoundedSemaphore(2)
_hasher = PasswordHasher()
_dummy: dict[int, str] = {}


def configure(memory_kib: int) -> None:
    """Set the cost of a hash. Tests use a cheap one."""
    global _hasher  # one cost for the whole process
    _hasher = PasswordHasher(memory_cost=memory_kib)


def hash_password(password: str) -> str:
    """The hash to store."""
    with _at_once:
        return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits; takes as long when there is no such account (``stored`` None)."""
    target = stored or _dummy_hash()
    with _at_once:
        try:
            return _hasher.verify(target, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with an older cost."""
    return _hasher.check_needs_rehash(stored)


def _dummy_hash() -> str:
    cost = _hasher.memory_cost
    if cost not in _dummy:
        _dummy[cost] = hash_password("nobody has this password")
    return _dummy[cost]
