"""Photos and documents of an oficio."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.adjuntos.rules import LOCAL, TipoAdjunto
from app.adjuntos.rules.photo_time import credible_time, describe_time, place_zone
from app.core.clock import utcnow
from app.core.personal_data import Dato, Personal
from app.core.sealed import Sealed
from app.db import Model, ShortText
from app.direcciones.models import Visita
from app.usuarios.models import Usuario


class Adjunto(Model):
    """A file of an oficio: the untouched original, and the copy that people see.

    The original is restricted evidence under its SHA-256; pages and mails only ever show the
    re-encoded copy.
    """

    __tablename__ = "adjuntos"
    __table_args__ = (
        sa.Index(
            "uq_adjuntos_same_file",
            "oficio_id",
            "sha256",
            unique=True,
            sqlite_where=sa.text("eliminado_at IS NULL"),
            postgresql_where=sa.text("eliminado_at IS NULL"),
        ),
        sa.Index(
            "uq_adjuntos_cover",
            "oficio_id",
            unique=True,
            sqlite_where=sa.text("portada"),
            postgresql_where=sa.text("portada"),
        ),
    )

    # Where it is kept and its place in the gallery are no evidence, and change without a link.
    __sealed__ = (
        Sealed(
            tipo="adjunto",
            label="el archivo",
            fields=(
                "tipo",
                "filename",
                "mime_type",
                "tamano_bytes",
                "sha256",
                "copia_sha256",
                "miniatura_sha256",
                "descripcion",
                "metadatos",
                "visita_id",
                "usuario_id",
                "eliminado_at",
                "eliminado_por_id",
                "eliminado_motivo",
                "created_at",
            ),
        ),
    )
    __personal__ = Personal(
        "Fotos y documentos",
        {
            "filename": Dato.TEXTO,
            "sha256": Dato.HUELLA,
            "original_key": Dato.ARCHIVO,
            "copia_key": Dato.ARCHIVO,
            "miniatura_key": Dato.ARCHIVO,
            "copia_sha256": Dato.HUELLA,
            "miniatura_sha256": Dato.HUELLA,
            "descripcion": Dato.TEXTO,
            "metadatos": Dato.ESTRUCTURA,
            "problema": Dato.TEXTO,
            "eliminado_motivo": Dato.TEXTO,
        },
        otros=(
            "mime_type",
            "tamano_bytes",
            "almacen",
            "ancho",
            "alto",
            "cliente_id",
            "orden",
            "aprobado_at",
            "revisado_at",
            "eliminado_at",
            "created_at",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    oficio_id: Mapped[int] = mapped_column(sa.ForeignKey("oficios.id"), index=True)
    tipo: Mapped[TipoAdjunto]
    #: As the person's machine called it, made safe; shown, never used as a path.
    filename: Mapped[str] = mapped_column(ShortText(200))
    mime_type: Mapped[str] = mapped_column(ShortText(80))
    tamano_bytes: Mapped[int]
    #: Of the original.
    sha256: Mapped[str] = mapped_column(ShortText(64))
    #: Keys in the storage.
    original_key: Mapped[str] = mapped_column(ShortText(200))
    copia_key: Mapped[str | None] = mapped_column(ShortText(200))
    miniatura_key: Mapped[str | None] = mapped_column(ShortText(200))
    copia_sha256: Mapped[str | None] = mapped_column(ShortText(64))
    miniatura_sha256: Mapped[str | None] = mapped_column(ShortText(64))
    #: Which storage has its files, ``local`` or ``s3``: each row moves on its own.
    almacen: Mapped[str] = mapped_column(ShortText(10), default=LOCAL, server_default=LOCAL)
    #: Pixels of the copy.
    ancho: Mapped[int | None]
    alto: Mapped[int | None]
    descripcion: Mapped[str | None] = mapped_column(ShortText(500))
    #: What the file says of itself (EXIF time and position), kept apart from what people claim.
    metadatos: Mapped[dict[str, Any]] = mapped_column(default=dict)
    visita_id: Mapped[int | None] = mapped_column(sa.ForeignKey("visitas.id"))
    #: Made by the phone, so that a photo sent twice is one file.
    cliente_id: Mapped[str | None] = mapped_column(ShortText(36), unique=True)
    #: Its place in the gallery; those that nobody placed have 0 and come first, newest first.
    orden: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The photo that stands for the case; one for each oficio.
    portada: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    #: Since when its copy is shown to the buffet, and who approved that; None: it is not.
    aprobado_at: Mapped[datetime | None]
    aprobado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: When its files were last read and compared with their hashes, and what was wrong then.
    revisado_at: Mapped[datetime | None]
    problema: Mapped[str | None] = mapped_column(ShortText(200))
    usuario_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    #: A deletion is a mark with a reason.
    eliminado_at: Mapped[datetime | None]
    eliminado_por_id: Mapped[int | None] = mapped_column(sa.ForeignKey("usuarios.id"))
    eliminado_motivo: Mapped[str | None] = mapped_column(ShortText(300))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    usuario: Mapped[Usuario | None] = relationship(foreign_keys=[usuario_id])
    visita: Mapped[Visita | None] = relationship()

    @property
    def keys(self) -> list[tuple[str, str | None]]:
        """The keys of its files in the storage, each with the SHA-256 that its bytes must have."""
        pairs = (
            (self.original_key, self.sha256),
            (self.copia_key, self.copia_sha256),
            (self.miniatura_key, self.miniatura_sha256),
        )
        return [(key, sha256) for key, sha256 in pairs if key]

    @property
    def cuando(self) -> str:
        """The time of a photo in words: its camera's, else that of the upload; never bare."""
        word = "subida" if self.is_image else "subido"
        return describe_time(self.metadatos, self.created_at, self.zona, uploaded=word)

    @property
    def has_camera_time(self) -> bool:
        """Whether its camera gave an hour that can be told to others."""
        return self.tomada_at is not None

    @property
    def tomada_at(self) -> datetime | None:
        """The moment that its camera gave, when it can be true."""
        return credible_time(self.metadatos, self.created_at, self.zona)

    @property
    def zona(self) -> ZoneInfo:
        """The zone of where it was taken, as far as its camera or its visit tells."""
        visit = self.visita if self.visita_id is not None or self.visita else None
        return place_zone(self.metadatos, visit.direccion.comuna if visit else None)

    @property
    def is_drawn(self) -> bool:
        """Whether its copy is the photo, and not the card that stands for one too large to draw."""
        return self.is_image and not (self.metadatos or {}).get("sin_copia")

    @property
    def is_image(self) -> bool:
        """Whether there is a picture to show."""
        return self.mime_type.startswith("image/")
