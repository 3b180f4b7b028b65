"""The log of look-ups."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.consultas.rules import ResultadoConsulta
from app.core.clock import utcnow
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.usuarios.models import Usuario


class Consulta(Model):
    """One look-up of a plate: who asked, for which order, why, and what came of it.

    Written with the job that asks the provider and completed when that job ends. Each person that
    asks while the job is open has a row of their own.
    """

    __tablename__ = "consultas"
    __table_args__ = (
        sa.Index("ix_consultas_newest", "pedida_at", "id"),
        # How many were answered in a month.
        sa.Index("ix_consultas_answered", "respondida_at"),
    )

    __sealed__ = (
        Sealed(
            tipo="consulta",
            label="la consulta",
            fields=(
                "patente",
                "usuario_id",
                "motivo",
                "resultado",
                "detalle",
                "proveedor",
                "http_status",
                "sha256",
                "recibidos",
                "nuevos",
                "investigacion_id",
                "pedida_at",
                "respondida_at",
            ),
        ),
    )
    __personal__ = Personal(
        "Consultas a proveedores",
        {
            "patente": Dato.PATENTE,
            "motivo": Dato.TEXTO,
            "detalle": Dato.TEXTO,
            "sha256": Dato.HUELLA,
        },
        otros=("pedida_at", "proveedor", "http_status", "recibidos", "nuevos", "respondida_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"), index=True)
    #: As it was asked for; the vehicle's may be corrected later.
    patente: Mapped[str] = mapped_column(ShortText(12))
    trabajo_id: Mapped[str | None] = mapped_column(sa.ForeignKey("trabajos.id"), index=True)
    #: Nobody for the automatic check.
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"), index=True)
    motivo: Mapped[str] = mapped_column(ShortText(200))
    resultado: Mapped[ResultadoConsulta] = mapped_column(default=ResultadoConsulta.PENDIENTE)
    #: The outcome in words.
    detalle: Mapped[str | None] = mapped_column(sa.Text)
    proveedor: Mapped[str | None] = mapped_column(ShortText(40))
    http_status: Mapped[int | None]
    #: Of the answer, which the entry of the bitácora keeps.
    sha256: Mapped[str | None] = mapped_column(ShortText(64))
    recibidos: Mapped[int | None]
    nuevos: Mapped[int | None]
    investigacion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("investigaciones.id"))
    pedida_at: Mapped[datetime] = mapped_column(default=utcnow)
    respondida_at: Mapped[datetime | None]

    usuario: Mapped[Usuario | None] = relationship()
