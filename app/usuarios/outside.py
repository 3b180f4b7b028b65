"""What accounts ask of the running application: hashes at its cost, and its shared counters."""

from __future__ import annotations

from functools import cache

from app.extensions import current_config, limiter
from app.usuarios.rules.passwords import Hashes
from app.usuarios.rules.sesiones import QUESTION_LIFE

#: One for each cost: what is compared with where there is no account is made once.
_at_cost = cache(Hashes)


def hashes() -> Hashes:
    """Those of the running application."""
    return _at_cost(current_config().argon2_memory_kib)


def sends_mail() -> bool:
    """Whether this installation has a mail server to hand notices to."""
    return current_config().mail_configured


#: Seconds that a count of attempts is kept, for a worker that comes late to write it down.
_COUNTED = 24 * 3600


def count_attempt(accion: str, usuario_id: int | None, window: int) -> int:
    """Count what happened to an account, None: to addresses without one, in these ten minutes.

    Where requests are counted and not in the database: it does not make a guess cost a write.
    """
    return limiter.storage.incr(_attempts(accion, usuario_id, window), _COUNTED)


def read_attempts(accion: str, usuario_id: int | None, window: int) -> int:
    """How often it was counted; 0 too when the count was lost."""
    return limiter.storage.get(_attempts(accion, usuario_id, window))


def is_first_answer(question: str) -> bool:
    """Whether nobody, in any process, answered this question of a phone before."""
    seconds = int(QUESTION_LIFE.total_seconds())
    return limiter.storage.incr(f"phones/{question}", seconds) == 1


def _attempts(accion: str, usuario_id: int | None, window: int) -> str:
    return f"attempts/{accion}/{usuario_id or 0}/{window}"
