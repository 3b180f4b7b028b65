"""The public policy on personal data, in versions."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.usuarios.models import Usuario


class Politica(Model):
    """A version of the public policy; a draft until it is published, and never changed after.

    The numbers are those of the versions, so there is one draft at most: that of the next one.
    """

    __tablename__ = "politicas"
    __sealed__ = (
        Sealed(
            tipo="politica",
            label="la política de privacidad",
            fields=(
                "numero",
                "textos",
                "ley",
                "rige_desde",
                "publicada_at",
                "publicada_por_id",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Política de privacidad",
        {"textos": Dato.ESTRUCTURA},
        otros=("numero", "ley", "rige_desde", "publicada_at", "version", "created_at"),
        titular=Titular.OFICINA,
        borrado=Borrado.GUARDAR,
        motivo="Es lo que la oficina publicó, con el nombre de quien la representa.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    numero: Mapped[int] = mapped_column(unique=True)
    #: The text of each item by its letter (``rules.politica``).
    textos: Mapped[dict[str, str]] = mapped_column(sa.JSON)
    #: The law that it follows and from when on that is in force, as the settings had it on the day
    #: of the publication.
    ley: Mapped[str | None] = mapped_column(ShortText(200))
    rige_desde: Mapped[date | None]
    publicada_at: Mapped[datetime | None]
    publicada_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    publicada_por: Mapped[Usuario | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
