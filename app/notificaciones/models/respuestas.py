"""What a receptor answered through the link in his notice."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.adjuntos.models import Adjunto
from app.core.clock import SANTIAGO, utcnow
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.notificaciones.rules import TipoRespuesta

#: Which photos came with an answer: their provenance.
respuesta_adjuntos = sa.Table(
    "notificacion_respuesta_adjuntos",
    Model.metadata,
    sa.Column("respuesta_id", sa.ForeignKey("notificacion_respuestas.id"), primary_key=True),
    sa.Column("adjunto_id", sa.ForeignKey("adjuntos.id"), primary_key=True),
)


class Respuesta(Model):
    """One answer to a notice. Answers are added; a later one does not erase an earlier one."""

    __tablename__ = "notificacion_respuestas"
    # All that the figures of how receptores answer ask of it.
    __table_args__ = (
        sa.Index("ix_notificacion_respuestas_answered", "notificacion_id", "created_at", "tipo"),
    )
    __sealed__ = (
        Sealed(
            tipo="respuesta",
            label="la respuesta",
            fields=(
                "notificacion_id",
                "tipo",
                "hora_llegada",
                "zona_llegada",
                "comentario",
                "created_at",
            ),
            lists=("adjuntos",),
            through="notificacion_id",
        ),
    )
    __personal__ = Personal(
        "Respuestas de receptores",
        {
            "hora_llegada": Dato.MOMENTO,
            "comentario": Dato.TEXTO,
        },
        otros=("zona_llegada", "clave", "created_at"),
        via="notificacion_id",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notificacion_id: Mapped[int] = mapped_column(sa.ForeignKey("notificaciones.id"))
    tipo: Mapped[TipoRespuesta]
    #: When he means to be there, for «voy en camino».
    hora_llegada: Mapped[datetime | None]
    #: The zone on whose clock the hour was written; none where it is Santiago's.
    zona_llegada: Mapped[str | None] = mapped_column(ShortText(40))
    comentario: Mapped[str | None] = mapped_column(sa.Text)
    #: What the form carried, so that a form sent twice is one answer.
    clave: Mapped[str] = mapped_column(ShortText(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    adjuntos: Mapped[list[Adjunto]] = relationship(
        secondary=respuesta_adjuntos, order_by=Adjunto.id
    )

    @property
    def zona(self) -> ZoneInfo:
        """On whose clock he told his hour."""
        return ZoneInfo(self.zona_llegada) if self.zona_llegada else SANTIAGO
