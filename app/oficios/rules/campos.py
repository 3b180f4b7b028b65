"""Every field that a paper can fill in, declared once.

What the forms, the API, the lists, the search, the case's page, its history, the notice and the
expediente need to know of a field stands here; ``tests/api/test_campos.py`` names a place
that a new field is missing in.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from app.core.dates import format_fecha, parse_fecha
from app.core.email_address import mask_email, parse_email
from app.core.phone_numbers import format_telefono, mask_telefono, parse_telefono
from app.core.rol import parse_rol_causa
from app.core.rut import format_rut, mask_rut
from app.oficios.rules.field_readers import (
    Reader,
    parse_concedida,
    read_anio,
    read_comuna,
    read_patente,
    read_prioridad,
    read_region,
    read_rut,
    read_tribunal,
    read_vin,
    reader_of,
)


class GrupoDeCampos(enum.Enum):
    """What belongs together: the columns of a list's preview, in this order."""

    OFICIO = "Oficio"
    VEHICULO = "Vehículo"
    PERSONA = "Propietario"
    DIRECCION = "Dirección"
    PLAZOS = "Plazos"
    NOTAS = "Notas"


@dataclass(frozen=True)
class Campo:
    """A field that a paper can fill in."""

    grupo: GrupoDeCampos
    #: Its label out of context, such as in a list or a notice.
    label: str
    #: None for plain text.
    read: Reader | None = None
    #: Known column headers of lists, without accents, case and punctuation, likeliest first,
    #: separated by «|».
    headers: str = ""
    #: Its name on the case's page; ``label`` where it is empty.
    short: str = ""
    #: Maximum characters, by its column or by what a reader accepts.
    limit: int = 254
    required: bool = False
    multiline: bool = False
    #: Whether the search of cases looks into it (of the order, its vehicle or a person).
    searched: bool = False
    #: Whether page, notice and expediente tell it by a loop, after what they tell one by one. Of a
    #: person no notice tells anything, and a buffet's expediente none of these.
    told: bool = False
    #: How its value is told, and how it is told to whom it is not shown.
    show: Callable[[Any], str] = str
    mask: Callable[[str], str] | None = None
    #: Scheme of the link around its value (``tel:``); empty for none.
    link: str = ""
    #: Whether forms have an input for it; otherwise it is derived from another field.
    asked: bool = True
    #: Of its input: whether it says that it may stay empty, a sentence below it, an example in it,
    #: its type, the keys that a phone shows, and the id of the list that it suggests from.
    optional: bool = False
    help: str = ""
    placeholder: str = ""
    type: str = ""
    inputmode: str = ""
    suggests: str = ""

    @property
    def name(self) -> str:
        """Its name on the case's page."""
        return self.short or self.label


# A list asks it seven times for each of its rows.
@cache
def fields_of(grupo: GrupoDeCampos) -> Mapping[str, Campo]:
    """The fields of a group, in the order of a form."""
    return MappingProxyType({name: campo for name, campo in CAMPOS.items() if campo.grupo is grupo})


def column_of(name: str) -> str:
    """The column of a field: where the row says whose it is, its name does not."""
    return "notas_generales" if name == "notas" else name.removeprefix("propietario_")


def told_facts(row: Any, *grupos: GrupoDeCampos) -> Iterator[tuple[Campo, Any]]:
    """What a stored row says in the fields of some groups that are told by a loop."""
    for grupo in grupos:
        for name, campo in fields_of(grupo).items():
            if campo.told:
                yield campo, getattr(row, column_of(name))


def told_texts(row: Any, *grupos: GrupoDeCampos) -> Iterator[tuple[Campo, str | None]]:
    """The same in words, to whoever may read all of it."""
    for campo, value in told_facts(row, *grupos):
        yield campo, None if value is None else campo.show(value)


def has_masked(persona: Any) -> bool:
    """Whether something is known of a person that is shown on request alone."""
    return any(
        campo.mask and getattr(persona, column_of(name))
        for name, campo in fields_of(GrupoDeCampos.PERSONA).items()
    )


#: In the order of a form.
CAMPOS = {
    "numero_oficio": Campo(
        GrupoDeCampos.OFICIO,
        "Número de oficio",
        limit=60,
        required=True,
        searched=True,
        headers="n oficio|numero oficio|numero de oficio|num oficio|nro oficio|no oficio|"
        "oficio|n de oficio|folio|n folio|numero|n|nro|codigo oficio|id oficio|encargo|"
        "n encargo",
    ),
    "rol": Campo(
        GrupoDeCampos.OFICIO,
        "Rol de la causa",
        reader_of("rol", parse_rol_causa),
        limit=40,
        short="Rol",
        searched=True,
        placeholder="C-3030-2017",
        headers="rol|rit|rol causa|rol de la causa|rit causa|rol rit|rol tribunal|n rol|"
        "causa rol|causa",
    ),
    "tribunal": Campo(
        GrupoDeCampos.OFICIO,
        "Tribunal",
        read_tribunal,
        limit=160,
        suggests="tribunales",
        headers="tribunal|juzgado|tribunal juzgado|nombre tribunal|tribunal de origen|corte",
    ),
    "caratulado": Campo(
        GrupoDeCampos.OFICIO,
        "Caratulado",
        limit=200,
        searched=True,
        placeholder="BANCO DE CHILE/CEA",
        headers="caratulado|caratula|caratula causa|partes|nombre causa|caratulado causa",
    ),
    "fuerza_publica": Campo(
        GrupoDeCampos.OFICIO,
        "Fuerza pública",
        reader_of("fuerza_publica", parse_concedida),
        asked=False,
        headers="fuerza publica|auxilio fuerza publica|auxilio de la fuerza publica|"
        "con fuerza publica",
    ),
    "descerrajamiento": Campo(
        GrupoDeCampos.OFICIO,
        "Descerrajamiento",
        reader_of("descerrajamiento", parse_concedida),
        asked=False,
        headers="descerrajamiento|descerrajar|con descerrajamiento|facultad de descerrajar",
    ),
    "facultades": Campo(
        GrupoDeCampos.OFICIO,
        "Otras facultades",
        limit=300,
        told=True,
        placeholder="Allanamiento; días y horas inhábiles",
        headers="otras facultades|facultades|facultades concedidas|facultades otorgadas",
    ),
    "patente": Campo(
        GrupoDeCampos.VEHICULO,
        "Patente",
        read_patente,
        required=True,
        searched=True,
        help="Con dígito verificador si el documento lo tiene: BBCL12-3.",
        placeholder="BBCL12-3",
        headers="patente|ppu|placa|placa patente|placa patente unica|patente vehiculo|"
        "patente unica|n patente|placa unica",
    ),
    "marca": Campo(
        GrupoDeCampos.VEHICULO,
        "Marca",
        limit=60,
        searched=True,
        headers="marca|marca vehiculo|fabricante",
    ),
    "modelo": Campo(
        GrupoDeCampos.VEHICULO,
        "Modelo",
        limit=60,
        searched=True,
        headers="modelo|modelo vehiculo",
    ),
    "anio": Campo(
        GrupoDeCampos.VEHICULO,
        "Año",
        read_anio,
        inputmode="numeric",
        headers="ano|anio|ano vehiculo|ano fabricacion|ano modelo|ano de fabricacion",
    ),
    "color": Campo(
        GrupoDeCampos.VEHICULO,
        "Color",
        limit=40,
        searched=True,
        headers="color|color vehiculo",
    ),
    "vin": Campo(
        GrupoDeCampos.VEHICULO,
        "VIN o chasis",
        read_vin,
        short="VIN",
        searched=True,
        told=True,
        headers="vin|chasis|n chasis|numero de chasis|nro chasis|vin chasis|n vin",
    ),
    "motor": Campo(
        GrupoDeCampos.VEHICULO,
        "Número de motor",
        limit=30,
        short="N° de motor",
        searched=True,
        told=True,
        headers="n motor|numero de motor|nro motor|motor|num motor|numero motor|n de motor|"
        "serie motor",
    ),
    "tipo_vehiculo": Campo(
        GrupoDeCampos.VEHICULO,
        "Tipo de vehículo",
        limit=40,
        told=True,
        placeholder="Automóvil",
        headers="tipo vehiculo|tipo de vehiculo|clase vehiculo|clase de vehiculo",
    ),
    "propietario_nombre": Campo(
        GrupoDeCampos.PERSONA,
        "Nombre del propietario",
        limit=160,
        short="Nombre",
        searched=True,
        headers="nombre deudor|deudor|nombre|propietario|nombre propietario|demandado|"
        "nombre demandado|ejecutado|nombre ejecutado|titular|dueno|nombre dueno|"
        "nombre completo|nombre titular|nombre cliente",
    ),
    "propietario_rut": Campo(
        GrupoDeCampos.PERSONA,
        "RUT del propietario",
        read_rut,
        short="RUT",
        searched=True,
        show=format_rut,
        mask=mask_rut,
        optional=True,
        placeholder="12.345.678-5",
        headers="rut deudor|rut|rut propietario|rut demandado|rut ejecutado|rut titular|"
        "rut cliente|run|rut dueno|cedula|cedula de identidad",
    ),
    "propietario_telefono": Campo(
        GrupoDeCampos.PERSONA,
        "Teléfono del propietario",
        reader_of("propietario_telefono", parse_telefono),
        short="Teléfono",
        told=True,
        show=format_telefono,
        mask=mask_telefono,
        link="tel:",
        optional=True,
        placeholder="+56 9 1234 5678",
        type="tel",
        headers="telefono|fono|celular|telefono deudor|fono deudor|movil|contacto|"
        "telefono contacto|celular deudor|telefono propietario",
    ),
    "propietario_email": Campo(
        GrupoDeCampos.PERSONA,
        "Correo del propietario",
        reader_of("propietario_email", parse_email),
        short="Correo",
        told=True,
        mask=mask_email,
        link="mailto:",
        optional=True,
        type="email",
        headers="correo|email|e mail|mail|correo electronico|correo deudor|email deudor|"
        "correo propietario|mail deudor",
    ),
    "direccion": Campo(
        GrupoDeCampos.DIRECCION,
        "Dirección",
        limit=200,
        headers="direccion|domicilio|direccion deudor|domicilio deudor|calle|"
        "direccion domicilio|direccion propietario|domicilio demandado",
    ),
    "comuna": Campo(
        GrupoDeCampos.DIRECCION,
        "Comuna",
        read_comuna,
        limit=60,
        help="La región se completa sola.",
        suggests="comunas",
        headers="comuna|comuna domicilio|comuna deudor|ciudad|ciudad comuna",
    ),
    "region": Campo(
        GrupoDeCampos.DIRECCION,
        "Región",
        read_region,
        limit=80,
        asked=False,
        headers="region|region domicilio|region deudor",
    ),
    "fecha_oficio": Campo(
        GrupoDeCampos.PLAZOS,
        "Fecha del oficio",
        reader_of("fecha_oficio", parse_fecha),
        show=format_fecha,
        optional=True,
        type="date",
        help="La que dice el documento. Si no la sabe, déjela vacía.",
        headers="fecha oficio|fecha del oficio|fecha de oficio|f oficio|fecha de la orden|"
        "fecha orden",
    ),
    "fecha_ingreso": Campo(
        GrupoDeCampos.PLAZOS,
        "Fecha de ingreso",
        reader_of("fecha_ingreso", parse_fecha),
        show=format_fecha,
        optional=True,
        type="date",
        headers="fecha ingreso|fecha de ingreso|ingreso|fecha|fecha recepcion|fecha asignacion|"
        "fecha encargo|f ingreso|fecha envio",
    ),
    "fecha_limite": Campo(
        GrupoDeCampos.PLAZOS,
        "Fecha límite",
        reader_of("fecha_limite", parse_fecha),
        show=format_fecha,
        optional=True,
        type="date",
        headers="fecha limite|limite|fecha vencimiento|vencimiento|plazo|fecha plazo|vence|"
        "fecha termino|fecha de vencimiento|fecha tope|f limite|f vencimiento",
    ),
    "prioridad": Campo(
        GrupoDeCampos.PLAZOS,
        "Prioridad",
        read_prioridad,
        headers="prioridad|urgencia|nivel de prioridad",
    ),
    "notas": Campo(
        GrupoDeCampos.NOTAS,
        "Notas",
        limit=5_000,
        multiline=True,
        headers="notas|nota|observaciones|observacion|comentarios|comentario|obs|antecedentes",
    ),
}
