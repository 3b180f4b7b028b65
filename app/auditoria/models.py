"""The record of what was done that concerns security or personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText


class Auditoria(Model):
    """Who did what that concerns security or personal data, and when.

    Written in the transaction of the deed itself. Holds identifiers, never secrets.
    """

    __tablename__ = "auditoria"
    __sealed__ = (
        Sealed(
            tipo="auditoria",
            label="la anotación de auditoría",
            fields=(
                "accion",
                "usuario_id",
                "entidad",
                "entidad_id",
                "oficio_id",
                "detalle",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Auditoría",
        {
            "detalle": Dato.ESTRUCTURA,
        },
        otros=("accion", "entidad", "entidad_id", "oficio_id", "created_at"),
        borrado=Borrado.GUARDAR,
        motivo="Prueba quién hizo qué; lleva identificadores y ningún dato de una persona.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: For example ``usuario.creado``, ``enlace.rotado``, ``adjunto.original_descargado``.
    accion: Mapped[str] = mapped_column(ShortText(60), index=True)
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    entidad: Mapped[str | None] = mapped_column(ShortText(40))
    entidad_id: Mapped[int | None]
    #: The case that it concerns, if one. No foreign key: the record outlives what it tells of.
    oficio_id: Mapped[int | None] = mapped_column(index=True)
    detalle: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
