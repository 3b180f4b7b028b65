"""Access tokens: JWTs that say which session of which account asks, and until when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt

from app.core.clock import CLOCK_SKEW, utcnow
from app.usuarios.models import Usuario

#: The configuration's ALGORITHM when nothing else is said.
ALGORITHM = "HS256"
#: For whom a token is: this API and nothing else.
AUDIENCE = "rastro-api-v1"
_SKEW = CLOCK_SKEW.total_seconds()


@dataclass(frozen=True)
class Token:
    """What a token that is good says."""

    session_id: str
    #: Names of ``Alcance``, as they were asked for.
    scopes: frozenset[str] = frozenset()
    #: When somebody proved who they are to get it; None where it does not say.
    issued_at: datetime | None = None


def make_token(
    usuario: Usuario,
    secret: str,
    *,
    now: datetime,
    minutes: int,
    algorithm: str = ALGORITHM,
    scopes: Iterable[str] = (),
) -> str:
    """A token that is good for so many minutes, unless the account's sessions end before.

    Its subject is the account and the version of what opens it: signing out everywhere, a new
    password or a deactivation end tokens and browsers' sessions alike. ``scopes`` are what it may
    do (``rules.granted``).
    """
    claims = {
        "aud": AUDIENCE,
        "sub": usuario.get_id(),
        "iat": now,
        "exp": now + timedelta(minutes=minutes),
    }
    if scopes:
        claims["scope"] = " ".join(sorted(set(scopes)))
    return jwt.encode(claims, _key(secret, algorithm), algorithm=algorithm)


def read_token(token: str, secret: str, *, algorithm: str = ALGORITHM) -> Token | None:
    """What a token says; None when it is forged, expired or no token at all."""
    try:
        claims = jwt.decode(
            token,
            _key(secret, algorithm),
            algorithms=[algorithm],
            audience=AUDIENCE,
            options={"require": ["aud", "exp", "sub"], "verify_iat": False},
        )
    except (jwt.InvalidTokenError, RecursionError):
        # A header of thousands of brackets exhausts the JSON parser before the signature is read.
        return None
    issued = claims.get("iat")
    if isinstance(issued, int | float) and issued > utcnow().timestamp() + _SKEW:
        # Made by a clock that ran ahead: it would live for longer than a token may.
        return None
    return Token(
        str(claims["sub"]),
        frozenset(str(claims.get("scope", "")).split()),
        datetime.fromtimestamp(issued, UTC) if isinstance(issued, int | float) else None,
    )


def _key(secret: str, algorithm: str = ALGORITHM) -> bytes:
    """A key of its own, as long as the hash: what signs cookies and magic links signs no token."""
    return hashlib.new(f"sha{algorithm[2:]}", b"rastro api v1 " + secret.encode()).digest()
