"""Keys of scripts, and how long idempotent answers are stored."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.ajustes.rules import Setting
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


#: How long a key works when nobody says otherwise, and how long at most.
KEY_DAYS = Setting(
    "api.clave_dias",
    grupo="API",
    place=80,
    etiqueta="Vigencia de una clave nueva",
    defecto=365,
    ayuda="Al crear o renovar una clave se puede escribir otra. Una clave vencida no abre nada.",
    unidad="días",
    minimo=1,
    maximo=1095,
)
SETTINGS = (KEY_DAYS,)
#: How long before its end the people of a key are told.
WARNED_BEFORE = timedelta(days=14)
#: How long a renewed key still works beside the new one, so that its program misses nothing.
RENEWED_OVERLAP = timedelta(hours=24)


class Alcance(Labelled):
    """What a token or a key may do, within what its account may do."""

    LECTURA = "lectura", "Leer"
    ESCRITURA = "escritura", "Escribir: crear, cambiar y quitar"
    #: RUT, telephone and e-mail of the people of a case; without it they are masked.
    DATOS_PERSONALES = "datos_personales", "Ver RUT, teléfono y correo de las personas sin tapar"

    @property
    def is_about_doing(self) -> bool:
        """Whether it opens routes, and not more of what they show."""
        return self is not Alcance.DATOS_PERSONALES


_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def needed_for(method: str) -> Alcance:
    """What a route of the API asks of a token or a key, by its method: the one rule for all."""
    return Alcance.LECTURA if method in _READING else Alcance.ESCRITURA


def granted(names: Iterable[str]) -> frozenset[Alcance]:
    """What somebody may do to whom these scopes were given; who named no deed may read and write.

    Names that are not scopes give nothing.
    """
    known = {alcance.value: alcance for alcance in Alcance}
    found = frozenset(known[name] for name in names if name in known)
    if any(alcance.is_about_doing for alcance in found):
        return found
    return found | {Alcance.LECTURA, Alcance.ESCRITURA}


def write_scopes(alcances: Iterable[Alcance]) -> str:
    """How scopes are stored, in one order."""
    return " ".join(sorted({alcance.value for alcance in alcances}))


def read_scopes(stored: str) -> tuple[Alcance, ...]:
    """Stored scopes, in the order of the page."""
    names = stored.split()
    return tuple(alcance for alcance in Alcance if alcance.value in names)


class EstadoClave(Labelled):
    """Whether a key opens anything, and if not why."""

    VIGENTE = "vigente", "Vigente", "ok"
    POR_VENCER = "por_vencer", "Por vencer", "warn"
    VENCIDA = "vencida", "Vencida", "danger"
    REVOCADA = "revocada", "Revocada", "neutral"


def state_of(vence_at: datetime, revocada_at: datetime | None, now: datetime) -> EstadoClave:
    """How a key is now."""
    if revocada_at is not None:
        return EstadoClave.REVOCADA
    if vence_at <= now:
        return EstadoClave.VENCIDA
    return EstadoClave.POR_VENCER if vence_at - now <= WARNED_BEFORE else EstadoClave.VIGENTE


def mask_address(address: str) -> str:
    """A network address without what tells one machine from its neighbours; empty: unknown."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    if found.version == 4:
        return ".".join([*str(found).split(".")[:2], "•", "•"])
    return ":".join([*found.exploded.split(":")[:3], "…"])


def new_key() -> str:
    """A fresh key: shown once, stored as ``hash_key``."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def hash_key(key: str) -> str:
    """How a key is stored. It is random and long, so that a plain hash cannot be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()
