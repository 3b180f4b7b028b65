"""Law firms and the magic links that open their dashboards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.buffets.rules import SAMPLE_RUT, ModoHitos
from app.core.clock import utcnow
from app.core.personal_data import Dato, Personal, Titular
from app.core.rut import format_rut, parse_rut
from app.core.sealed import Sealed
from app.db import Model, ShortText


class Buffet(Model):
    """A law firm: the client that sends oficios and follows them."""

    __tablename__ = "buffets"
    __sealed__ = (
        Sealed(
            tipo="buffet",
            label="el buffet",
            fields=(
                "nombre",
                "rut",
                "email_principal",
                "telefono",
                "contacto_nombre",
                "activo",
                "modo_hitos",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Buffets",
        {
            "nombre": Dato.NOMBRE,
            "rut": Dato.RUT,
            "email_principal": Dato.CORREO,
            "telefono": Dato.TELEFONO,
            "contacto_nombre": Dato.NOMBRE,
        },
        otros=(
            "mapeo_importacion",
            "modo_hitos_desde",
            "resumen_hasta",
            "baja_version",
            "version",
            "created_at",
        ),
        titular=Titular.BUFFET,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nombre: Mapped[str] = mapped_column(ShortText(160))
    #: ``76123456-0`` with the check digit as it was given.
    rut: Mapped[str] = mapped_column(ShortText(12), unique=True)
    email_principal: Mapped[str] = mapped_column(ShortText(254))
    telefono: Mapped[str | None] = mapped_column(ShortText(20))
    contacto_nombre: Mapped[str | None] = mapped_column(ShortText(160))
    activo: Mapped[bool] = mapped_column(default=True)
    #: The column mapping of its last spreadsheet: normalised header -> field.
    mapeo_importacion: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: How it is told of milestones by mail, and since when.
    modo_hitos: Mapped[ModoHitos] = mapped_column(default=ModoHitos.NUNCA)
    modo_hitos_desde: Mapped[datetime | None]
    #: When the last weekly digest was due.
    resumen_hasta: Mapped[datetime | None]
    #: Which of its links to leave the mails still works; those of an earlier number do not.
    baja_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    enlaces: Mapped[list[Enlace]] = relationship(
        back_populates="buffet", order_by="Enlace.id.desc()"
    )

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012

    @property
    def is_sample(self) -> bool:
        """Whether its cases are examples: nobody is mailed, and nothing looked up, for them."""
        return self.rut == SAMPLE_RUT

    @property
    def rut_formateado(self) -> str:
        """``76.123.456-0``."""
        return format_rut(self.rut)

    @property
    def advertencias(self) -> list[str]:
        """What was kept although it does not add up."""
        return list(parse_rut(self.rut).advertencias)


class Enlace(Model):
    """A magic link to a buffet's dashboard: the buffet's own, or that of one person of it.

    The token in the link is ``selector.signature``; only the selector is stored, so that a copy
    of the database opens nothing without the installation's secret.
    """

    __tablename__ = "enlaces"
    # With how often it was opened and when last: each opening is a link of the chain.
    __sealed__ = (
        Sealed(
            tipo="enlace",
            label="el enlace",
            fields=(
                "buffet_id",
                "etiqueta",
                "email",
                "selector",
                "expira_at",
                "revocado_at",
                "ultimo_uso_at",
                "usos",
                "creado_por_id",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Enlaces de los buffets",
        {"etiqueta": Dato.NOMBRE, "email": Dato.CORREO},
        otros=("selector", "expira_at", "revocado_at", "ultimo_uso_at", "usos", "created_at"),
        titular=Titular.BUFFET,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"), index=True)
    #: Whose it is, as the office calls them; None: of the buffet as a whole.
    etiqueta: Mapped[str | None] = mapped_column(ShortText(120))
    #: Where that person asks for it, and is sent it.
    email: Mapped[str | None] = mapped_column(ShortText(254), index=True)
    selector: Mapped[str] = mapped_column(ShortText(64), unique=True)
    expira_at: Mapped[datetime]
    revocado_at: Mapped[datetime | None]
    ultimo_uso_at: Mapped[datetime | None]
    usos: Mapped[int] = mapped_column(default=0)
    creado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    buffet: Mapped[Buffet] = relationship(back_populates="enlaces")

    @property
    def is_personal(self) -> bool:
        """Whether it is that of one person."""
        return self.email is not None

    def is_usable(self, now: datetime) -> bool:
        """Whether it opens the dashboard at that moment."""
        return self.revocado_at is None and now < self.expira_at and self.buffet.activo
