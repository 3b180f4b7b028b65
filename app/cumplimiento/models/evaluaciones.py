"""Versions of the impact assessment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.usuarios.models import Usuario


class EvaluacionImpacto(Model):
    """One version of the assessment, whole. A change is a new version; none is rewritten."""

    __tablename__ = "evaluaciones_impacto"
    __sealed__ = (
        Sealed(
            tipo="evaluacion_impacto",
            label="la evaluación de impacto",
            fields=("numero", "secciones", "cambio", "usuario_id", "created_at"),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Evaluaciones de impacto",
        {"secciones": Dato.ESTRUCTURA, "cambio": Dato.TEXTO},
        otros=("numero", "created_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo="Describe el tratamiento, no a personas.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: 1, 2, 3…
    numero: Mapped[int] = mapped_column(unique=True)
    #: The text of each section by its key (``rules.evaluaciones.SECCIONES``).
    secciones: Mapped[dict[str, Any]]
    #: What differs from the version before.
    cambio: Mapped[str] = mapped_column(ShortText(300))
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    usuario: Mapped[Usuario] = relationship()
