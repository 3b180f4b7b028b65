"""How often one account, and one address, may ask."""

from __future__ import annotations

import math
import time

from flask import Response
from limits import RateLimitItemPerMinute

from app.extensions import asking_network, limiter
from app.web.error_pages import error_response

#: Requests in a minute. A front end that shows a board asks a few dozen times; an office behind
#: one address holds several people.
PER_ACCOUNT = RateLimitItemPerMinute(600)
PER_ADDRESS = RateLimitItemPerMinute(1800)


def throttle_account(usuario_id: int) -> Response | None:
    """Count a request of an account; the refusal when there were too many."""
    return _hit(PER_ACCOUNT, "api account", str(usuario_id))


def throttle_address() -> Response | None:
    """Count a request of an address; the refusal when there were too many."""
    return _hit(PER_ADDRESS, "api address", asking_network())


def _hit(limit: RateLimitItemPerMinute, scope: str, who: str) -> Response | None:
    if not limiter.enabled or limiter.limiter.hit(limit, scope, who):
        return None
    reset = limiter.limiter.get_window_stats(limit, scope, who).reset_time
    # The wall clock may have been set back since the window began.
    seconds = min(max(1, math.ceil(reset - time.time())), limit.get_expiry())
    response = error_response(
        429, f"Demasiadas solicitudes seguidas. Espere {seconds} s y repita la última."
    )
    response.headers["Retry-After"] = str(seconds)
    return response
