"""The chains of custody: one for each oficio, and the office's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText


class Eslabon(Model):
    """One link: the content of a row at a moment, and the link before it.

    Nothing of it is ever changed, but a content that a law orders to erase goes with its salt.
    """

    __tablename__ = "custodia"
    __table_args__ = (
        sa.UniqueConstraint("cadena", "secuencia"),
        sa.Index("ix_custodia_row", "tipo", "fila_id"),
    )

    __personal__ = Personal(
        "Cadena de custodia",
        {
            "contenido": Dato.TEXTO,
            "sal": Dato.HUELLA,
            "contenido_hash": Dato.HUELLA,
            "anterior_hash": Dato.HUELLA,
            "hash": Dato.HUELLA,
        },
        otros=("cadena", "secuencia", "tipo", "fila_id", "formato", "created_at"),
        borrado=Borrado.SELLO,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The oficio's id, or ``sealed.OFFICE_CHAIN``. No foreign key: a chain outlives its case.
    cadena: Mapped[int]
    #: 1, 2, 3… without a gap inside a chain.
    secuencia: Mapped[int]
    #: Which kind of row it is of, see ``sealed_sources``.
    tipo: Mapped[str] = mapped_column(ShortText(20))
    fila_id: Mapped[int]
    #: How it is made, see ``rules``.
    formato: Mapped[int]
    #: Canonical JSON: what was corrected later can still be read here. None once it was erased.
    contenido: Mapped[str | None] = mapped_column(sa.Text)
    #: What the content is hashed with; erased together with it.
    sal: Mapped[str | None] = mapped_column(ShortText(64))
    contenido_hash: Mapped[str] = mapped_column(ShortText(64))
    anterior_hash: Mapped[str] = mapped_column(ShortText(64))
    hash: Mapped[str] = mapped_column(ShortText(64))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Cabeza(Model):
    """Where a chain ends, kept apart from it, so that a chain cut at its end is noticed."""

    __tablename__ = "custodia_cabezas"
    __personal__ = Personal(
        "Cabezas de las cadenas",
        {
            "hash": Dato.HUELLA,
        },
        otros=("secuencia",),
        borrado=Borrado.GUARDAR,
        motivo="Una huella de huellas no dice nada de nadie.",
    )

    cadena: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    secuencia: Mapped[int]
    hash: Mapped[str] = mapped_column(ShortText(64))


class Revision(Model):
    """The outcome of the last time that a chain was verified."""

    __tablename__ = "custodia_revisiones"
    __personal__ = Personal(
        "Revisiones de las cadenas",
        {
            "hash": Dato.HUELLA,
            "problemas": Dato.ESTRUCTURA,
        },
        otros=("revisada_at", "secuencia"),
        borrado=Borrado.GUARDAR,
        motivo="Dice si una cadena está íntegra, no de quién es.",
    )

    cadena: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revisada_at: Mapped[datetime] = mapped_column(default=utcnow)
    #: How far the chain went then, and with which hash: a chain must still contain it later.
    secuencia: Mapped[int]
    hash: Mapped[str] = mapped_column(ShortText(64))
    #: See ``rules.Problema.as_json``.
    problemas: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found."""
        return not self.problemas


class SelloDivulgaciones(Model):
    """Digests of disclosures that nobody adds to any more, some hundred in one row.

    The log of who looked grows with every page; a link for each of its rows would make the office's
    chain endless, and each look would wait for it. So the rows are sealed a little later, and this
    row is what the chain holds.
    """

    __tablename__ = "custodia_divulgaciones"
    __sealed__ = (
        Sealed(
            tipo="divulgaciones",
            label="el sello de las divulgaciones",
            fields=("desde_id", "hasta_id", "filas", "created_at"),
            hashed=("huellas",),
            chain=None,
        ),
    )
    # An id that was taken away never comes again: it would have a sound link of its own.
    __table_args__ = ({"sqlite_autoincrement": True},)

    __personal__ = Personal(
        "Sellos de las divulgaciones",
        {"huellas": Dato.HUELLA},
        otros=("desde_id", "hasta_id", "filas", "created_at"),
        borrado=Borrado.GUARDAR,
        motivo="Son huellas con sal; la de una fila que se borra por ley se hace de nuevo.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Of which numbers it tells, both included: no other row may come between them.
    desde_id: Mapped[int] = mapped_column(unique=True)
    hasta_id: Mapped[int]
    filas: Mapped[int]
    #: See ``rules.write_digests``.
    huellas: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
