"""What the audit is told of attempts and refusals: one entry for each account in ten minutes."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.clock import utcnow
from app.db import db, dispensable_transaction, release
from app.usuarios.outside import count_attempt
from app.usuarios.rules.guessing import RECHAZADO, window_of
from app.usuarios.service import note_attempts
from app.web.access import was_refused

logger = logging.getLogger(__name__)

#: Where the API leaves the account that its token or key speaks for.
ASKER = "asker_id"


def note_happened(accion: str, find_id: Callable[[], int | None]) -> None:
    """Count what the audit is told of at the end of these ten minutes.

    ``find_id`` finds the account, None: nobody that is known. What cannot be written, as the
    database is away, changes no answer. A HEAD is no attempt: machines send it, and it writes
    nothing. Call it outside a transaction.
    """
    if request.method in {"HEAD", "OPTIONS"}:
        return
    now = utcnow()
    try:
        usuario_id = find_id()
        release()
        if count_attempt(accion, usuario_id, window_of(now)) == 1:
            with dispensable_transaction():
                note_attempts(accion, usuario_id, now=now)
    except (DBAPIError, PoolTimeout) as error:
        db.session.rollback()
        logger.warning("an attempt was not counted for the audit: %s", type(error).__name__)


def find_asker() -> int | None:
    """The account that asks, by its session, token or key; None for a stranger."""
    asker: int | None = g.get(ASKER)
    if asker is None and current_user.is_authenticated:
        asker = int(current_user.id)
    return asker


def note_refusal() -> None:
    """Count that the asker of this request was refused what is not theirs."""
    note_happened(RECHAZADO, find_asker)


def init_refusals(app: Flask) -> None:
    """Have it counted when somebody asks for what they may not have."""

    @app.after_request
    def count_refusal(response: Response) -> Response:
        if response.status_code == 403 or (response.status_code == 404 and was_refused()):
            note_refusal()
        return response
