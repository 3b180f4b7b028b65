"""Keys of scripts, and how long idempotent answers are stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from app.core.labels import Labelled

#: What every key begins with, so that it is told from a token and found by secret scanners.
KEY_PREFIX = "rastro_"
#: Characters of a key that are stored in the clear, to tell it from others.
SHOWN = len(KEY_PREFIX) + 6
#: A key's last use is written down this often at most.
USE_NOTED_EVERY = timedelta(minutes=1)
#: How long the answer to an Idempotency-Key is given again.
ANSWER_KEPT = timedelta(hours=24)
#: A request that was not answered by then is taken over, even if its process lives: it may have
#: lost the database when it wanted to say how it ended.
ANSWER_AWAITED = timedelta(minutes=2)
#: The same for a process on another machine, of which nobody here can tell whether it lives. Who
#: was taken over stores nothing any more, so that a slow one costs work and no doubles.
ELSEWHERE_AWAITED = timedelta(seconds=15)


class Alcance(Labelled):
    """What a key may do, within what its account may do."""

    LECTURA = "lectura", "Solo leer"
    ESCRITURA = "escritura", "Leer y escribir"


class AlcanceDatos(Labelled):
    """What a token or a key may read beyond what every one may."""

    #: RUT, telephone and e-mail of the people of a case; without it they are masked.
    DATOS_PERSONALES = "datos_personales", "RUT, teléfono y correo de las personas sin tapar"


def new_key() -> str:
    """A fresh key: shown once, stored as ``hash_key``."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def hash_key(key: str) -> str:
    """How a key is stored. It is random and long, so that a plain hash cannot be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()
