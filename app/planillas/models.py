"""A list on its way in: kept as it was uploaded until somebody imports or discards it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.personal_data import Borrado, Dato, Personal
from app.db import Model, ShortText
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.usuarios.models import Usuario


class Importacion(Model):
    """An uploaded list with what people changed of its reading, and later what became of it.

    The file is kept, not its rows: the same bytes read with the same mapping and corrections give
    the same rows, so that what is imported is what the preview showed.
    """

    __tablename__ = "importaciones"
    __table_args__ = (sa.Index("ix_importaciones_recent", "estado", "created_at"),)

    __personal__ = Personal(
        "Planillas importadas",
        {
            "nombre_archivo": Dato.TEXTO,
            "sha256": Dato.HUELLA,
            "contenido": Dato.CONTENIDO,
            "correcciones": Dato.ESTRUCTURA,
            "resultado": Dato.ESTRUCTURA,
            "informe": Dato.ESTRUCTURA,
            "problema": Dato.TEXTO,
        },
        otros=(
            "mapeo",
            "aprendido",
            "total",
            "version",
            "created_at",
            "importada_at",
            "deshecha_at",
            "destino_id",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    buffet_id: Mapped[int] = mapped_column(sa.ForeignKey("buffets.id"), index=True)
    usuario_id: Mapped[int] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: File name of the upload; its extension takes part in detecting the format.
    nombre_archivo: Mapped[str] = mapped_column(ShortText(200))
    sha256: Mapped[str] = mapped_column(ShortText(64))
    #: At most 10 MB; emptied when the draft is discarded.
    contenido: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    #: Column index from 0 to field; empty means as guessed from the headers.
    mapeo: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Row number to field to the text that a person typed over the cell.
    correcciones: Mapped[dict[str, Any]] = mapped_column(default=dict)
    estado: Mapped[EstadoImportacion] = mapped_column(default=EstadoImportacion.BORRADOR)
    #: How many rows had each outcome; empty until imported.
    resultado: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: What became of each row, in the order of the file (``Kind.report_line``).
    informe: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, deferred=True, default=list)
    #: What its columns teach of the buffet's lists once it is imported (``rules.memory``).
    aprendido: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: How many rows its job has to go through; None until they are counted.
    total: Mapped[int | None]
    #: Why its job stopped, in a sentence; None while it goes on.
    problema: Mapped[str | None] = mapped_column(ShortText(500))
    #: Version for optimistic locking: an import with an older one is refused.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    importada_at: Mapped[datetime | None]
    #: When its cases were last taken back; it is a draft again since.
    deshecha_at: Mapped[datetime | None]
    #: The buffet to which its cases were last moved; None while they never were.
    destino_id: Mapped[int | None] = mapped_column(sa.ForeignKey("buffets.id"))

    buffet: Mapped[Buffet] = relationship(foreign_keys=[buffet_id])
    usuario: Mapped[Usuario] = relationship()

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012

    @property
    def is_draft(self) -> bool:
        """Whether it still waits for somebody to import or discard it."""
        return self.estado is EstadoImportacion.BORRADOR


class FilaEnCarga(Model):
    """A row of a list while its job brings it in: what becomes of it was decided once, here.

    The rows go as their cases are announced; what became of each stays in the list's ``informe``.
    """

    __tablename__ = "importacion_filas"
    __personal__ = Personal(
        "Filas de una planilla que se está importando",
        {"datos": Dato.TEXTO, "linea": Dato.TEXTO},
        otros=("resultado", "caso_id"),
        borrado=Borrado.FILA,
    )

    importacion_id: Mapped[int] = mapped_column(sa.ForeignKey("importaciones.id"), primary_key=True)
    #: Its place in the list, from 0.
    orden: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    resultado: Mapped[str] = mapped_column(ShortText(20))
    #: The case that it makes, as JSON (``service.case_texts``); empty when it makes none.
    datos: Mapped[str] = mapped_column(sa.Text, default="")
    #: Its line of the report, as JSON.
    linea: Mapped[str] = mapped_column(sa.Text)
    #: The case that was made of it; no foreign key, for it may be taken back.
    caso_id: Mapped[int | None]
