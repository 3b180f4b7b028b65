"""Codes of six digits that change each half minute (RFC 6238, RFC 4226).

SHA-1, six digits and 30 seconds: what every such application reads, whatever else a QR code says.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: Seconds that a code is shown.
STEP = 30
_DIGITS = 6
#: Steps before and after the present one whose code is taken: clocks differ, people type slowly.
_DRIFT = 1
_NONCE = 12


def new_secret() -> str:
    """A secret of 160 bits, as applications want it typed: base32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of a step: RFC 4226's dynamic truncation of its HMAC."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def step_at(now: datetime) -> int:
    """The number of the half minute in which a moment lies."""
    return int(now.timestamp()) // STEP


def find_step(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code somebody gave, of those that are taken now; None when it is no such."""
    here = step_at(now)
    found = None
    for step in range(max(here - _DRIFT, 0), here + _DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def enrolment_url(secret: str, *, account: str, office: str) -> str:
    """What the QR code says: ``otpauth://``, as Google Authenticator defined it."""
    query = urlencode({"secret": secret, "issuer": office}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{office}:{account}')}?{query}"


def seal_secret(secret: str, usuario_id: int, secret_key: str) -> str:
    """A secret as it is stored: AES-256-GCM under a key that the installation's secret gives.

    It is tied to its account: copied into another row it opens nothing. With another SECRET_KEY
    nobody can read it; keys and codes on paper do not depend on it.
    """
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_key(secret_key)).encrypt(nonce, secret.encode(), _tie(usuario_id))
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def open_secret(sealed: str, usuario_id: int, secret_key: str) -> str | None:
    """The secret again; None when it was sealed under another SECRET_KEY or for another account."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        opened = AESGCM(_key(secret_key)).decrypt(raw[:_NONCE], raw[_NONCE:], _tie(usuario_id))
    except (InvalidTag, ValueError):
        return None
    return opened.decode()


def _key(secret_key: str) -> bytes:
    """A key of its own: what signs cookies encrypts nothing."""
    return hmac.new(secret_key.encode(), b"rastro totp secrets 1", hashlib.sha256).digest()


def _tie(usuario_id: int) -> bytes:
    return f"usuario {usuario_id}".encode()
