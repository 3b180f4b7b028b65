"""What the papers say, on its way from a form, a spreadsheet or the API into a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.direcciones.rules import ResultadoVisita, TipoDireccion
from app.oficios.rules import Actividad, Prioridad, TipoPropietario


@dataclass(frozen=True, kw_only=True)
class VehiculoData:
    """The vehicle as the paper names it. ``patente`` is normalised, ``patente_dv`` as written."""

    patente: str
    patente_dv: str | None = None
    marca: str | None = None
    modelo: str | None = None
    anio: int | None = None
    color: str | None = None
    vin: str | None = None
    motor: str | None = None
    tipo_vehiculo: str | None = None


@dataclass(frozen=True, kw_only=True)
class PropietarioData:
    """A person of the case."""

    tipo: TipoPropietario = TipoPropietario.PRINCIPAL
    nombre: str | None = None
    rut: str | None = None
    email: str | None = None
    telefono: str | None = None
    notas: str | None = None


@dataclass(frozen=True, kw_only=True)
class DireccionData:
    """A place of the case."""

    direccion: str
    comuna: str | None = None
    region: str | None = None
    tipo: TipoDireccion = TipoDireccion.DOMICILIO
    notas: str | None = None


@dataclass(frozen=True, kw_only=True)
class DireccionListada(DireccionData):
    """A place of which a list knows more: where it is on the map, and when it was verified."""

    lat: float | None = None
    lon: float | None = None
    #: Metres.
    exactitud_m: float | None = None
    verificada: bool = False
    verificada_at: datetime | None = None


@dataclass(frozen=True)
class Posicion:
    """A point on the map; ``exactitud_m`` in metres, none when a person pointed at it."""

    lat: float
    lon: float
    exactitud_m: float | None = None


@dataclass(frozen=True, kw_only=True)
class OficioData:
    """What the paper says of an oficio itself."""

    numero_oficio: str
    rol: str | None = None
    tribunal: str | None = None
    caratulado: str | None = None
    fecha_oficio: date | None = None
    fecha_ingreso: date | None = None
    fecha_limite: date | None = None
    prioridad: Prioridad = Prioridad.MEDIA
    notas_generales: str | None = None
    fuerza_publica: bool = False
    descerrajamiento: bool = False
    facultades: str | None = None
    advertencias_ingreso: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EntradaData:
    """A note, a call or a visit to no address of the case, as somebody writes it down."""

    tipo: Actividad
    #: The text; empty for a visit, whose outcome is a field of its own.
    descripcion: str
    #: None means now.
    ocurrido_at: datetime | None = None
    #: Of a visit.
    resultado: ResultadoVisita | None = None
    #: Position of the device, where the person allowed it.
    posicion: Posicion | None = None
    #: Why the time is ambiguous, in words (the repeated hour when clocks go back).
    hora_dudosa: str | None = None
    #: The day on which who writes it comes back to the case.
    seguimiento: date | None = None


@dataclass(frozen=True)
class RawAnswer:
    """What a provider answered, as it came."""

    cuerpo: str
    #: HTTP status.
    estado: int
    sha256: str


@dataclass(frozen=True)
class VisitaData:
    """A visit to an address, with where the phone was when its person allowed that."""

    resultado: ResultadoVisita
    fecha_hora: datetime
    notas: str | None = None
    lat: float | None = None
    lon: float | None = None
    #: Metres.
    exactitud_m: float | None = None
    #: Idempotency key, made with the form: a form that is sent twice is one visit.
    cliente_id: str | None = None
    #: Warnings by field (the repeated hour when clocks go back).
    advertencias_ingreso: Mapping[str, str] = field(default_factory=dict)
