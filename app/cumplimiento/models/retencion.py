"""For how long closed cases stay, what a job proposes of them, and what was confirmed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.buffets.models import Buffet
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.cumplimiento.rules.retencion import AccionRetencion, EstadoPropuesta
from app.db import Model, ShortText
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.supresion.models import Supresion
from app.usuarios.models import Usuario


class ReglaRetencion(Model):
    """What becomes of closed cases of a law firm, or of all firms without a rule of their own."""

    __tablename__ = "retencion_reglas"
    __table_args__ = (
        sa.UniqueConstraint("buffet_id", "caso_estado", name="uq_retencion_reglas_buffet"),
        sa.Index(
            "uq_retencion_reglas_office",
            "caso_estado",
            unique=True,
            sqlite_where=sa.text("buffet_id IS NULL"),
            postgresql_where=sa.text("buffet_id IS NULL"),
        ),
    )
    __sealed__ = (
        Sealed(
            tipo="retencion_regla",
            label="la regla de retención",
            fields=(
                "buffet_id",
                "caso_estado",
                "meses",
                "accion",
                "fundamento",
                "cambiada_at",
                "cambiada_por_id",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Reglas de retención",
        {"fundamento": Dato.TEXTO},
        otros=("meses", "cambiada_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Dice plazos, no de quién son los datos.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    buffet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("buffets.id"))
    #: In which the case was closed.
    caso_estado: Mapped[Estado]
    #: From the day on which it was closed.
    meses: Mapped[int]
    accion: Mapped[AccionRetencion]
    #: Why so long, or why it stays: the office's own words.
    fundamento: Mapped[str] = mapped_column(ShortText(300))
    cambiada_at: Mapped[datetime]
    cambiada_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))

    buffet: Mapped[Buffet | None] = relationship()


class LoteRetencion(Model):
    """Cases that an admin confirmed together, and the certificate, which names nobody."""

    __tablename__ = "retencion_lotes"
    __sealed__ = (
        Sealed(
            tipo="retencion_lote",
            label="el lote de retención",
            fields=(
                "numero",
                "casos",
                "reglas",
                "supresion_id",
                "confirmado_at",
                "confirmado_por_id",
                "pdf_sha256",
                "certificado_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Lotes de retención",
        otros=(
            "numero",
            "casos",
            "reglas",
            "confirmado_at",
            "certificado_at",
            "pdf",
            "pdf_sha256",
        ),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Prueba que se borró al cumplirse un plazo, con números y sin datos de personas.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: «R-2026-0001»: how its certificate is named.
    numero: Mapped[str] = mapped_column(ShortText(20), unique=True)
    #: How many, and by which rules: state, deed, months and reason of each, with its count.
    casos: Mapped[int]
    reglas: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    supresion_id: Mapped[int] = mapped_column(sa.ForeignKey("supresiones.id"))
    confirmado_at: Mapped[datetime]
    confirmado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    pdf: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    pdf_sha256: Mapped[str | None] = mapped_column(ShortText(64))
    certificado_at: Mapped[datetime | None]

    supresion: Mapped[Supresion] = relationship()
    confirmado_por: Mapped[Usuario | None] = relationship()


class PropuestaRetencion(Model):
    """A closed case whose time is over, and what was decided on it: one row for each case."""

    __tablename__ = "retencion_propuestas"
    __table_args__ = (sa.Index("ix_retencion_propuestas_state", "estado", "vencio"),)
    __sealed__ = (
        Sealed(
            tipo="retencion_propuesta",
            label="la propuesta de retención",
            fields=(
                "estado",
                "caso_estado",
                "accion",
                "meses",
                "fundamento",
                "vencio",
                "propuesta_at",
                "hasta",
                "motivo",
                "decidida_at",
                "decidida_por_id",
                "lote_id",
            ),
        ),
    )
    __personal__ = Personal(
        "Propuestas de retención",
        {"motivo": Dato.TEXTO},
        otros=("meses", "fundamento", "vencio", "propuesta_at", "hasta", "decidida_at"),
        borrado=Borrado.VACIAR,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"), unique=True)
    estado: Mapped[EstadoPropuesta] = mapped_column(default=EstadoPropuesta.PROPUESTA)
    #: As the rule had it when it was proposed.
    caso_estado: Mapped[Estado]
    accion: Mapped[AccionRetencion]
    meses: Mapped[int]
    fundamento: Mapped[str] = mapped_column(ShortText(300))
    #: The day on which its time was over.
    vencio: Mapped[date]
    propuesta_at: Mapped[datetime]
    #: Until when it is postponed, and why it is, or why it is held.
    hasta: Mapped[date | None]
    motivo: Mapped[str | None] = mapped_column(ShortText(300))
    decidida_at: Mapped[datetime | None]
    decidida_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    lote_id: Mapped[int | None] = mapped_column(sa.ForeignKey("retencion_lotes.id"), index=True)

    oficio: Mapped[Oficio] = relationship()
    decidida_por: Mapped[Usuario | None] = relationship()
