"""The password hashes of the running application, at the cost that it is configured with."""

from __future__ import annotations

from functools import cache

from app.extensions import current_config
from app.usuarios.rules.passwords import Hashes

#: One for each cost: what is compared with where there is no account is made once.
_at_cost = cache(Hashes)


def hashes() -> Hashes:
    """Those of the running application."""
    return _at_cost(current_config().argon2_memory_kib)
