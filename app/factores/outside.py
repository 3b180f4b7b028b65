"""What passkeys ask of the running application: its address, its counters, and py_webauthn."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.core.errors import InvalidValue
from app.extensions import current_config, limiter
from app.factores.rules import STEP_LIFE
from app.factores.rules.llaves import NewKey, user_handle

_MUST = UserVerificationRequirement.REQUIRED
_NOT_READ = "El navegador envió algo que no es una llave de acceso: inténtelo otra vez."


def ask_for_new_key(usuario_id: int, email: str, nombre: str, office: str, known: list[str]) -> Any:
    """What the browser is asked to make a passkey of an account with (JSON)."""
    options = generate_registration_options(
        rp_id=_rp_id(),
        rp_name=office,
        user_id=user_handle(usuario_id, str(current_app.secret_key)),
        user_name=email,
        user_display_name=nombre,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_MUST
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
        ],
    )
    return json.loads(options_to_json(options))


def ask_for_key() -> Any:
    """What the browser is asked to show a passkey with (JSON): whichever it has for this place."""
    options = generate_authentication_options(rp_id=_rp_id(), user_verification=_MUST)
    return json.loads(options_to_json(options))


def read_new_key(answer: str, challenge: str) -> NewKey:
    """The passkey that a browser has made.

    Raises:
        InvalidValue: it is none, or not for this place and this question.
    """
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, RecursionError):
        raise InvalidValue(_NOT_READ) from None
    return NewKey(
        bytes_to_base64url(made.credential_id),
        bytes_to_base64url(made.credential_public_key),
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
    try:
        shown = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_rp_id(),
            expected_origin=_origin(),
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, RecursionError):
        return None
    return shown.new_sign_count


def is_first_use(challenge: str) -> bool:
    """Whether nobody, in any process, answered this question before."""
    seconds = int(STEP_LIFE.total_seconds())
    return limiter.storage.incr(f"passkeys/{challenge}", seconds) == 1


def _rp_id() -> str:
    return urlsplit(current_config().base_url).hostname or "localhost"


def _origin() -> str:
    parts = urlsplit(current_config().base_url)
    return f"{parts.scheme}://{parts.netloc}"
