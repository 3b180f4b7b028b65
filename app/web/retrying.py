"""Retries a request after a serialization conflict or deadlock, before anybody is told.

SQLite has one writer at a time, so two transactions never meet there. On PostgreSQL they do: a
deadlock, or a row that changed between reading and writing. An append (a note, a photo, a visit)
conflicts with nothing, so the asker must not hear of it; an edit of a stale copy is refused by its
own version when it is done anew.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, has_request_context, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from app.core.contention import is_conflict
from app.db import count_commits, db
from app.web.addresses import Addresses
from app.web.conditional import find_unchanged
from app.web.routing import DeferredRule
from app.web.sentences import forget_told

Result = TypeVar("Result")

logger = logging.getLogger(__name__)

#: Maximum attempts of a request.
ATTEMPTS = 8
#: The longest pause before the second attempt, in seconds; it doubles with each further one, up to
#: the longest of all.
FIRST_PAUSE, LONGEST_PAUSE = 0.03, 0.5


class RetryingFlask(Flask):
    """Flask whose views are called again when they met another transaction.

    It also answers 304 before them, and knows the addresses that it built before.
    """

    url_rule_class = DeferredRule

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses = Addresses(super().url_for)

    def url_for(self, endpoint: str, /, **values: Any) -> str:  # type: ignore[override]
        """The address of an endpoint, as Flask builds it."""
        return self._addresses.find(endpoint, values) or super().url_for(endpoint, **values)

    def dispatch_request(self) -> ResponseReturnValue:
        """Call the view of the request, unless the browser has what it would answer."""
        return find_unchanged() or call_again_on_conflict(super().dispatch_request)


def call_again_on_conflict(deed: Callable[[], Result]) -> Result:
    """Do something; do it anew if it met another transaction and has committed nothing.

    What committed something is never repeated, as that part would happen twice. The pauses are
    random, so that two who met do not meet again.
    """
    for attempt in range(ATTEMPTS):
        committed = count_commits()
        try:
            return deed()
        except (DBAPIError, StaleDataError) as error:
            if not is_conflict(error) or attempt == ATTEMPTS - 1 or count_commits() != committed:
                raise
        db.session.rollback()
        rewind_files()
        if has_request_context():
            forget_told()
        logger.info("a request met another one in the database; it is done anew")
        time.sleep(random.uniform(0, min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)))
    raise AssertionError("the last attempt returns or raises")


def rewind_files() -> None:
    """Let uploads be read from their start, as the first attempt read them."""
    if not has_request_context() or request.method in {"GET", "HEAD"}:
        return
    for name in request.files:
        for file in request.files.getlist(name):
            file.stream.seek(0)
