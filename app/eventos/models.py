"""What happened, in the order in which it was committed, and who outside is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.eventos.rules import EstadoEntrega, TipoEvento


class Evento(Model):
    """Something that happened to an oficio: what pages and programs that watch are told.

    Holds identifiers and states, no personal data. Old ones are forgotten; the bitácora is what
    keeps.
    """

    __tablename__ = "eventos"
    __table_args__ = (
        sa.Index("ix_eventos_of_buffet", "buffet_id", "id"),
        {"sqlite_autoincrement": True},  # an id that was seen never comes again
    )

    __personal__ = Personal(
        "Eventos para páginas y programas",
        {
            "datos": Dato.ESTRUCTURA,
        },
        otros=("created_at",),
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tipo: Mapped[TipoEvento]
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"))
    datos: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)


class Webhook(Model):
    """An address of somebody else's program that is told of events, of one buffet or of all."""

    __tablename__ = "webhooks"
    __sealed__ = (
        Sealed(
            tipo="webhook",
            label="el webhook",
            fields=(
                "nombre",
                "url",
                "buffet_id",
                "tipos",
                "activo",
                "creado_por_id",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Webhooks",
        {"nombre": Dato.TEXTO},
        otros=("url", "tipos", "semilla", "created_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Es la dirección de un programa.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nombre: Mapped[str] = mapped_column(ShortText(80))
    url: Mapped[str] = mapped_column(ShortText(500))
    #: None: of every buffet, for the firm itself.
    buffet_id: Mapped[int | None] = mapped_column(sa.ForeignKey("buffets.id"), index=True)
    #: Values of ``TipoEvento``.
    tipos: Mapped[list[str]] = mapped_column(default=list)
    #: Its signing secret is made of this and the installation's secret, so that a copy of the
    #: database signs nothing.
    semilla: Mapped[str] = mapped_column(ShortText(64))
    activo: Mapped[bool] = mapped_column(default=True)
    creado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    buffet: Mapped[Buffet | None] = relationship()


class Entrega(Model):
    """One event on its way to one webhook, with what became of it."""

    __tablename__ = "webhook_entregas"
    __table_args__ = (sa.UniqueConstraint("webhook_id", "evento_id"),)

    __personal__ = Personal(
        "Entregas a webhooks",
        {
            "cuerpo": Dato.TEXTO,
            "error": Dato.TEXTO,
        },
        otros=("evento_id", "intentos", "respuesta_estado", "created_at", "entregada_at"),
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(sa.ForeignKey("webhooks.id"))
    #: No foreign key: the log outlives the event.
    evento_id: Mapped[int]
    tipo: Mapped[TipoEvento]
    #: The JSON that is sent, the same bytes at every attempt.
    cuerpo: Mapped[str] = mapped_column(sa.Text)
    estado: Mapped[EstadoEntrega] = mapped_column(default=EstadoEntrega.PENDIENTE)
    intentos: Mapped[int] = mapped_column(default=0)
    #: The last answer's HTTP status.
    respuesta_estado: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(sa.Text)
    trabajo_id: Mapped[str | None] = mapped_column(sa.ForeignKey("trabajos.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    entregada_at: Mapped[datetime | None]

    webhook: Mapped[Webhook] = relationship()
