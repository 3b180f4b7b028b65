"""The key of an installed phone: what it signs, and whether a signature is its.

The browser makes the pair (WebCrypto, ECDSA over P-256) so that no script can read its private
half, not even ours: a copy of what the phone stores signs nothing.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from app.core.errors import InvalidValue

#: What a signature is for, before the server's question: one for the one is none for the other.
INSTALL = "instalar"
GO_ON = "seguir"
#: Bytes of each of the two numbers of a signature.
_HALF = 32
#: The longest that a browser says of a key or a signature.
_LONGEST = 200


def read_device_key(text: str) -> str:
    """A public key as its row keeps it: SPKI in base64.

    Raises:
        InvalidValue: it is no key over P-256.
    """
    if _load(text) is None:
        raise InvalidValue("El teléfono no envió una llave que se pueda usar.")
    return text


def is_signed(clave_publica: str, firma: str, que: str, pregunta: str) -> bool:
    """Whether the phone with that key signed what it was asked, for that purpose."""
    key, raw = _load(clave_publica), _bytes(firma)
    if key is None or raw is None or len(raw) != 2 * _HALF:
        return False
    halves = (int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:]))
    try:
        key.verify(encode_dss_signature(*halves), f"{que} {pregunta}".encode(), ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _load(text: str) -> EllipticCurvePublicKey | None:
    raw = _bytes(text)
    try:
        key = load_der_public_key(raw) if raw else None
    except (ValueError, UnsupportedAlgorithm):
        return None
    is_ours = isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    return key if is_ours else None  # type: ignore[return-value] # the line above


def _bytes(text: str) -> bytes | None:
    if len(text) > _LONGEST:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
