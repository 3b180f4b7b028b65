"""The directory of receptores judiciales."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.personal_data import Dato, Personal, Titular
from app.core.sealed import Sealed
from app.db import Model, ShortText


class Receptor(Model):
    """A receptor judicial: the independent court bailiff who acts on what was found."""

    __tablename__ = "receptores"
    __sealed__ = (
        Sealed(
            tipo="receptor",
            label="el receptor",
            fields=(
                "nombre",
                "email",
                "telefono",
                "tribunales_pjud",
                "activo",
                "created_at",
            ),
            hashed=("tribunales", "notas"),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Receptores judiciales",
        {
            "nombre": Dato.NOMBRE,
            "email": Dato.CORREO,
            "telefono": Dato.TELEFONO,
            "notas": Dato.TEXTO,
        },
        otros=("tribunales_pjud", "tribunales", "created_at"),
        titular=Titular.RECEPTOR,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nombre: Mapped[str] = mapped_column(ShortText(160))
    email: Mapped[str] = mapped_column(ShortText(254), unique=True)
    telefono: Mapped[str | None] = mapped_column(ShortText(20))
    #: The courts where he acts, by their ``pjud_id`` in the list of the Poder Judicial.
    tribunales_pjud: Mapped[list[str]] = mapped_column(default=list)
    #: What that list does not say: other courts, comunas, how far he travels.
    tribunales: Mapped[str | None] = mapped_column(sa.Text)
    notas: Mapped[str | None] = mapped_column(sa.Text)
    activo: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
