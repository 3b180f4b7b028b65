"""The token of a magic link: what is in the address, and how it is checked."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_selector() -> str:
    """The public half of a token: 192 random bits."""
    return secrets.token_urlsafe(24)


def make_token(selector: str, secret: str) -> str:
    """The token that goes into a link: the selector, and a 256-bit signature over it.

    Nothing usable is stored: without the installation's secret a selector opens nothing.
    """
    return f"{selector}.{_sign(selector, secret)}"


def read_token(token: str, secret: str) -> str | None:
    """The selector of a token whose signature fits, else None. Takes as long either way."""
    selector, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _sign(selector, secret).encode()):
        return None
    return selector


def _sign(selector: str, secret: str) -> str:
    key = hashlib.sha256(b"rastro enlace " + secret.encode()).digest()
    return hmac.new(key, selector.encode(), hashlib.sha256).hexdigest()
