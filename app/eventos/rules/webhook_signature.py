"""How a webhook's receiver knows that a message is ours, and of now.

The header is ``X-Rastro-Signature: t=<seconds>,v1=<hex>``, where ``v1`` is the HMAC-SHA256 of
``<seconds>.<body>`` with the webhook's secret. A receiver recomputes it and refuses old seconds,
so that a message that was overheard cannot be played again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

HEADER = "X-Rastro-Signature"


def new_seed() -> str:
    """What a webhook's secret is made of, together with the installation's own."""
    return secrets.token_hex(16)


def make_secret(semilla: str, secret_key: str) -> str:
    """The signing secret of a webhook, shown to admins; it is not stored."""
    digest = hmac.new(secret_key.encode(), f"rastro webhook {semilla}".encode(), hashlib.sha256)
    return "whsec_" + digest.hexdigest()


def sign(body: str, secret: str, seconds: int) -> str:
    """The signature of a body at a moment."""
    mac = hmac.new(secret.encode(), f"{seconds}.{body}".encode(), hashlib.sha256)
    return f"t={seconds},v1={mac.hexdigest()}"
