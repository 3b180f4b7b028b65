"""The people who sign in."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.personal_data import Dato, Personal, Titular
from app.db import Model, ShortText
from app.usuarios.rules import Rol


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
    #: Whether what the bell says also comes by mail.
    avisos_por_correo: Mapped[bool] = mapped_column(default=False)
    activo: Mapped[bool] = mapped_column(default=True)
    #: Every session carries it; raising it ends all of them at once.
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
        """What the session cookie carries: the account and the version of its sessions."""
        return f"{self.id}.{self.session_version}"

    @property
    def is_staff(self) -> bool:
        """Whether the person belongs to the firm, not to a buffet."""
        return self.rol.is_staff

    @property
    def is_admin(self) -> bool:
        """Whether the person manages people, buffets and jobs."""
        return self.rol is Rol.ADMIN
