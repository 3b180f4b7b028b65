"""Contracts by which law firms entrust personal data to the office, and what ended them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal, Titular
from app.core.sealed import Sealed
from app.cumplimiento.rules.encargados import ModoTermino
from app.db import Model, ShortText
from app.supresion.models import Supresion
from app.usuarios.models import Usuario


class Encargo(Model):
    """A version of a law firm's contract with the office as its processor; none is rewritten."""

    __tablename__ = "encargos"
    __table_args__ = (sa.UniqueConstraint("buffet_id", "numero", name="uq_encargos_version"),)
    __sealed__ = (
        Sealed(
            tipo="encargo",
            label="el contrato de encargo",
            fields=(
                "buffet_id",
                "numero",
                "objeto",
                "desde",
                "hasta",
                "finalidad",
                "categorias",
                "instrucciones",
                "subencargados",
                "creado_por_id",
                "created_at",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Contratos de encargo",
        {
            "objeto": Dato.TEXTO,
            "finalidad": Dato.TEXTO,
            "categorias": Dato.TEXTO,
            "instrucciones": Dato.TEXTO,
            "subencargados": Dato.ESTRUCTURA,
        },
        otros=("numero", "desde", "hasta", "created_at"),
        titular=Titular.BUFFET,
        borrado=Borrado.GUARDAR,
        motivo="Es el contrato con un buffet: dice qué datos se tratan, no de quién.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"))
    #: 1, 2, 3… for each buffet; the highest is what holds.
    numero: Mapped[int]
    objeto: Mapped[str] = mapped_column(sa.Text)
    desde: Mapped[date]
    #: The last day on which it is in force; None: it has no end yet.
    hasta: Mapped[date | None]
    finalidad: Mapped[str] = mapped_column(sa.Text)
    #: The kinds of data, one on each line.
    categorias: Mapped[str] = mapped_column(sa.Text)
    instrucciones: Mapped[str | None] = mapped_column(sa.Text)
    #: ``nombre``, ``servicio``, and ``autorizado``: the day of the buffet's written leave (ISO).
    subencargados: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list)
    creado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    buffet: Mapped[Buffet] = relationship()
    creado_por: Mapped[Usuario | None] = relationship()


class TerminoEncargo(Model):
    """That the data of an ended contract were returned, or are erased, with its certificate."""

    __tablename__ = "encargo_terminos"
    __sealed__ = (
        Sealed(
            tipo="encargo_termino",
            label="el término del encargo",
            fields=(
                "numero",
                "buffet_id",
                "encargo_id",
                "modo",
                "casos",
                "conservados",
                "filas",
                "archivos",
                "manifiesto_sha256",
                "supresion_id",
                "decidido_at",
                "decidido_por_id",
                "pdf_sha256",
                "certificado_at",
            ),
            hashed=("porque", "entrega"),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Términos de encargos",
        {"entrega": Dato.TEXTO, "porque": Dato.TEXTO},
        otros=(
            "numero",
            "casos",
            "conservados",
            "filas",
            "archivos",
            "manifiesto_sha256",
            "decidido_at",
            "certificado_at",
            "pdf",
            "pdf_sha256",
        ),
        titular=Titular.BUFFET,
        borrado=Borrado.GUARDAR,
        motivo="Prueba que se devolvió o se borró, con números y sin datos de personas.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: «E-2026-0001»: how its certificate is named.
    numero: Mapped[str] = mapped_column(ShortText(20), unique=True)
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"), index=True)
    encargo_id: Mapped[int] = mapped_column(sa.ForeignKey("encargos.id"))
    modo: Mapped[ModoTermino]
    #: The numbers of the cases that were returned or are erased, and of those that stay.
    casos: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    conservados: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    #: Why those stay.
    porque: Mapped[str | None] = mapped_column(sa.Text)
    #: To whom a return goes, and how.
    entrega: Mapped[str | None] = mapped_column(ShortText(200))
    #: Of a return: rows of its tables, files, and the SHA-256 of its list ``SHA256SUMS``.
    filas: Mapped[int] = mapped_column(default=0)
    archivos: Mapped[int] = mapped_column(default=0)
    manifiesto_sha256: Mapped[str | None] = mapped_column(ShortText(64))
    #: The erasure that carries it out.
    supresion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("supresiones.id"))
    decidido_at: Mapped[datetime]
    decidido_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: The certificate as it was printed.
    pdf: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    pdf_sha256: Mapped[str | None] = mapped_column(ShortText(64))
    certificado_at: Mapped[datetime | None]

    buffet: Mapped[Buffet] = relationship()
    encargo: Mapped[Encargo] = relationship()
    supresion: Mapped[Supresion | None] = relationship()
    decidido_por: Mapped[Usuario | None] = relationship()
