"""Lists that were uploaded, and moving what they brought to another buffet."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from app.api.v1.schemas.base import Body, Paging, Shown, example
from app.api.v1.schemas.fields import Id
from app.planillas.rules.oficio_outcomes import EstadoImportacion


class ImportacionesQuery(Paging):
    """Which lists."""

    estado: EstadoImportacion | None = None


class ImportacionShown(Shown):
    """A list that was uploaded. Its file name may name people, so that no program is told it."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=7,
            buffet_id=2,
            estado="importada",
            sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            created_at="2026-11-24T12:00:00Z",
            importada_at="2026-11-24T12:00:09Z",
        )
    )

    id: int
    #: Of whom its cases are; of the first one, where some were moved.
    buffet_id: int
    estado: EstadoImportacion
    sha256: str
    created_at: datetime
    importada_at: datetime | None


class OtherBuffet(Body):
    """Where what a list brought goes."""

    model_config = ConfigDict(json_schema_extra=example(buffet_id=3, oficio_id=12))

    buffet_id: Id
    oficio_id: Annotated[
        Id | None, Field(description="Un caso del listado. Sin él van todos los no trabajados.")
    ] = None


class OtherBuffetShown(Shown):
    """What goes, and what stays because of what was done with it or what the buffet has."""

    model_config = ConfigDict(
        json_schema_extra=example(
            estado="moviendo", buffet_id=3, quedan_trabajados=1, quedan_repetidos=0
        )
    )

    #: ``moviendo`` until a job has moved all of them.
    estado: EstadoImportacion
    buffet_id: int
    quedan_trabajados: int = 0
    quedan_repetidos: int = 0
