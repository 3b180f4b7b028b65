"""How long somebody waits who does not know a password.

NIST SP 800-63B 3.2.2 allows 100 wrong passwords in a row for an account; here it is about thirty
in a day, from all unknown devices together.
"""

from __future__ import annotations

import math

#: Wrong passwords of one account, from unknown devices, that are answered without a wait.
ANSWERED_AT_ONCE = 5
#: Seconds to wait after them; each further wrong password doubles it.
_FIRST_WAIT = 60
#: Seconds of the longest wait.
LONGEST_WAIT = 3600
#: Seconds after which the wrong passwords of an account are forgotten.
REMEMBERED = 24 * 3600


def wait_after(waits: int) -> int:
    """Seconds to wait after a wrong password, for an account that had so many waits before."""
    return min(_FIRST_WAIT << min(waits, 6), LONGEST_WAIT)


def say_seconds(seconds: float) -> str:
    """A wait as people say it, never shorter than it is: «40 segundos», «3 minutos», «1 hora»."""
    whole = max(1, math.ceil(seconds))
    if whole < 60:
        return "1 segundo" if whole == 1 else f"{whole} segundos"
    minutes = math.ceil(whole / 60)
    if minutes >= 60:
        return "1 hora"
    return "1 minuto" if minutes == 1 else f"{minutes} minutos"
