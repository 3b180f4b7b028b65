"""Photos and documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from app.adjuntos.rules import TipoAdjunto
from app.api.v1.schemas.base import Body, Change, Query, Shown, example
from app.api.v1.schemas.fields import Maybe, line

Words = Annotated[str, line(500)]


class AdjuntoForm(Body):
    """What is said of a file that is sent along as ``archivo``."""

    # Everything in a multipart form is text.
    model_config = ConfigDict(strict=False)

    tipo: Maybe[TipoAdjunto] = None
    descripcion: Maybe[Words] = None


class AdjuntoChange(Change):
    """What to correct of what people say of a file."""

    model_config = ConfigDict(json_schema_extra=example(descripcion="Vista lateral"))
    NOT_NULL = frozenset({"tipo", "aprobado"})

    tipo: TipoAdjunto | None = None
    descripcion: Maybe[Words] = None
    aprobado: Annotated[
        bool | None, Field(description="Si el buffet ve la copia de esta foto.")
    ] = None


class RemovalQuery(Query):
    """Why a file is taken out of the case; the bitácora keeps it."""

    motivo: Annotated[str, line(300)] = "Eliminado por la API"


class AdjuntoShown(Shown):
    """A file. ``url`` is the copy that people see; ``original_url`` the untouched file, for the
    firm, and taking it is written down. Both take the bearer token. ``fecha_subida`` is when Rastro
    took it in, ``fecha_camara`` what the camera's clock said (null: it gave no hour that can be
    read or be true), ``cuando`` the words that pages and mails use.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            id=7,
            tipo="foto_vehiculo",
            filename="frente.jpg",
            url="/api/v1/oficios/12/adjuntos/7/copia",
            original_url="/api/v1/oficios/12/adjuntos/7/original",
            mime_type="image/jpeg",
            tamaño_bytes=482113,
            sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            descripcion="Vista frontal",
            fecha_subida="2026-11-24T12:00:00Z",
            fecha_camara="2026-11-20T11:15:00Z",
            cuando="tomada el 20-11-2026 08:15 según la cámara",
            metadata={},
            aprobado_at=None,
        )
    )

    id: int
    tipo: TipoAdjunto
    filename: str
    url: str
    original_url: str
    mime_type: str
    tamano_bytes: Annotated[int, Field(alias="tamaño_bytes")]
    sha256: str
    descripcion: str | None
    fecha_subida: datetime
    fecha_camara: datetime | None
    cuando: str
    metadata: dict[str, Any]
    #: Since when the buffet is shown the copy.
    aprobado_at: datetime | None
