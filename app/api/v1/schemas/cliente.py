"""What a cliente is answered where the firm reads more. The fields are those of the one rule."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict

from app.api.v1.schemas.adjuntos import AdjuntoShown
from app.api.v1.schemas.base import Shown, example
from app.api.v1.schemas.derived import part_of
from app.api.v1.schemas.oficios import OficioShown, TarjetaShown, VehiculoShown
from app.api.v1.schemas.publico import HitoShown
from app.oficios.rules import Estado

_WHEN = "2026-11-24T12:00:00Z"


@part_of(VehiculoShown, "patente", "patente_dv", "marca", "modelo", "anio")
class VehiculoDelBuffet(Shown):
    """The vehicle to find, as its buffet sees it."""


@part_of(
    OficioShown,
    "id",
    "numero_oficio",
    "buffet_id",
    "buffet_nombre",
    "rol",
    "tribunal",
    "caratulado",
    "fecha_oficio",
    "fecha_ingreso",
    "fecha_limite",
    "estado",
    "estado_desde",
)
class OficioDelBuffet(Shown):
    """The head of a case with its next step and its milestones, for a cliente."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=12,
            numero_oficio="1234-2026",
            buffet_id=1,
            buffet_nombre="Estudio Jurídico Andes",
            rol="C-3030-2017",
            tribunal=None,
            caratulado=None,
            fecha_oficio=None,
            fecha_ingreso=None,
            fecha_limite="2026-12-20",
            estado="pendiente",
            estado_desde=_WHEN,
            proximo_paso="Asignar a un investigador",
            vehiculo={
                "patente": "BBCL12",
                "patente_dv": None,
                "marca": "Suzuki",
                "modelo": "Swift",
                "año": 2015,
            },
            hitos=[{"cuando": _WHEN, "solo_dia": True, "texto": "Oficio recibido"}],
        )
    )

    proximo_paso: str
    vehiculo: VehiculoDelBuffet
    hitos: list[HitoShown]


@part_of(TarjetaShown, "id", "numero_oficio", "fecha_limite", "patente", "marca", "modelo")
class TarjetaDelBuffet(Shown):
    """A card of the board, for a cliente."""

    proximo_paso: str


class ColumnaDelBuffet(Shown):
    """A column of the board with its first cards, for a cliente."""

    model_config = ConfigDict(
        json_schema_extra=example(
            estado="pendiente",
            total=1,
            tarjetas=[
                {
                    "id": 12,
                    "numero_oficio": "1234-2026",
                    "fecha_limite": "2026-12-20",
                    "patente": "BBCL12",
                    "marca": "Suzuki",
                    "modelo": "Swift",
                    "proximo_paso": "Asignar a un investigador",
                }
            ],
            hay_mas=False,
        )
    )

    estado: Estado
    total: int
    tarjetas: list[TarjetaDelBuffet]
    hay_mas: bool


@part_of(AdjuntoShown, "id", "tipo", "filename", "url", "mime_type")
class AdjuntoDelBuffet(Shown):
    """A photo that was approved for the client: its copy, without where or when it was taken.

    The name of the file, its description and the original are the office's.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            id=7,
            tipo="foto_vehiculo",
            filename="foto-7.jpg",
            url="/api/v1/oficios/12/adjuntos/7/copia",
            mime_type="image/jpeg",
            sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            aprobado_at=_WHEN,
        )
    )

    #: Of the copy.
    sha256: str | None
    aprobado_at: datetime
