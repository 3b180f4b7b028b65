"""Oficios and their vehicles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

from pydantic import ConfigDict, Field, create_model, model_validator

from app.api.v1.schemas.base import Body, Change, Paging, Query, Shown, example
from app.api.v1.schemas.derived import change_of
from app.api.v1.schemas.fields import (
    Anio,
    Day,
    Id,
    Maybe,
    Notes,
    PlacaPatente,
    RolCausa,
    Version,
    Vin,
    of_paper,
)
from app.api.v1.schemas.partes import DireccionNew, PropietarioNew
from app.core.clock import local_today, utcnow
from app.core.errors import InvalidValue
from app.oficios.rules import Estado, Prioridad
from app.oficios.rules.campos import GrupoDeCampos, column_of, fields_of
from app.oficios.rules.papel import STRICT, Papel, read_papel

Numero = Annotated[str, of_paper("numero_oficio"), Field(examples=["1234-2026"])]
Tribunal = Annotated[str, of_paper("tribunal")]
Caratulado = Annotated[str, of_paper("caratulado")]
Region = Annotated[str, of_paper("region")]
Street = Annotated[str, of_paper("direccion")]

#: Fields of a body that a paper calls otherwise.
_TEXTS = {column_of(name): name for name in fields_of(GrupoDeCampos.NOTAS)}


if TYPE_CHECKING:
    _WithParts = Body
else:
    # What is taken of a person and an address is declared with them; the class names what differs.
    _PERSONA = get_type_hints(PropietarioNew, include_extras=True)
    _DIRECCION = get_type_hints(DireccionNew, include_extras=True)
    _WithParts = create_model(
        "_WithParts",
        __base__=Body,
        **{
            name: (hints[column_of(name)], None)
            for grupo, hints in (
                (GrupoDeCampos.PERSONA, _PERSONA),
                (GrupoDeCampos.DIRECCION, _DIRECCION),
            )
            for name in fields_of(grupo)
            if column_of(name) in hints
        },
    )


class OficioNew(_WithParts):
    """A court order to find a vehicle. What does not add up is kept, with ``advertencias``."""

    model_config = ConfigDict(
        json_schema_extra=example(
            numero_oficio="1234-2026",
            buffet_id=1,
            prioridad="alta",
            fecha_limite="2026-12-20",
            rol="C-3030-2017",
            patente="BBCL12",
            marca="Suzuki",
            modelo="Swift",
            año=2015,
            propietario_nombre="Rosa Soto",
            direccion="Av. Grecia 1180",
            comuna="Ñuñoa",
        )
    )

    numero_oficio: Numero
    buffet_id: Id
    prioridad: Prioridad = Prioridad.MEDIA
    fecha_oficio: Annotated[Day | None, Field(description="La fecha que dice el oficio.")] = None
    fecha_ingreso: Annotated[
        Day | None, Field(description="El día en que la oficina lo recibió.")
    ] = None
    fecha_limite: Day | None = None
    notas_generales: Maybe[Notes] = None
    rol: Maybe[RolCausa] = None
    tribunal: Maybe[Tribunal] = None
    caratulado: Maybe[Caratulado] = None
    fuerza_publica: bool = False
    descerrajamiento: bool = False
    facultades: Annotated[
        Maybe[Annotated[str, of_paper("facultades")]],
        Field(description="Qué más concedió el tribunal, en palabras."),
    ] = None

    patente: PlacaPatente
    marca: Maybe[Annotated[str, of_paper("marca")]] = None
    modelo: Maybe[Annotated[str, of_paper("modelo")]] = None
    anio: Annotated[Anio | None, Field(alias="año")] = None
    color: Maybe[Annotated[str, of_paper("color")]] = None
    vin: Maybe[Vin] = None
    motor: Annotated[
        Maybe[Annotated[str, of_paper("motor")]], Field(description="El número de motor.")
    ] = None
    tipo_vehiculo: Annotated[
        Maybe[Annotated[str, of_paper("tipo_vehiculo")]], Field(examples=["Automóvil"])
    ] = None

    direccion: Maybe[Street] = None
    region: Maybe[Region] = None

    @model_validator(mode="after")
    def _parts_are_whole(self) -> OficioNew:
        """An e-mail belongs to somebody, and a comuna alone cannot be visited."""
        for sentence in self.papel.errores.values():
            raise InvalidValue(sentence)
        return self

    @property
    def papel(self) -> Papel:
        """What the paper says, judged as a whole."""
        return read_papel(paper_texts(dict(self)), today=local_today(utcnow()), policy=STRICT)


def paper_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Values by name, of a body or of rows, as the texts of a paper."""
    return {
        _TEXTS.get(name, name): text_of(value)
        for name, value in values.items()
        if not isinstance(value, bool)
    }


def text_of(value: Any) -> str:
    """A value as a paper would have it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(getattr(value, "value", value))


#: What an oficio is created with, and is changed by routes of its own or not at all.
_MADE_ONCE = (
    "buffet_id",
    *fields_of(GrupoDeCampos.PERSONA),
    *fields_of(GrupoDeCampos.DIRECCION),
)


@change_of(OficioNew, without=_MADE_ONCE)
class OficioChange(Change):
    """What to correct of an oficio and its vehicle; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra=example(prioridad="urgente", fecha_limite="2026-12-10", version=3)
    )

    version: Version | None = None


class AssignChange(Body):
    """To whom an oficio is entrusted; null takes it from whoever has it."""

    model_config = ConfigDict(json_schema_extra=example(investigador_id=3))

    investigador_id: Id | None
    version: Version | None = None


class EstadoChange(Body):
    """Where an oficio goes."""

    model_config = ConfigDict(json_schema_extra=example(estado="investigacion", version=1))

    estado: Estado
    version: Version | None = None


class OficioQuery(Paging):
    """Which oficios."""

    estado: Estado | None = None
    buffet_id: Id | None = None
    investigador_id: Id | None = None
    prioridad: Prioridad | None = None
    promesa: Annotated[
        Literal["en_riesgo", "vencida", "detenida"] | None,
        Field(description="Abiertos con una promesa a su buffet que está así."),
    ] = None
    q: Annotated[
        str | None,
        Field(max_length=100, description="Número, rol, patente, nombre o RUT, como se escriba."),
    ] = None
    patente: Annotated[str | None, Field(max_length=20)] = None


class VehiculoShown(Shown):
    """The vehicle to find."""

    id: int
    patente: str
    patente_dv: str | None
    marca: str | None
    modelo: str | None
    anio: Annotated[int | None, Field(alias="año")]
    color: str | None
    vin: str | None
    motor: str | None
    tipo_vehiculo: str | None


_OFICIO = {
    "id": 12,
    "numero_oficio": "1234-2026",
    "buffet_id": 1,
    "buffet_nombre": "Estudio Jurídico Andes",
    "estado": "pendiente",
    "prioridad": "alta",
    "investigador_id": None,
    "fecha_oficio": "2026-11-18",
    "fecha_ingreso": "2026-11-24",
    "fecha_limite": "2026-12-20",
    "rol": "C-3030-2017",
    "tribunal": None,
    "caratulado": None,
    "notas_generales": None,
    "fuerza_publica": False,
    "descerrajamiento": False,
    "facultades": None,
    "version": 1,
    "advertencias": [],
    "vehiculo": {
        "id": 12,
        "patente": "BBCL12",
        "patente_dv": None,
        "marca": "Suzuki",
        "modelo": "Swift",
        "año": 2015,
        "color": None,
        "vin": None,
        "motor": None,
        "tipo_vehiculo": None,
    },
    "estado_desde": "2026-11-24T12:00:00Z",
    "ultima_actividad_at": "2026-11-24T12:00:00Z",
    "ultima_consulta_at": None,
    "created_at": "2026-11-24T12:00:00Z",
    "updated_at": "2026-11-24T12:00:00Z",
}


class OficioShown(Shown):
    """An oficio with its vehicle."""

    model_config = ConfigDict(json_schema_extra=example(**_OFICIO))

    id: int
    numero_oficio: str
    buffet_id: int
    buffet_nombre: str
    estado: Estado
    prioridad: Prioridad
    investigador_id: int | None
    fecha_oficio: date | None
    fecha_ingreso: date | None
    fecha_limite: date | None
    rol: str | None
    tribunal: str | None
    caratulado: str | None
    notas_generales: str | None
    fuerza_publica: bool
    descerrajamiento: bool
    facultades: str | None
    version: int
    advertencias: list[str]
    vehiculo: VehiculoShown
    estado_desde: datetime
    ultima_actividad_at: datetime
    ultima_consulta_at: datetime | None
    created_at: datetime
    updated_at: datetime


class TableroQuery(Query):
    """Which cards."""

    buffet_id: Id | None = None
    investigador_id: Id | None = None
    q: Annotated[str | None, Field(max_length=100)] = None


class TarjetaShown(Shown):
    """A card of the board."""

    id: int
    version: int
    numero_oficio: str
    prioridad: Prioridad
    fecha_limite: date | None
    buffet: str
    investigador: str | None
    patente: str
    marca: str | None
    modelo: str | None
    advertencia: str | None
    dias_quieto: int
    fotos: int


class ColumnaShown(Shown):
    """A column of the board with its first cards."""

    model_config = ConfigDict(
        json_schema_extra=example(
            estado="pendiente",
            total=1,
            tarjetas=[
                {
                    "id": 12,
                    "version": 1,
                    "numero_oficio": "1234-2026",
                    "prioridad": "alta",
                    "fecha_limite": "2026-12-20",
                    "buffet": "Estudio Jurídico Andes",
                    "investigador": None,
                    "patente": "BBCL12",
                    "marca": "Suzuki",
                    "modelo": "Swift",
                    "advertencia": None,
                    "dias_quieto": 0,
                    "fotos": 0,
                }
            ],
            hay_mas=False,
        )
    )

    estado: Estado
    total: int
    tarjetas: list[TarjetaShown]
    hay_mas: bool
