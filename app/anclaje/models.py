"""The log of the chains' heads, which only grows, and what others said of it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.anclaje.rules import ChainHead, statement_text
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.db import Model, ShortText

_NOBODYS = "Una huella de huellas no dice nada de nadie."


class Ancla(Model):
    """The log as it stood in a night: how long it was, and its root. Never changed."""

    __tablename__ = "anclas"
    __personal__ = Personal(
        "Anclas",
        {"raiz": Dato.HUELLA},
        otros=("fecha", "tamano", "created_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo=_NOBODYS,
    )

    #: 1, 2, 3… without a gap.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: The office's day whose night it was.
    fecha: Mapped[date] = mapped_column(unique=True)
    #: How many leaves the log had.
    tamano: Mapped[int]
    #: The root of the tree of RFC 9162 over them, in hex.
    raiz: Mapped[str] = mapped_column(ShortText(64))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def statement(self) -> str:
        """What it claims, which its time stamps are over."""
        return statement_text(self.id, self.fecha, self.tamano, self.raiz)

    @property
    def imprint(self) -> str:
        """The SHA-256 of that: all that leaves the house for a time stamp."""
        return hashlib.sha256(self.statement.encode()).hexdigest()


class HojaAncla(Model):
    """A leaf of the log: where a chain ended in the night that appended it."""

    __tablename__ = "anclas_hojas"
    __table_args__ = (sa.Index(None, "cadena", "indice"),)
    __personal__ = Personal(
        "Hojas de las anclas",
        {"hash": Dato.HUELLA},
        otros=("indice", "cadena", "secuencia"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo=_NOBODYS,
    )

    #: 0, 1, 2… without a gap.
    indice: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: As custody numbers the chains. No foreign key: the log outlives a case.
    cadena: Mapped[int]
    secuencia: Mapped[int]
    hash: Mapped[str] = mapped_column(ShortText(64))
    ancla_id: Mapped[int] = mapped_column(sa.ForeignKey("anclas.id"), index=True)

    @property
    def head(self) -> ChainHead:
        """What it says."""
        return ChainHead(self.cadena, self.secuencia, self.hash)


class Nodo(Model):
    """A node of the tree under which all leaves are there, so that its hash never changes."""

    __tablename__ = "anclas_nodos"
    __personal__ = Personal(
        "Nodos de las anclas",
        {"hash": Dato.HUELLA},
        otros=("nivel", "indice"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo=_NOBODYS,
    )

    #: 0: the leaves' own hashes.
    nivel: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    indice: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(ShortText(64))


class SelloTiempo(Model):
    """What a time-stamping authority answered about an anchor (RFC 3161), whole."""

    __tablename__ = "anclas_sellos"
    __table_args__ = (sa.UniqueConstraint("ancla_id", "tsa"),)
    __personal__ = Personal(
        "Sellos de tiempo",
        {},
        otros=("tsa", "respuesta", "sellado_at", "firmante", "created_at"),
        titular=Titular.NADIE,
        borrado=Borrado.GUARDAR,
        motivo=_NOBODYS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ancla_id: Mapped[int] = mapped_column(sa.ForeignKey("anclas.id"))
    #: Who: the host of its address.
    tsa: Mapped[str] = mapped_column(ShortText(120))
    #: TimeStampResp, DER.
    respuesta: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: When, by its clock.
    sellado_at: Mapped[datetime]
    #: The name in its certificate; empty when nobody could check the signature here.
    firmante: Mapped[str] = mapped_column(ShortText(255))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
