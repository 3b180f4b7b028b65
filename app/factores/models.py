"""What proves who somebody is, beside their password."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.db import Model, ShortText
from app.usuarios.models import Usuario


class Autenticador(Model):
    """An application on somebody's phone that shows a code of six digits (TOTP, RFC 6238)."""

    __tablename__ = "autenticadores"
    __personal__ = Personal(
        "Aplicaciones de códigos",
        {"secreto": Dato.HUELLA},
        otros=("ultimo_paso", "confirmado_at", "created_at"),
        titular=Titular.OFICINA,
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"), unique=True)
    #: Encrypted: ``rules.totp.seal_secret``.
    secreto: Mapped[str] = mapped_column(ShortText(200))
    #: The newest step of 30 seconds whose code was used: neither it nor an older one works again.
    ultimo_paso: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    #: When a first code showed that the phone has the secret; None: it proves nothing yet.
    confirmado_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class LlaveAcceso(Model):
    """A passkey: a key pair whose private half stays in a telephone, computer or USB key."""

    __tablename__ = "llaves_acceso"
    __personal__ = Personal(
        "Llaves de acceso",
        {
            "nombre": Dato.TEXTO,
            "credencial": Dato.HUELLA,
            "clave_publica": Dato.HUELLA,
            "usada_at": Dato.MOMENTO,
        },
        otros=("contador", "created_at"),
        titular=Titular.OFICINA,
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"), index=True)
    nombre: Mapped[str] = mapped_column(ShortText(60))
    #: Its number and its public key (COSE), both in base64url.
    credencial: Mapped[str] = mapped_column(ShortText(1400), unique=True)
    clave_publica: Mapped[str] = mapped_column(sa.Text)
    #: How often it signed, as it says itself; 0 where it does not count.
    contador: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    usada_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    usuario: Mapped[Usuario] = relationship()


class CodigoRespaldo(Model):
    """A code on paper that works once, for who has lost their phone."""

    __tablename__ = "codigos_respaldo"
    __personal__ = Personal(
        "Códigos de respaldo",
        {"huella": Dato.HUELLA, "usado_at": Dato.MOMENTO},
        otros=("created_at",),
        titular=Titular.OFICINA,
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"), index=True)
    #: SHA-256: such a code has 125 random bits and needs no slow hash.
    huella: Mapped[str] = mapped_column(ShortText(64), unique=True)
    usado_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
