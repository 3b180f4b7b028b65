"""Attempts that wait for somebody outside, each in a thread of its own.

A mail server may take ten minutes to answer. A worker that waited for it would be missing for
everything else, and a few such mails would stop the whole ledger.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask, current_app

logger = logging.getLogger(__name__)

#: Seconds that such an attempt may still wait once its process was told to stop.
STOP_SECONDS = 10

_waiting: set[threading.Thread] = set()
_lock = threading.Lock()


def start_aside(function: Callable[[], None]) -> None:
    """Go on with an attempt outside of the workers. The thread is not waited for at exit."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way
    thread = threading.Thread(target=_run, args=(app, function), name="aside", daemon=True)
    with _lock:
        _waiting.add(thread)
    thread.start()


def count_aside() -> int:
    """How many attempts wait in this process."""
    with _lock:
        return len(_waiting)


def join_aside(seconds: float) -> int:
    """Let the waiting attempts end. Returns how many had not after these seconds."""
    deadline = time.monotonic() + seconds
    with _lock:
        threads = list(_waiting)
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return count_aside()


def _run(app: Flask, function: Callable[[], None]) -> None:
    try:
        with app.app_context():
            function()
    except Exception:
        logger.exception("an attempt that waited could not be settled; its lease will run out")
    finally:
        with _lock:
            _waiting.discard(threading.current_thread())
