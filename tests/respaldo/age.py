"""What ``age -p`` writes, with less work for each guess than a library lets one choose.

By the specification (https://age-encryption.org/v1): whoever opens it reads the work in it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64encode

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: 2 to this power; age itself takes as much as a second of this machine, about 18.
LIGHT = 10


def encrypt_lightly(plain: bytes, passphrase: str) -> bytes:
    """Lock less than 64 KiB with a passphrase."""
    file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    label = b"age-encryption.org/v1/scrypt"
    wrap = hashlib.scrypt(passphrase.encode(), salt=label + salt, n=2**LIGHT, r=8, p=1, dklen=32)
    header = (
        f"age-encryption.org/v1\n-> scrypt {_text(salt)} {LIGHT}\n"
        f"{_text(ChaCha20Poly1305(wrap).encrypt(bytes(12), file_key, None))}\n---"
    ).encode()
    mac = hmac.digest(_derive(file_key, b"", b"header"), header, "sha256")
    only_piece = bytes(11) + b"\x01"
    payload = ChaCha20Poly1305(_derive(file_key, nonce, b"payload"))
    sealed = payload.encrypt(only_piece, plain, None)
    return header + f" {_text(mac)}\n".encode() + nonce + sealed


def _derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key)


def _text(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")
