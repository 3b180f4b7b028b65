"""Sightings of the vehicle."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.avistamientos.rules import Fuente
from app.core.clock import utcnow
from app.db import Model, ShortText
from app.usuarios.models import Usuario


class Avistamiento(Model):
    """The vehicle was seen. The hour and the place may be unknown: a vendor gives a day only."""

    __tablename__ = "avistamientos"
    __table_args__ = (
        sa.UniqueConstraint("oficio_id", "clave"),
        sa.Index("ix_avistamientos_newest", "oficio_id", "fecha", "fecha_hora"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"))
    fuente: Mapped[Fuente]
    #: The day in America/Santiago, always known.
    fecha: Mapped[date]
    #: The moment, when the source says it.
    fecha_hora: Mapped[datetime | None]
    ubicacion: Mapped[str | None] = mapped_column(ShortText(200))
    empresa: Mapped[str | None] = mapped_column(ShortText(120))
    #: Whole pesos.
    monto: Mapped[int | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    notas: Mapped[str | None] = mapped_column(sa.Text)
    #: ``rules.sighting_key``: stored once however often it is answered.
    clave: Mapped[str] = mapped_column(ShortText(64))
    #: Invented by the demo's provider; only ever in a database marked as demo.
    simulado: Mapped[bool] = mapped_column(default=False)
    investigacion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("investigaciones.id"))
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    usuario: Mapped[Usuario | None] = relationship()
