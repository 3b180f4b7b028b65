"""Passkeys (WebAuthn level 2), without what verifies their signatures."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True)
class NewKey:
    """A passkey that was just made; number and public key (COSE) in base64url."""

    credencial: str
    clave_publica: str
    contador: int


def user_handle(usuario_id: int, secret: str) -> bytes:
    """What a passkey keeps of its account: always the same, and it tells nobody who it is."""
    return hmac.new(
        secret.encode(), f"rastro passkey {usuario_id}".encode(), hashlib.sha256
    ).digest()
