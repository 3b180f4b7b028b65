"""What hangs from an oficio: its people, places and visits, its bitácora and sightings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_validator

from app.api.v1.schemas.base import Body, Change, Paging, Shown, example
from app.api.v1.schemas.derived import change_of
from app.api.v1.schemas.fields import (
    Comuna,
    Day,
    Latitude,
    Longitude,
    Maybe,
    Moment,
    Notes,
    PersonaEmail,
    PersonaNombre,
    PersonaRut,
    PersonaTelefono,
    Pesos,
    Told,
    Version,
    line,
    of_paper,
)
from app.avistamientos.rules import Fuente
from app.core.errors import InvalidValue
from app.direcciones.rules import ResultadoVisita, TipoDireccion
from app.oficios.rules import Actividad, TipoPropietario
from app.oficios.rules.papel import NOBODY
from app.porticos.rules import Confianza, Metodo

Street = Annotated[str, of_paper("direccion", required=True)]
_WHEN = "2026-11-24T12:00:00Z"


class PropietarioNew(Body):
    """A person of the case, known by name, by RUT, or both."""

    model_config = ConfigDict(
        json_schema_extra=example(tipo="aval", nombre="Rosa Soto", telefono="+56 9 1234 5678")
    )

    tipo: TipoPropietario = TipoPropietario.PRINCIPAL
    nombre: Maybe[PersonaNombre] = None
    rut: Maybe[PersonaRut] = None
    email: Maybe[PersonaEmail] = None
    telefono: Maybe[PersonaTelefono] = None
    notas: Maybe[Notes] = None

    @model_validator(mode="after")
    def _is_known(self) -> PropietarioNew:
        if not (self.nombre or self.rut):
            raise InvalidValue(NOBODY)
        return self


@change_of(PropietarioNew)
class PropietarioChange(Change):
    """What to correct of a person."""

    model_config = ConfigDict(json_schema_extra=example(telefono="+56 9 1234 5678"))


class PropietarioShown(Shown):
    """A person of the case."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=5,
            tipo="aval",
            nombre="Rosa Soto",
            rut=None,
            email=None,
            telefono="+56 9 1234 5678",
            notas=None,
            advertencias=[],
            created_at=_WHEN,
        )
    )

    id: int
    tipo: TipoPropietario
    nombre: str | None
    rut: str | None
    email: str | None
    telefono: str | None
    notas: str | None
    advertencias: list[str]
    created_at: datetime


class DireccionNew(Body):
    """A place of the case. The region follows from the comuna."""

    model_config = ConfigDict(
        json_schema_extra=example(direccion="Av. Grecia 1180", comuna="Ñuñoa", tipo="domicilio")
    )

    tipo: TipoDireccion = TipoDireccion.DOMICILIO
    direccion: Street
    comuna: Maybe[Comuna] = None
    notas: Maybe[Notes] = None


@change_of(DireccionNew)
class DireccionChange(Change):
    """What to correct of a place. Another street or comuna is not verified yet."""

    model_config = ConfigDict(json_schema_extra=example(notas="Timbre malo", version=1))

    version: Version | None = None


class DireccionShown(Shown):
    """A place of the case."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=8,
            oficio_id=12,
            tipo="domicilio",
            direccion="Av. Grecia 1180",
            comuna="Ñuñoa",
            region="Metropolitana de Santiago",
            lat=None,
            lon=None,
            exactitud_m=None,
            notas=None,
            verificada=False,
            verificada_at=None,
            version=1,
            created_at=_WHEN,
        )
    )

    id: int
    oficio_id: int
    tipo: TipoDireccion
    direccion: str
    comuna: str | None
    region: str | None
    lat: float | None
    lon: float | None
    exactitud_m: float | None
    notas: str | None
    verificada: bool
    verificada_at: datetime | None
    version: int
    created_at: datetime


class VisitaNew(Body):
    """A visit to an address. The same ``cliente_id`` again is the same visit."""

    model_config = ConfigDict(
        json_schema_extra=example(
            resultado="exitosa", notas="El vehículo está en el patio.", lat=-33.45, lon=-70.6
        )
    )

    resultado: ResultadoVisita
    fecha_hora: Moment | None = None
    notas: Maybe[Notes] = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    #: Metres.
    exactitud_m: Annotated[float | None, Field(ge=0, le=100_000)] = None
    cliente_id: Maybe[Annotated[str, line(36)]] = None

    @model_validator(mode="after")
    def _position_is_whole(self) -> VisitaNew:
        if (self.lat is None) != (self.lon is None):
            raise InvalidValue("Media posición no sirve: envíe «lat» y «lon», o ninguna.")
        return self


class VisitaShown(Shown):
    """A visit."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=4,
            direccion_id=8,
            usuario_id=3,
            resultado="exitosa",
            fecha_hora=_WHEN,
            notas=None,
            lat=-33.45,
            lon=-70.6,
            exactitud_m=12.0,
            advertencias=[],
            created_at=_WHEN,
        )
    )

    id: int
    direccion_id: int
    usuario_id: int
    resultado: ResultadoVisita
    fecha_hora: datetime
    notas: str | None
    lat: float | None
    lon: float | None
    exactitud_m: float | None
    #: What was kept although it does not add up: an hour that was twice, or never.
    advertencias: list[str]
    created_at: datetime


class ActividadNew(Body):
    """A note, a call or a visit (``terreno``); the other kinds of entry are left by deeds."""

    model_config = ConfigDict(
        json_schema_extra=example(tipo="llamada", descripcion="No contesta", ocurrido_at=_WHEN)
    )

    tipo: Actividad = Actividad.NOTA
    descripcion: Told
    ocurrido_at: Moment | None = None
    #: The day on which who writes it comes back to the case; it stands in *Hoy* of that day.
    seguimiento: date | None = None


class ActividadChange(Body):
    """Another text of one's own fresh note or call."""

    model_config = ConfigDict(json_schema_extra=example(descripcion="Contesta el conserje"))

    descripcion: Told


class ActividadQuery(Paging):
    """Which entries."""

    tipo: Actividad | None = None


class ActividadShown(Shown):
    """An entry of the bitácora, for the firm."""

    model_config = ConfigDict(
        json_schema_extra=example(
            id=31,
            oficio_id=12,
            tipo="llamada",
            descripcion="No contesta",
            detalle={},
            usuario_id=3,
            usuario_nombre="Carla Muñoz",
            ocurrido_at=_WHEN,
            advertencias=[],
            editado_at=None,
            created_at=_WHEN,
        )
    )

    id: int
    oficio_id: int
    tipo: Actividad
    descripcion: str
    detalle: dict[str, Any]
    usuario_id: int | None
    usuario_nombre: str | None
    ocurrido_at: datetime
    #: An hour that was twice, or never.
    advertencias: list[str]
    editado_at: datetime | None
    created_at: datetime


class AvistamientoNew(Body):
    """A sighting as a person tells it: its day, or its moment when that is known."""

    model_config = ConfigDict(
        json_schema_extra=example(
            fuente="terreno", fecha_hora="2026-11-22T19:12:00-03:00", ubicacion="Av. Grecia 1180"
        )
    )

    ubicacion: Maybe[Street] = None
    empresa: Maybe[Annotated[str, line(120)]] = None
    monto: Pesos | None = None
    notas: Maybe[Notes] = None
    #: Required of a «multa»: the order of the court that lets the office use it.
    orden_judicial: Maybe[Annotated[str, line(200)]] = None
    fuente: Fuente = Fuente.MANUAL
    fecha: Day | None = None
    fecha_hora: Moment | None = None

    @model_validator(mode="after")
    def _has_a_day(self) -> AvistamientoNew:
        if self.fecha is None and self.fecha_hora is None:
            raise InvalidValue("Indique «fecha» o «fecha_hora».")
        return self


@change_of(AvistamientoNew)
class AvistamientoChange(Change):
    """What to correct of a sighting that a person wrote down."""

    model_config = ConfigDict(json_schema_extra=example(ubicacion="Av. Grecia 1180, Ñuñoa"))
    NOT_NULL = frozenset({"fecha"})

    fecha: Day | None = None
    fecha_hora: Moment | None = None


class PorticoShown(Shown):
    """The gantry of the office's catalogue that a sighting's text means."""

    id: int
    autopista: str
    codigo: str
    tramo: str | None
    sentido: str | None
    comuna: str | None
    lat: float | None
    lon: float | None
    confianza_coord: Confianza | None


class AvistamientoShown(Shown):
    """A sighting. ``fecha_hora`` is null when the source says only the day.

    ``ubicacion`` and ``empresa`` are what the source wrote; ``portico`` is what that means, and
    ``portico_motivo`` why. With ``portico_metodo`` ``sin_sentido`` the code stands over both
    roadways and the source did not say which: ``portico`` is that of one of them. ``autopista``
    is known also where only the company is.
    """

    model_config = ConfigDict(
        json_schema_extra=example(
            id=9,
            oficio_id=12,
            fuente="terreno",
            fecha="2026-11-22",
            fecha_hora="2026-11-22T22:12:00Z",
            ubicacion="Av. Grecia 1180",
            empresa=None,
            portico_id=None,
            portico=None,
            autopista=None,
            portico_metodo=None,
            portico_motivo=None,
            listado_id=None,
            monto=None,
            lat=None,
            lon=None,
            notas=None,
            orden_judicial=None,
            simulado=False,
            advertencias=[],
            usuario_id=3,
            created_at=_WHEN,
        )
    )

    id: int
    oficio_id: int
    fuente: Fuente
    fecha: date
    fecha_hora: datetime | None
    ubicacion: str | None
    empresa: str | None
    portico_id: int | None
    portico: PorticoShown | None
    autopista: str | None
    portico_metodo: Metodo | None
    portico_motivo: str | None
    listado_id: int | None
    monto: int | None
    lat: float | None
    lon: float | None
    notas: str | None
    orden_judicial: str | None
    simulado: bool
    #: What the source wrote that could not be read or does not add up.
    advertencias: list[str]
    usuario_id: int | None
    created_at: datetime
