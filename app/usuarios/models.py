"""The people who sign in, and where they are signed in."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.usuarios.rules import Rol
from app.usuarios.rules.sesiones import FinSesion, TipoSesion


class Usuario(Model):
    """A person with an account."""

    __tablename__ = "usuarios"
    __table_args__ = (
        sa.CheckConstraint(
            "(rol = 'cliente' AND buffet_id IS NOT NULL)"
            " OR (rol <> 'cliente' AND buffet_id IS NULL)",
            name="buffet_only_for_cliente",
        ),
    )
    # Who may do what. Neither what they prove it with nor each time that they come.
    __sealed__ = (
        Sealed(
            tipo="usuario",
            label="la cuenta",
            fields=("email", "nombre", "rol", "buffet_id", "telefono", "activo", "created_at"),
            chain=None,
        ),
    )

    __personal__ = Personal(
        "Cuentas",
        {
            "email": Dato.CORREO,
            "nombre": Dato.NOMBRE,
            "password_hash": Dato.HUELLA,
            "telefono": Dato.TELEFONO,
            "avatar_url": Dato.TEXTO,
            "ultimo_acceso_at": Dato.MOMENTO,
        },
        otros=("session_version", "created_at"),
        titular=Titular.OFICINA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Lower case; what people sign in with.
    email: Mapped[str] = mapped_column(ShortText(254), unique=True)
    nombre: Mapped[str] = mapped_column(ShortText(160))
    password_hash: Mapped[str] = mapped_column(ShortText(255))
    rol: Mapped[Rol]
    buffet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("buffets.id"), index=True)
    telefono: Mapped[str | None] = mapped_column(ShortText(20))
    avatar_url: Mapped[str | None] = mapped_column(ShortText(255))
    activo: Mapped[bool] = mapped_column(default=True)
    #: Tokens of the API, invitations and links for a new password carry it; raising it ends them.
    session_version: Mapped[int] = mapped_column(default=1)
    ultimo_acceso_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    buffet: Mapped[Buffet | None] = relationship()

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """A deactivated account has no session, old or new."""
        return self.activo

    def get_id(self) -> str:
        """What tokens and links carry: the account and the version of what opens it."""
        return f"{self.id}.{self.session_version}"

    @property
    def is_staff(self) -> bool:
        """Whether the person belongs to the firm, not to a buffet."""
        return self.rol.is_staff

    @property
    def is_admin(self) -> bool:
        """Whether the person manages people, buffets and jobs."""
        return self.rol is Rol.ADMIN


class Sesion(Model):
    """That somebody is signed in, in one browser."""

    __tablename__ = "sesiones"
    __table_args__ = (
        sa.CheckConstraint("(terminada_at IS NULL) = (motivo IS NULL)", name="ended_for_a_reason"),
        sa.CheckConstraint(
            "(tipo = 'telefono') = (clave_publica IS NOT NULL)", name="phone_has_a_key"
        ),
        sa.Index("ix_sesiones_open", "usuario_id", "terminada_at"),
    )

    __personal__ = Personal(
        "Sesiones",
        {"lugar": Dato.HECHO, "equipo": Dato.HECHO, "vista_at": Dato.MOMENTO},
        otros=(
            "huella",
            "tipo",
            "clave_publica",
            "confirmada_at",
            "terminada_at",
            "motivo",
            "created_at",
        ),
        titular=Titular.OFICINA,
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: SHA-256 of the number that the browser holds.
    huella: Mapped[str] = mapped_column(ShortText(64), unique=True)
    tipo: Mapped[TipoSesion] = mapped_column(default=TipoSesion.ESCRITORIO)
    #: Of a phone: the P-256 key (SPKI, base64) whose private half never leaves it.
    clave_publica: Mapped[str | None] = mapped_column(ShortText(200))
    #: The network where it was last seen, never the whole address.
    lugar: Mapped[str] = mapped_column(ShortText(60))
    equipo: Mapped[str] = mapped_column(ShortText(80))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    #: When it was last used by a person, to some minutes.
    vista_at: Mapped[datetime] = mapped_column(default=utcnow)
    #: When its person last proved who they are, with a password or more.
    confirmada_at: Mapped[datetime] = mapped_column(default=utcnow)
    terminada_at: Mapped[datetime | None]
    motivo: Mapped[FinSesion | None]

    usuario: Mapped[Usuario] = relationship()

    #: Not stored: whether the office lets this browser keep pages, as read with the row.
    guarda_paginas = False
    #: Not stored either: whether it lets this device keep cases for when there is no signal.
    guarda_datos = True
