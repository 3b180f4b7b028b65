"""Rate limits of wrong passwords: per account and address, and per address.

An attempt takes its place before the password is looked at and gives it back unless the password
was wrong. So many attempts at the same moment, in however many processes, are answered no more
often than one after the other, and an error of ours locks nobody out.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse_many
from werkzeug.exceptions import TooManyRequests

from app.core.text import fold
from app.extensions import limiter

#: A stranger elsewhere cannot lock anybody out. The page and the API count together, or each
#: further door would give a guesser as many tries again.
_PER_ACCOUNT = parse_many("5 per minute;20 per hour")
_PER_ADDRESS = parse_many("30 per minute;200 per hour")

_Place = tuple[RateLimitItem, tuple[str, str]]


class WrongPassword(Exception):
    """Raise it, or a subclass, inside ``counted_attempt``: the attempt counts."""


@contextmanager
def counted_attempt(email: str) -> Iterator[None]:
    """Let a password be tried; the attempt counts only if ``WrongPassword`` is raised inside.

    Raises:
        TooManyRequests: with the seconds to wait.
    """
    taken = _take(email) if limiter.enabled else []
    try:
        yield
    except WrongPassword:
        raise
    except BaseException:
        _give_back(taken)
        raise
    _give_back(taken)


def _take(email: str) -> list[_Place]:
    address = get_remote_address()
    account = ("sign in to an account", f"{address} {fold(email)[:254]}")
    places: list[_Place] = [
        *((limit, account) for limit in _PER_ACCOUNT),
        *((limit, ("sign in from an address", address)) for limit in _PER_ADDRESS),
    ]
    taken: list[_Place] = []
    for limit, name in places:
        taken.append((limit, name))
        if not limiter.limiter.hit(limit, *name):
            wait = limiter.limiter.get_window_stats(limit, *name).reset_time - time.time()
            _give_back(taken)
            # The wall clock may have been set back since the window began.
            raise TooManyRequests(retry_after=min(max(1, math.ceil(wait)), limit.get_expiry()))
    return taken


def _give_back(taken: list[_Place]) -> None:
    for limit, name in taken:
        key = limit.key_for(*name)
        if limiter.storage.get(key) > 0:
            limiter.storage.incr(key, limit.get_expiry(), -1)
