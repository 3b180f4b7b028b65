"""An item of the tray, and the cases that came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.bandeja.rules import EstadoIngreso, TipoIngreso, ViaIngreso
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.planillas.models import Importacion
from app.usuarios.models import Usuario


class Ingreso(Model):
    """A file that came in: as it came, from whom, and what was decided on it.

    What is inside a package (a ZIP, a mail) is an item of its own, under its package.
    """

    __tablename__ = "ingresos"
    __table_args__ = (
        sa.Index("ix_ingresos_tray", "estado", "id"),
        sa.Index("ix_ingresos_sent", "buffet_id", "id"),
        # For the counts of what came in, which read no column of the row itself.
        sa.Index("ix_ingresos_arrival", "created_at", "padre_id", "buffet_id", "estado"),
    )
    # The bytes are held by their SHA-256; how far the reading is, is no evidence.
    __sealed__ = (
        Sealed(
            tipo="ingreso",
            label="lo que llegó",
            fields=(
                "padre_id",
                "buffet_id",
                "via",
                "usuario_id",
                "enlace_id",
                "remitente",
                "mensaje_id",
                "nombre",
                "tamano_bytes",
                "sha256",
                "estado",
                "motivo",
                "decidido_por_id",
                "decidido_at",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Bandeja de ingreso",
        {
            "remitente": Dato.CORREO,
            "mensaje_id": Dato.TEXTO,
            "nombre": Dato.TEXTO,
            "sha256": Dato.HUELLA,
            "archivo_key": Dato.ARCHIVO,
            "motivo": Dato.TEXTO,
            "problema": Dato.TEXTO,
            "resumen": Dato.ESTRUCTURA,
            "lectura": Dato.ESTRUCTURA,
            "texto": Dato.TEXTO,
        },
        otros=(
            "tamano_bytes",
            "almacen",
            "formato",
            "version",
            "created_at",
            "leido_at",
            "decidido_at",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The package that it came in.
    padre_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ingresos.id"), index=True)
    #: None until somebody says whose it is.
    buffet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("buffets.id"))
    via: Mapped[ViaIngreso]
    #: Who brought it: an account, or a buffet's link, or the sender of a mail.
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    enlace_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enlaces.id"))
    remitente: Mapped[str | None] = mapped_column(ShortText(254))
    #: Of the mail itself; a message that comes twice is taken once.
    mensaje_id: Mapped[str | None] = mapped_column(ShortText(300), unique=True)
    #: As its sender called it, made safe; shown, never used as a path.
    nombre: Mapped[str] = mapped_column(ShortText(200))
    tamano_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(ShortText(64), index=True)
    #: Key in the storage ``almacen``.
    archivo_key: Mapped[str] = mapped_column(ShortText(200))
    almacen: Mapped[str] = mapped_column(ShortText(10))
    #: What it is by its content; None until it was read.
    tipo: Mapped[TipoIngreso | None]
    formato: Mapped[str | None] = mapped_column(ShortText(40))
    estado: Mapped[EstadoIngreso] = mapped_column(default=EstadoIngreso.LEYENDO)
    #: Why it was sent back or declined; the buffet reads it.
    motivo: Mapped[str | None] = mapped_column(ShortText(500))
    #: What could not be read of it, in a sentence.
    problema: Mapped[str | None] = mapped_column(ShortText(500))
    #: What the reading counted (``rules.resumen``); of a mail also its subject and claimed buffet.
    resumen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Of a paper: what each field says, with its place, and its text as it is searched. Loaded on
    #: demand: the tray lists many items.
    lectura: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON, deferred=True)
    texto: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    importacion_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("importaciones.id", ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    leido_at: Mapped[datetime | None]
    decidido_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    decidido_at: Mapped[datetime | None]

    buffet: Mapped[Buffet | None] = relationship()
    usuario: Mapped[Usuario | None] = relationship(foreign_keys=[usuario_id])
    decidido_por: Mapped[Usuario | None] = relationship(foreign_keys=[decidido_por_id])
    importacion: Mapped[Importacion | None] = relationship()
    partes: Mapped[list[Ingreso]] = relationship(order_by="Ingreso.id")

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012


class Origen(Model):
    """That a case was made of an item: the item's file is evidence of it."""

    __tablename__ = "origenes"
    __table_args__ = (sa.UniqueConstraint("oficio_id", "ingreso_id", name="uq_origenes_once"),)
    __sealed__ = (
        Sealed(tipo="origen", label="el archivo de que salió el caso", fields=("ingreso_id",)),
    )
    __personal__ = Personal("De qué archivo salió cada caso")

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    ingreso_id: Mapped[int] = mapped_column(sa.ForeignKey("ingresos.id"), index=True)
