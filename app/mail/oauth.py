"""Access tokens for mail servers that take no password (OAuth 2, RFC 6749; SASL XOAUTH2).

The installation is given a refresh token once, by whoever owns the mailbox. With it an access token
is fetched when one is needed, and kept in memory until shortly before it ends. Nothing of them is
stored or logged.
"""

from __future__ import annotations

import json
import logging
import math
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.mail.answer import one_line
from app.mail.outcomes import PermanentFailure, TemporaryFailure

if TYPE_CHECKING:
    import requests

logger = logging.getLogger(__name__)

#: Seconds to connect to the token endpoint, and between two pieces of its answer.
_TIMEOUT = (5, 15)
#: Bytes of an answer; a token has a few thousand.
_MOST = 64 * 1024
#: Seconds before its end at which a token is no longer used.
_EARLY = 60
#: Seconds that a token is used whose end the endpoint does not tell (RFC 6749, 5.1: it should).
_UNTOLD = 300
#: What the endpoint says of us, and who can mend it (RFC 6749, 5.2).
_REASONS = {
    "invalid_grant": "el permiso venció o fue retirado. Pida al administrador que autorice otra "
    "vez la casilla y cambie SMTP_OAUTH_REFRESH_TOKEN",
    "invalid_client": "no conoce a esta aplicación. Pida al administrador que revise "
    "SMTP_OAUTH_CLIENT_ID y SMTP_OAUTH_CLIENT_SECRET",
    "unauthorized_client": "no permite esto a esta aplicación. Pida al administrador que la revise "
    "donde la registró",
    "invalid_scope": "no da ese alcance. Pida al administrador que revise SMTP_OAUTH_SCOPE",
}


@dataclass(frozen=True)
class OAuthSettings:
    """Where tokens come from, and what they are asked for with."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str = ""


@dataclass
class _Kept:
    token: str
    #: On the monotonic clock, which nobody sets.
    ends: float
    #: A refresh token that the endpoint gave in exchange for ours.
    refresh_token: str


_kept: dict[OAuthSettings, _Kept] = {}
_lock = threading.Lock()


def access_token(settings: OAuthSettings) -> str:
    """A token that is good for a while yet; one fetch serves all threads of this process.

    Raises:
        TemporaryFailure: the endpoint does not answer, or not now.
        PermanentFailure: it refuses, and somebody has to change the configuration.
    """
    with _lock:
        kept = _kept.get(settings)
        if kept is None or time.monotonic() >= kept.ends:
            refresh_token = kept.refresh_token if kept else settings.refresh_token
            kept = _kept[settings] = _fetch(settings, refresh_token)
        return kept.token


def forget_token(settings: OAuthSettings, token: str) -> bool:
    """Use this token no more. False: another thread has fetched a newer one already."""
    with _lock:
        kept = _kept.get(settings)
        if kept is None or kept.token != token:
            return False
        kept.ends = 0.0
        return True


def _fetch(settings: OAuthSettings, refresh_token: str) -> _Kept:
    import requests  # for who asks: most offices send without OAuth

    asked = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
    }
    if settings.scope:
        asked["scope"] = settings.scope
    try:
        with requests.post(
            settings.token_url, data=asked, timeout=_TIMEOUT, allow_redirects=False, stream=True
        ) as response:
            status = response.status_code
            said = _read(response)
    except requests.RequestException as error:
        logger.info("the token endpoint failed: %s", type(error).__name__)
        raise TemporaryFailure(
            "No se pudo pedir el permiso de OAuth para enviar correo: el servidor de "
            "SMTP_OAUTH_TOKEN_URL no respondió."
        ) from None
    token = said.get("access_token")
    if status == 200 and isinstance(token, str) and token:
        newer = said.get("refresh_token")
        return _Kept(
            token,
            time.monotonic() + max(0.0, _life(said.get("expires_in")) - _EARLY),
            newer if isinstance(newer, str) and newer else refresh_token,
        )
    raise _refused(status, said)


def _life(seconds: Any) -> float:
    """Seconds that a token is good for; some endpoints write the number as text."""
    try:
        life = float(seconds)
    except (TypeError, ValueError):
        return float(_UNTOLD)
    return min(life, 86_400.0) if not math.isnan(life) else float(_UNTOLD)


def _read(response: requests.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty if it is none or too big."""
    data = b""
    for piece in response.iter_content(8192):
        data += piece
        if len(data) > _MOST:
            return {}
    try:
        said = json.loads(data)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _refused(status: int, said: dict[str, Any]) -> TemporaryFailure | PermanentFailure:
    error = one_line(str(said.get("error", "")))[:60]
    if status in {408, 425, 429} or status >= 500 or error == "temporarily_unavailable":
        return TemporaryFailure(
            f"El servidor de OAuth no dio el permiso para enviar correo por ahora ({status})."
        )
    reason = _REASONS.get(
        error, "respondió otra cosa. Pida al administrador que revise SMTP_OAUTH_TOKEN_URL"
    )
    told = f"{status} {error}".strip()
    return PermanentFailure(
        f"El servidor de OAuth no dio el permiso para enviar correo: {reason} ({told})."
    )
