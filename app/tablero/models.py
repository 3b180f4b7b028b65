"""What each person keeps of the board: named views, the filters that were on last, the layout."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.db import Model, ShortText

#: Name of the view that stores a person's last filters.
LAST = ""
#: Name of the row that stores how the person wants to see cases; nobody can type it.
ASPECT = " "
#: Rows that are no views of a name.
UNNAMED = (LAST, ASPECT)


class Vista(Model):
    """A set of filters that a person gave a name to."""

    __tablename__ = "tablero_vistas"
    __table_args__ = (sa.UniqueConstraint("usuario_id", "nombre"),)

    __personal__ = Personal(
        "Vistas guardadas del tablero",
        {
            "nombre": Dato.TEXTO,
            "consulta": Dato.TEXTO,
        },
        otros=("created_at",),
        titular=Titular.NADIE,
        borrado=Borrado.FILA,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: ``LAST`` for the automatically stored one, ``ASPECT`` for the layout.
    nombre: Mapped[str] = mapped_column(ShortText(60))
    #: Query string of the board's URL, its words as they were typed; of ``ASPECT``, the layout
    #: in the same form.
    consulta: Mapped[str] = mapped_column(ShortText(600))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
