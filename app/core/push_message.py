"""A message for a browser's push service: encrypted so that the service cannot read it (RFC 8291,
RFC 8188), and signed as this installation's (VAPID, RFC 8292).
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.core.errors import InvalidValue

#: How long a signature is good for; services refuse more than a day.
_SIGNED_FOR = timedelta(hours=12)
#: The size of a record. A message is one record, and services take at most 4,096 bytes.
_RECORD = 4096
#: Bytes of the longest text that fits beside header, padding and tag.
LONGEST = 3900
_POINT = 65
_UNREADABLE = InvalidValue("El navegador no entregó una clave válida para los avisos.")


def read_bytes(text: str) -> bytes:
    """The bytes of base64url, with or without padding.

    Raises:
        InvalidValue: it is no such text.
    """
    try:
        raw = text.encode("ascii")
        return base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise _UNREADABLE from None


def write_bytes(data: bytes) -> str:
    """Base64url without padding, as browsers write it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def new_key() -> str:
    """A new private key of an installation, as its variable holds it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return write_bytes(number.to_bytes(32, "big"))


def read_key(text: str) -> ec.EllipticCurvePrivateKey:
    """The private key that such a text is.

    Raises:
        InvalidValue: it is none.
    """
    try:
        return ec.derive_private_key(int.from_bytes(read_bytes(text), "big"), ec.SECP256R1())
    except ValueError:
        raise _UNREADABLE from None


def public_half(private: str) -> str:
    """What browsers are told of an installation's key (``applicationServerKey``)."""
    return write_bytes(_point(read_key(private).public_key()))


def check_device_keys(p256dh: str, auth: str) -> None:
    """See that a browser's two values are a point of the curve and 16 bytes.

    Raises:
        InvalidValue: they are not.
    """
    _read_point(read_bytes(p256dh))
    if len(read_bytes(auth)) != 16:
        raise _UNREADABLE


def encrypt(
    text: bytes,
    p256dh: str,
    auth: str,
    *,
    salt: bytes | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of a request to a push service: readable by the browser with these values alone.

    ``salt`` and ``key`` are new for each message; only a test gives them.

    Raises:
        InvalidValue: the values are not those of a browser, or the text is too long.
    """
    if len(text) > LONGEST:
        raise InvalidValue("El aviso es demasiado largo para un navegador.")
    salt = salt or secrets.token_bytes(16)
    key = key or ec.generate_private_key(ec.SECP256R1())
    theirs = read_bytes(p256dh)
    ours = _point(key.public_key())
    shared = key.exchange(ec.ECDH(), _read_point(theirs))
    secret = _derive(read_bytes(auth), shared, b"WebPush: info\0" + theirs + ours, 32)
    cipher, nonce = _content_keys(salt, secret)
    header = salt + _RECORD.to_bytes(4, "big") + bytes([_POINT]) + ours
    # The 2 says that this record is the last one.
    return header + AESGCM(cipher).encrypt(nonce, text + b"\x02", None)


def sign_for(endpoint: str, private: str, subject: str, now: datetime) -> str:
    """The header ``Authorization`` of a request: whose message it is, for that service alone."""
    parts = urlsplit(endpoint)
    said = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + _SIGNED_FOR).timestamp()),
        "sub": subject,
    }
    token = jwt.encode(said, read_key(private), algorithm="ES256")
    return f"vapid t={token}, k={public_half(private)}"


def _content_keys(salt: bytes, secret: bytes) -> tuple[bytes, bytes]:
    return (
        _derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16),
        _derive(salt, secret, b"Content-Encoding: nonce\0", 12),
    )


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _read_point(data: bytes) -> ec.EllipticCurvePublicKey:
    try:
        if len(data) == _POINT:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except ValueError:
        pass
    raise _UNREADABLE
