"""Tokens that go into links: a public half, and a signature that only this installation makes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

#: The first one signs, and all of them are read: a stronger one put before it ends no link.
_ALGORITHMS = ("sha256",)


def new_selector() -> str:
    """The public half of a token: 192 random bits."""
    return secrets.token_urlsafe(24)


def make_token(selector: str, secret: str, *, purpose: str) -> str:
    """The token that goes into a link: the selector, and a 256-bit signature over it.

    Nothing usable is stored: without the installation's secret a selector opens nothing, and a
    token for one ``purpose`` is none for another.
    """
    return f"{selector}.{_sign(selector, secret, purpose, _ALGORITHMS[0])}"


def read_token(token: str, secret: str, *, purpose: str) -> str | None:
    """The selector of a token whose signature fits, else None. Takes as long either way."""
    selector, _, signature = token.partition(".")
    fits = [
        hmac.compare_digest(
            signature.encode(), _sign(selector, secret, purpose, algorithm).encode()
        )
        for algorithm in _ALGORITHMS
    ]
    return selector if any(fits) else None


def _sign(selector: str, secret: str, purpose: str, algorithm: str) -> str:
    key = hashlib.new(algorithm, f"rastro {purpose} ".encode() + secret.encode()).digest()
    return hmac.new(key, selector.encode(), algorithm).hexdigest()
