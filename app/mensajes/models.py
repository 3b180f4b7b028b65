"""How far a message between the office and a buffet is. Its words are an entry of the bitácora."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.buffets.models import Enlace
from app.core.clock import utcnow
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.mensajes.rules import REASON_MAX, ClaseMensaje, EstadoMensaje, LadoMensaje, own_text
from app.oficios.models import Investigacion, Oficio
from app.usuarios.models import Usuario


class Mensaje(Model):
    """A message of the office to a buffet on a case, or of a buffet to the office."""

    __tablename__ = "mensajes"
    __table_args__ = (
        sa.Index("ix_mensajes_caso", "oficio_id", "id"),
        sa.Index("ix_mensajes_buffet", "buffet_id", "estado", "respondido_at", "id"),
        sa.Index("ix_mensajes_estado", "estado", "id"),
    )
    __sealed__ = (
        Sealed(
            tipo="mensaje",
            label="el mensaje",
            fields=(
                "buffet_id",
                "entrada_id",
                "lado",
                "clase",
                "estado",
                "enlace_id",
                "responde_a_id",
                "respondido_at",
                "decidido_por_id",
                "decidido_at",
                "motivo",
                "created_at",
            ),
        ),
    )
    __personal__ = Personal(
        "Mensajes con los buffets",
        {"motivo": Dato.TEXTO},
        otros=("respondido_at", "decidido_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    #: The buffet that it is with; the case may go to another one later.
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"))
    #: What it says.
    entrada_id: Mapped[int] = mapped_column(sa.ForeignKey("investigaciones.id"), unique=True)
    lado: Mapped[LadoMensaje]
    clase: Mapped[ClaseMensaje] = mapped_column(default=ClaseMensaje.INFORMA)
    estado: Mapped[EstadoMensaje] = mapped_column(default=EstadoMensaje.POR_VALIDAR)
    #: The link of the buffet through which it was written.
    enlace_id: Mapped[int | None] = mapped_column(sa.ForeignKey("enlaces.id"))
    #: The message of the other side that it answers.
    responde_a_id: Mapped[int | None] = mapped_column(sa.ForeignKey("mensajes.id"), index=True)
    #: When the other side answered it, or took note of it.
    respondido_at: Mapped[datetime | None]
    #: Who released or discarded it.
    decidido_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    decidido_at: Mapped[datetime | None]
    #: Why it was discarded.
    motivo: Mapped[str | None] = mapped_column(ShortText(REASON_MAX))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    oficio: Mapped[Oficio] = relationship()
    entrada: Mapped[Investigacion] = relationship()
    enlace: Mapped[Enlace | None] = relationship()
    decidido_por: Mapped[Usuario | None] = relationship(foreign_keys=[decidido_por_id])
    responde_a: Mapped[Mensaje | None] = relationship(remote_side=[id])

    @property
    def texto(self) -> str:
        """What it says."""
        return own_text(self.entrada.descripcion)

    @property
    def is_waiting(self) -> bool:
        """Whether the other side has it and has not answered it yet."""
        sent = self.estado is EstadoMensaje.ENVIADO and self.respondido_at is None
        return sent and (self.clase.waits or self.lado is LadoMensaje.BUFFET)
