"""What needs no account: a buffet's dashboard by its link, the health, and the live events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from app.api.v1.schemas.base import Query, Shown, example
from app.api.v1.schemas.fields import MAX_ID
from app.oficios.rules import Estado


class HitoShown(Shown):
    """A milestone that the client is told of."""

    cuando: Annotated[
        datetime,
        Field(description="Con «solo_dia», el comienzo del día: la hora no se sabe."),
    ]
    solo_dia: bool
    texto: str


class OficioPublico(Shown):
    """An oficio as its buffet sees it."""

    id: int
    numero_oficio: str
    rol: str | None
    caratulado: str | None
    estado: Estado
    proximo_paso: str
    fecha_limite: date | None
    patente: str
    marca: str | None
    modelo: str | None
    hitos: list[HitoShown]


class ResumenShown(Shown):
    """How many oficios stand where."""

    abiertos: int
    ubicados: int
    encontrados: int
    no_encontrados: int


class TableroPublico(Shown):
    """A buffet's dashboard; ``X-Total-Count`` says how many oficios there are."""

    model_config = ConfigDict(
        json_schema_extra=example(
            buffet="Estudio Jurídico Andes",
            resumen={"abiertos": 1, "ubicados": 0, "encontrados": 0, "no_encontrados": 0},
            oficios=[
                {
                    "id": 12,
                    "numero_oficio": "1234-2026",
                    "rol": "C-3030-2017",
                    "caratulado": None,
                    "estado": "pendiente",
                    "proximo_paso": "Asignar a un investigador",
                    "fecha_limite": "2026-12-20",
                    "patente": "BBCL12",
                    "marca": "Suzuki",
                    "modelo": "Swift",
                    "hitos": [
                        {
                            "cuando": "2026-11-24T03:00:00Z",
                            "solo_dia": True,
                            "texto": "Oficio recibido",
                        }
                    ],
                }
            ],
        )
    )

    buffet: str
    resumen: ResumenShown
    oficios: list[OficioPublico]


class HealthShown(Shown):
    """Whether the parts that the product stands on are up."""

    model_config = ConfigDict(
        json_schema_extra=example(
            status="healthy",
            parts={"database": "up", "job_consumer": "up", "storage": "up"},
            warnings=[],
            time="2026-11-24T12:00:00+00:00",
        )
    )

    status: str
    parts: dict[str, str]
    warnings: list[str]
    time: str


class EventosQuery(Query):
    """From where on; the header ``Last-Event-ID`` says the same and goes first."""

    desde: Annotated[
        int | None,
        Field(ge=0, le=MAX_ID, description="Id del último evento visto; sin él, desde ahora."),
    ] = None


class EventoShown(Shown):
    """The ``data`` of one event of the stream."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=501,
            tipo="oficio.estado",
            oficio_id=12,
            buffet_id=1,
            datos={"de": "pendiente", "a": "investigacion"},
            created_at="2026-11-24T12:00:00+00:00",
        )
    )

    id: int
    tipo: str
    oficio_id: int
    buffet_id: int
    datos: dict[str, Any]
    created_at: str
