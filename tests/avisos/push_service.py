"""What a browser and its push service do with a message, written for the tests by RFC 8291."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from app.avisos.rules import DeviceKeys
from app.avisos.service import add_device
from app.core.clock import utcnow
from app.core.push_message import write_bytes
from app.db import db, transaction
from app.usuarios.models import Usuario
from tests.factories import make_session


@dataclass
class Browser:
    """A browser that agreed to be told, with the keys that never leave it."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str) -> dict[str, str]:
        """What its page sends to the server."""
        return {
            "endpoint": endpoint,
            "p256dh": write_bytes(self.point),
            "auth": write_bytes(self.secret),
        }

    def read(self, body: bytes) -> bytes:
        """The text of a message; raises ``InvalidTag`` for one that is somebody else's."""
        salt, size, theirs = body[:16], body[20], body[21:86]
        assert size == 65
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), point)

        def derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
            return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

        info = b"WebPush: info\0" + self.point + theirs
        secret = derive(self.secret, shared, info, 32)
        cipher = derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derive(salt, secret, b"Content-Encoding: nonce\0", 12)
        text = AESGCM(cipher).decrypt(nonce, body[86:], None)
        assert text.endswith(b"\x02")
        return text[:-1]


def make_device(app: Flask, usuario: Usuario) -> int:
    """The id of a device on which somebody is told."""
    sesion_id, _token = make_session(app, usuario)
    said = Browser().subscription("https://push.example.com/enviar/abc")
    with app.app_context(), transaction():
        row = db.session.get_one(Usuario, usuario.id)
        keys = DeviceKeys(said["endpoint"], said["p256dh"], said["auth"])
        return add_device(row, sesion_id, keys, equipo="Chrome en Android", now=utcnow()).id
