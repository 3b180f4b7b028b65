"""Erasures: what was decided, how far it is, and the proof, which names nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.personal_data import Borrado, Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.supresion.rules import EstadoSupresion
from app.usuarios.models import Usuario


class Supresion(Model):
    """An erasure that an admin confirmed. While it is at work it knows the person; then no more."""

    __tablename__ = "supresiones"
    __sealed__ = (
        Sealed(
            tipo="supresion",
            label="la supresión",
            fields=(
                "numero",
                "motivo",
                "confirmada_at",
                "confirmada_por_id",
                "filas_at",
                "hecha_at",
                "huella",
                # What was done and to which cases: the proof is a hash of it, which nobody could
                # compute again if it were altered.
                "hechos",
                "casos",
            ),
            chain=None,
        ),
    )
    __personal__ = Personal(
        "Supresiones",
        {
            "motivo": Dato.TEXTO,
            "buscado": Dato.ESTRUCTURA,
        },
        otros=(
            "clave",
            "numero",
            "casos",
            "hechos",
            "archivos",
            "huella",
            "huellas",
            "confirmada_at",
            "filas_at",
            "hecha_at",
        ),
        borrado=Borrado.GUARDAR,
        motivo="Prueba que se borró, sin decir de quién.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Random: a restored backup is told by it which erasures it lacks.
    clave: Mapped[str] = mapped_column(ShortText(32), unique=True)
    #: «B-2026-0001»: how tombs and people name it.
    numero: Mapped[str] = mapped_column(ShortText(20), unique=True)
    #: The request or the rule by which it was done; nothing of a person.
    motivo: Mapped[str] = mapped_column(ShortText(200))
    estado: Mapped[EstadoSupresion] = mapped_column(default=EstadoSupresion.CONFIRMADA)
    #: By what the person is known (``rules.pack``); emptied with the last row.
    buscado: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)
    #: Keyed fingerprints of the same (``rules.huellas``), each with its kind and number of words.
    huellas: Mapped[list[list[Any]]] = mapped_column(sa.JSON, default=list)
    #: What becomes of each case: ``id``, ``trato`` and why one stays.
    casos: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    #: Which rows were emptied, removed or cut, by table; how many links; what a person must judge.
    hechos: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Storage and key of files that are still to be removed.
    archivos: Mapped[list[list[str]]] = mapped_column(sa.JSON, default=list)
    huella: Mapped[str | None] = mapped_column(ShortText(64))
    confirmada_at: Mapped[datetime]
    confirmada_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: When the last row was done; files and the rests in the database file follow.
    filas_at: Mapped[datetime | None]
    hecha_at: Mapped[datetime | None]

    confirmada_por: Mapped[Usuario | None] = relationship()

    @property
    def por_juzgar(self) -> list[dict[str, Any]]:
        """What no program can judge, for the admin to look at."""
        found: list[dict[str, Any]] = self.hechos.get("por_juzgar", [])
        return found

    @property
    def menciones(self) -> list[dict[str, Any]]:
        """Of those, the texts on which somebody may decide here."""
        return [each for each in self.por_juzgar if "columna" in each]


class PasoSupresion(Model):
    """What one transaction of an erasure did, until the last one adds them all up."""

    __tablename__ = "supresion_pasos"
    __personal__ = Personal(
        "Pasos de una supresión en curso",
        otros=("caso", "hechos"),
        borrado=Borrado.GUARDAR,
        motivo="Dice qué filas ya se borraron, sin decir de quién.",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supresion_id: Mapped[int] = mapped_column(sa.ForeignKey("supresiones.id"), index=True)
    #: The number of the case that was being emptied; None: the person was taken out of others.
    caso: Mapped[int | None]
    #: Nothing of that case is left.
    termina: Mapped[bool] = mapped_column(default=False)
    #: As ``Supresion.hechos``, with the files that are still to be removed.
    hechos: Mapped[dict[str, Any]] = mapped_column(default=dict)
