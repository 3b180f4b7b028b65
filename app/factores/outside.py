"""What passkeys ask of the running application: its address, its counters, and py_webauthn."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from app.core.errors import InvalidValue
from app.extensions import current_config, limiter
from app.factores.rules import STEP_LIFE
from app.factores.rules.llaves import NewKey, user_handle

_NOT_READ = "El navegador envió algo que no es una llave de acceso: inténtelo otra vez."


def ask_for_new_key(usuario_id: int, email: str, nombre: str, office: str, known: list[str]) -> Any:
    """What the browser is asked to make a passkey of an account with (JSON)."""
    webauthn = _library()
    structs = webauthn.helpers.structs
    options = webauthn.generate_registration_options(
        rp_id=_rp_id(),
        rp_name=office,
        user_id=user_handle(usuario_id, str(current_app.secret_key)),
        user_name=email,
        user_display_name=nombre,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(one))
            for one in known
        ],
    )
    return json.loads(webauthn.options_to_json(options))


def ask_for_key() -> Any:
    """What the browser is asked to show a passkey with (JSON): whichever it has for this place."""
    webauthn = _library()
    must = webauthn.helpers.structs.UserVerificationRequirement.REQUIRED
    options = webauthn.generate_authentication_options(rp_id=_rp_id(), user_verification=must)
    return json.loads(webauthn.options_to_json(options))


def read_new_key(answer: str, challenge: str) -> NewKey:
    """The passkey that a browser has made.

    Raises:
        InvalidValue: it is none, or not for this place and this question.
    """
    webauthn = _library()
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=webauthn.base64url_to_bytes(challenge),
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (
        webauthn.helpers.exceptions.WebAuthnException,
        ValueError,
        TypeError,
        KeyError,
        RecursionError,
    ):
        raise InvalidValue(_NOT_READ) from None
    return NewKey(
        webauthn.helpers.bytes_to_base64url(made.credential_id),
        webauthn.helpers.bytes_to_base64url(made.credential_public_key),
        made.sign_count,
    )


def read_key_number(answer: str) -> str:
    """Which passkey a browser shows; "" for what is none. Nothing is verified yet."""
    try:
        number = json.loads(answer)["id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    return number if isinstance(number, str) and number.isascii() and len(number) <= 1400 else ""


def check_key(answer: str, challenge: str, public_key: str, count: int) -> int | None:
    """How often the passkey signed, once its signature is right; None when it is not.

    One that counted backwards is a copy, and is not taken.
    """
    webauthn = _library()
    try:
        shown = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=webauthn.base64url_to_bytes(challenge),
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            credential_public_key=webauthn.base64url_to_bytes(public_key),
            credential_current_sign_count=count,
            require_user_verification=True,
        )
    except (
        webauthn.helpers.exceptions.WebAuthnException,
        ValueError,
        TypeError,
        KeyError,
        RecursionError,
    ):
        return None
    return shown.new_sign_count


def is_first_use(challenge: str) -> bool:
    """Whether nobody, in any process, answered this question before."""
    seconds = int(STEP_LIFE.total_seconds())
    return limiter.storage.incr(f"passkeys/{challenge}", seconds) == 1


def _library() -> Any:
    """py_webauthn, whose import takes longer than most requests: for who has a passkey alone."""
    import webauthn

    return webauthn


def _rp_id() -> str:
    return urlsplit(current_config().base_url).hostname or "localhost"


def _origin() -> str:
    parts = urlsplit(current_config().base_url)
    return f"{parts.scheme}://{parts.netloc}"
