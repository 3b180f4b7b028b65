"""How long somebody waits who does not know a password, and what the audit keeps of attempts.

NIST SP 800-63B 3.2.2 allows 100 wrong passwords in a row for an account; here it is about thirty
in a day, from all unknown devices together.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

#: Wrong passwords of one account, from unknown devices, that are answered without a wait.
ANSWERED_AT_ONCE = 5
#: Seconds to wait after them; each further wrong password doubles it.
_FIRST_WAIT = 60
#: Seconds of the longest wait.
LONGEST_WAIT = 3600
#: Seconds after which the wrong passwords of an account are forgotten.
REMEMBERED = 24 * 3600

#: What the audit calls a sign-in, a wrong proof, an attempt that was not looked at, a link that
#: opens nothing, and that somebody asked for what they may not have.
ENTRO = "usuario.entro"
INTENTO = "usuario.intento"
FRENADO = "usuario.frenado"
ENLACE_MUERTO = "enlace.rechazado"
RECHAZADO = "acceso.rechazado"
#: The job that writes down how often they happened.
ATTEMPTS_JOB = "usuarios.intentos"
#: Seconds that one entry in the audit stands for: a flood of attempts is no flood of entries.
_WINDOW = 600


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


def window_of(now: datetime) -> int:
    """The number of the ten minutes in which a moment lies."""
    return int(now.timestamp()) // _WINDOW


def window_start(window: int) -> datetime:
    """When ten minutes began; the number after it says when they ended."""
    return datetime.fromtimestamp(window * _WINDOW, UTC)
