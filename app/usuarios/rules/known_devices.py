"""Tokens of the devices on which an account was signed in to.

Such a device counts its wrong passwords for itself, so that strangers who guess keep nobody out.
A token opens nothing and names nobody: it is a random number, with signed fingerprints of the
account's address and of the password that was right.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from app.core import link_signature
from app.core.text import fold

_PURPOSE = "equipo"
#: Hexadecimal digits of a fingerprint: of a value under the installation's secret, 80 bits.
_DIGITS = 20


@dataclass(frozen=True)
class Device:
    """What a good token says."""

    id: str
    #: Fingerprint of the password's hash, which ends with the password.
    password_mark: str


def account_key(email: str) -> str:
    """One spelling for all of an address that look up the same account."""
    return fold(email.strip().lower())[:254]


def account_mark(email: str, secret: str) -> str:
    """The fingerprint of an address."""
    return _mark(account_key(email), secret)


def password_mark(password_hash: str, secret: str) -> str:
    """The fingerprint of a password, by its stored hash."""
    return _mark(password_hash, secret)


def new_device_id() -> str:
    """A number for a device: 128 random bits."""
    return secrets.token_hex(16)


def make_device(device_id: str, email: str, password_hash: str, secret: str) -> str:
    """The token for a device on which the password of an account was right."""
    marks = f"{account_mark(email, secret)}-{password_mark(password_hash, secret)}"
    return link_signature.make_token(f"{device_id}-{marks}", secret, purpose=_PURPOSE)


def read_device(token: str, email: str, secret: str) -> Device | None:
    """What a token says; None when it is forged or of another account.

    Whether the password is still the same is for the caller to see.
    """
    selector = link_signature.read_token(token, secret, purpose=_PURPOSE)
    if selector is None:
        return None
    device_id, account, password = selector.split("-")
    if account != account_mark(email, secret):
        return None
    return Device(device_id, password)


def _mark(value: str, secret: str) -> str:
    key = hashlib.sha256(b"rastro equipo conocido " + secret.encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:_DIGITS]
