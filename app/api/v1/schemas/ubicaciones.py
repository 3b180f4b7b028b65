"""Where vehicles were found."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from app.api.v1.schemas.base import Body, Shown, example
from app.api.v1.schemas.fields import MAX_ID, Comuna, Latitude, Longitude, Maybe, Notes, line
from app.core.errors import InvalidValue
from app.ubicado.rules import MAX_PHOTOS, ResultadoRevision, SinPosicion, TipoLugar

Place = Annotated[str, line(200)]
#: Made by the asker; the same again is the same deed.
ClienteId = Annotated[str, line(36), Field(examples=["6f1c2d1e-7a51-4c53-9b43-1d3b0f6a2b10"])]
_WHEN = "2026-11-25T13:32:00Z"
_ONE = "6f1c2d1e-7a51-4c53-9b43-1d3b0f6a2b10"


class UbicacionNew(Body):
    """The vehicle was found. The moment is the server's; the photos are in the case already.

    At an address: ``direccion_id``, or ``lugar`` with ``comuna``. In the street: ``lugar`` says how
    to find it, and may be left out when there is a position.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            cliente_id=_ONE,
            tipo="via_publica",
            lugar="Frente al 1180",
            comuna="Ñuñoa",
            lat=-33.456,
            lon=-70.612,
            exactitud_m=12,
            acceso="Se ve desde la calle",
            adjuntos_ids=[7],
        )
    )

    cliente_id: ClienteId
    tipo: TipoLugar
    adjuntos_ids: Annotated[
        list[Annotated[int, Field(ge=1, le=MAX_ID)]], Field(max_length=MAX_PHOTOS)
    ]
    direccion_id: Annotated[int | None, Field(ge=1, le=MAX_ID)] = None
    lugar: Maybe[Place] = None
    comuna: Maybe[Comuna] = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    #: Metres.
    exactitud_m: Annotated[float | None, Field(ge=0, le=1_000_000)] = None
    sin_posicion: SinPosicion | None = None
    acceso: Maybe[Notes] = None
    notas: Maybe[Notes] = None

    @model_validator(mode="after")
    def _position_is_whole(self) -> UbicacionNew:
        if (self.lat is None) != (self.lon is None):
            raise InvalidValue("Media posición no sirve: envíe «lat» y «lon», o ninguna.")
        if self.lat == 0 and self.lon == 0:
            raise InvalidValue("La posición 0,0 no es de ninguna parte: envíela vacía.")
        return self


class UndoneNew(Body):
    """Why a location is taken back."""

    model_config = ConfigDict(json_schema_extra=example(motivo="Era otro vehículo"))

    motivo: Annotated[str, line(300)]


class RevisionNew(Body):
    """What somebody found who went to see again."""

    model_config = ConfigDict(json_schema_extra=example(cliente_id=_ONE, resultado="sigue"))

    cliente_id: ClienteId
    resultado: ResultadoRevision


class RevisionShown(Shown):
    """A look at the place."""

    model_config = ConfigDict(
        json_schema_extra=example(id=2, resultado="sigue", usuario_id=3, created_at=_WHEN)
    )

    id: int
    resultado: ResultadoRevision
    usuario_id: int
    created_at: datetime


class UbicacionShown(Shown):
    """Where a vehicle was found. ``vigente`` says whether the case stands on it now."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=4,
            oficio_id=12,
            usuario_id=3,
            usuario_nombre="Carla Muñoz",
            ubicado_at=_WHEN,
            tipo="via_publica",
            direccion_id=None,
            lugar="Frente al 1180",
            comuna="Ñuñoa",
            region="Metropolitana de Santiago",
            lat=-33.456,
            lon=-70.612,
            exactitud_m=12.0,
            sin_posicion=None,
            acceso="Se ve desde la calle",
            notas=None,
            adjuntos_ids=[7],
            advertencias=[],
            vigente=True,
            deshecho_at=None,
            deshecho_motivo=None,
            revisiones=[],
        )
    )

    id: int
    oficio_id: int
    usuario_id: int
    usuario_nombre: str
    ubicado_at: datetime
    tipo: TipoLugar
    direccion_id: int | None
    lugar: str
    comuna: str | None
    region: str | None
    lat: float | None
    lon: float | None
    exactitud_m: float | None
    sin_posicion: SinPosicion | None
    acceso: str | None
    notas: str | None
    adjuntos_ids: list[int]
    advertencias: list[str]
    vigente: bool
    deshecho_at: datetime | None
    deshecho_motivo: str | None
    revisiones: list[RevisionShown]


def values_of(ubicacion: Any) -> dict[str, Any]:
    """The columns of a row that are shown as they are."""
    names = set(UbicacionShown.model_fields) - {
        *("usuario_nombre", "adjuntos_ids", "advertencias", "vigente", "revisiones")
    }
    return {name: getattr(ubicacion, name) for name in names}
