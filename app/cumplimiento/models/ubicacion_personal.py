"""What the office tells its own people of the position of their phones, and that they read it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.db import Model
from app.usuarios.models import Usuario


class InformacionUbicacion(Model):
    """A version of that text; it is never changed."""

    __tablename__ = "ubicacion_informaciones"
    __sealed__ = (
        Sealed(
            tipo="info_ubicacion",
            label="la información sobre la ubicación del personal",
            fields=("numero", "texto", "publicada_at", "publicada_por_id"),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Información sobre la ubicación del personal",
        {"texto": Dato.TEXTO},
        otros=("numero", "publicada_at"),
        titular=Titular.OFICINA,
        borrado=Borrado.GUARDAR,
        motivo="Es lo que la oficina informó a su gente.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    numero: Mapped[int] = mapped_column(unique=True)
    texto: Mapped[str] = mapped_column(sa.Text)
    publicada_at: Mapped[datetime]
    publicada_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))

    publicada_por: Mapped[Usuario | None] = relationship()


class LecturaUbicacion(Model):
    """That a person of the firm read a version, before Rastro took a position of theirs."""

    __tablename__ = "ubicacion_lecturas"
    __table_args__ = (sa.UniqueConstraint("usuario_id", "informacion_id"),)
    __sealed__ = (
        Sealed(
            tipo="lectura_ubicacion",
            label="la lectura de la información sobre ubicación",
            fields=("informacion_id", "usuario_id", "leida_at"),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Lecturas de la información sobre ubicación",
        otros=("leida_at",),
        titular=Titular.OFICINA,
        borrado=Borrado.GUARDAR,
        motivo="Prueba que la oficina informó a su gente.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    informacion_id: Mapped[int] = mapped_column(sa.ForeignKey("ubicacion_informaciones.id"))
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    leida_at: Mapped[datetime]
