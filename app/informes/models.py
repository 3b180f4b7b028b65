"""Issued expedientes. What was handed out is never changed: a later one is another row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import utcnow
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.informes.rules import EstadoExpediente, Variante
from app.jobs.models import Trabajo
from app.jobs.rules import OPEN_STATES
from app.oficios.models import Oficio
from app.usuarios.models import Usuario


class Expediente(Model):
    """A PDF of a case as it stood when it was issued, found by its code or by its hash."""

    __tablename__ = "expedientes"
    __sealed__ = (
        Sealed(
            tipo="expediente",
            label="el expediente",
            fields=(
                "variante",
                "codigo",
                "solicitado_por_id",
                "sha256",
                "tamano_bytes",
                "emitido_at",
                "solo_aprobado",
                "originales",
                "created_at",
            ),
        ),
    )
    __personal__ = Personal(
        "Expedientes",
        {
            "sha256": Dato.HUELLA,
            "pdf_key": Dato.ARCHIVO,
            "originales": Dato.ESTRUCTURA,
        },
        otros=("codigo", "almacen", "tamano_bytes", "emitido_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"), index=True)
    variante: Mapped[Variante]
    #: Printed on every page; says nothing by itself.
    codigo: Mapped[str] = mapped_column(ShortText(14), unique=True)
    trabajo_id: Mapped[str] = mapped_column(sa.ForeignKey("trabajos.id"), index=True)
    #: None when a buffet asked for it through its link.
    solicitado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: Of the PDF; all of these are None until it is issued.
    sha256: Mapped[str | None] = mapped_column(ShortText(64), unique=True)
    pdf_key: Mapped[str | None] = mapped_column(ShortText(200))
    #: Which storage has the PDF: ``local`` or ``s3``.
    almacen: Mapped[str | None] = mapped_column(ShortText(10))
    tamano_bytes: Mapped[int | None]
    emitido_at: Mapped[datetime | None]
    #: It holds no more than a buffet may read. Those for a buffet that were issued before there was
    #: that rule do not, and are the office's alone.
    solo_aprobado: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    #: The originals that belong to it: ``adjunto_id``, ``nombre`` in the ZIP,
    #: ``sha256``, ``key``.
    originales: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    oficio: Mapped[Oficio] = relationship()
    trabajo: Mapped[Trabajo] = relationship()
    solicitado_por: Mapped[Usuario | None] = relationship()

    @property
    def estado(self) -> EstadoExpediente:
        """Issued once it has a hash; before, its job says whether somebody is at it."""
        if self.sha256 is not None:
            return EstadoExpediente.EMITIDO
        if self.trabajo.estado in OPEN_STATES:
            return EstadoExpediente.PREPARANDO
        return EstadoExpediente.FALLIDO

    @property
    def filename(self) -> str:
        """What the PDF is called when it is downloaded; no personal data."""
        return f"expediente-{self.codigo}.pdf"
