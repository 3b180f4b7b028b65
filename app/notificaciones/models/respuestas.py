"""What a receptor answered through the link in his notice."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.adjuntos.models import Adjunto
from app.core.clock import SANTIAGO, utcnow
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.notificaciones.rules import TipoRespuesta
from app.notificaciones.rules.diligencias import (
    FULFILLING,
    Acto,
    Diligencia,
    MotivoFrustrada,
)
from app.usuarios.models import Usuario

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
        # Who waits for a removal is asked of all open cases.
        sa.Index("ix_notificacion_respuestas_diligencia", "diligencia", "notificacion_id"),
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
                "diligencia",
                "fecha_diligencia",
                "motivo",
                "anotada_por_id",
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
            "diligencia": Dato.HECHO,
            "fecha_diligencia": Dato.MOMENTO,
            "motivo": Dato.HECHO,
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
    #: What he did, on which day, and why it came to nothing; none in an answer of before 0077.
    diligencia: Mapped[Diligencia | None]
    fecha_diligencia: Mapped[date | None]
    motivo: Mapped[MotivoFrustrada | None]
    #: Who of the office wrote down what he said by another way; none where he answered himself.
    anotada_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: What the form carried, so that a form sent twice is one answer.
    clave: Mapped[str] = mapped_column(ShortText(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    adjuntos: Mapped[list[Adjunto]] = relationship(
        secondary=respuesta_adjuntos, order_by=Adjunto.id
    )

    anotada_por: Mapped[Usuario | None] = relationship()

    @property
    def acto(self) -> Acto | None:
        """What he did, if he said so."""
        if self.diligencia is None or self.fecha_diligencia is None:
            return None
        return Acto(self.diligencia, self.fecha_diligencia, self.motivo)

    @property
    def titulo(self) -> str:
        """What he answered, with the act in the words of his profession."""
        return f"{self.tipo.label}: {self.acto.texto}" if self.acto else self.tipo.label

    @property
    def zona(self) -> ZoneInfo:
        """On whose clock he told his hour."""
        return ZoneInfo(self.zona_llegada) if self.zona_llegada else SANTIAGO


def says_carried_out() -> sa.ColumnElement[bool]:
    """Whether an answer says that the order is carried out; one without a word of what was done
    is taken for that.
    """
    return sa.and_(
        Respuesta.tipo == TipoRespuesta.DILIGENCIADO,
        sa.or_(Respuesta.diligencia.is_(None), Respuesta.diligencia.in_(FULFILLING)),
    )
