"""What a column of a buffet's list may mean, and how to tell from its header."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from app.oficios.rules.juicio import CAMPOS
from app.planillas.rules.layout import Layout

#: Field to the words for the screen, in the order of a form.
ETIQUETAS = {name: campo.label for name, campo in CAMPOS.items()}
#: Without them there is no oficio.
OBLIGATORIOS = tuple(name for name, campo in CAMPOS.items() if campo.required)

#: One word may be chance; a header names at least so many fields.
_FEWEST_FIELDS = 2
#: Headers seen in lists, folded and without punctuation.
_SYNONYMS = {
    "numero_oficio": "n oficio|numero oficio|numero de oficio|num oficio|nro oficio|no oficio|"
    "oficio|n de oficio|folio|n folio|numero|n|nro|codigo oficio|id oficio|encargo|n encargo",
    "rol": "rol|rit|rol causa|rol de la causa|rit causa|rol rit|rol tribunal|n rol|causa rol|causa",
    "tribunal": "tribunal|juzgado|tribunal juzgado|nombre tribunal|tribunal de origen|corte",
    "caratulado": "caratulado|caratula|caratula causa|partes|nombre causa|caratulado causa",
    "patente": "patente|ppu|placa|placa patente|placa patente unica|patente vehiculo|"
    "patente unica|n patente|placa unica",
    "marca": "marca|marca vehiculo|fabricante",
    "modelo": "modelo|modelo vehiculo",
    "anio": "ano|anio|ano vehiculo|ano fabricacion|ano modelo|ano de fabricacion",
    "color": "color|color vehiculo",
    "vin": "vin|chasis|n chasis|numero de chasis|nro chasis|vin chasis|n vin",
    "propietario_rut": "rut deudor|rut|rut propietario|rut demandado|rut ejecutado|rut titular|"
    "rut cliente|run|rut dueno|cedula|cedula de identidad",
    "propietario_nombre": "nombre deudor|deudor|nombre|propietario|nombre propietario|demandado|"
    "nombre demandado|ejecutado|nombre ejecutado|titular|dueno|nombre dueno|nombre completo|"
    "nombre titular|nombre cliente",
    "propietario_email": "correo|email|e mail|mail|correo electronico|correo deudor|email deudor|"
    "correo propietario|mail deudor",
    "propietario_telefono": "telefono|fono|celular|telefono deudor|fono deudor|movil|contacto|"
    "telefono contacto|celular deudor|telefono propietario",
    "direccion": "direccion|domicilio|direccion deudor|domicilio deudor|calle|direccion domicilio|"
    "direccion propietario|domicilio demandado",
    "comuna": "comuna|comuna domicilio|comuna deudor|ciudad|ciudad comuna",
    "region": "region|region domicilio|region deudor",
    "fecha_oficio": "fecha oficio|fecha del oficio|fecha de oficio|f oficio|fecha de la orden|"
    "fecha orden",
    "fecha_ingreso": "fecha ingreso|fecha de ingreso|ingreso|fecha|"
    "fecha recepcion|fecha asignacion|fecha encargo|f ingreso|fecha envio",
    "fecha_limite": "fecha limite|limite|fecha vencimiento|vencimiento|plazo|fecha plazo|vence|"
    "fecha termino|fecha de vencimiento|fecha tope|f limite|f vencimiento",
    "prioridad": "prioridad|urgencia|nivel de prioridad",
    "notas": "notas|nota|observaciones|observacion|comentarios|comentario|obs|antecedentes",
}


def _is_header(campos: Collection[str]) -> bool:
    return len(campos) >= _FEWEST_FIELDS and bool(set(OBLIGATORIOS) & set(campos))


def _ask_missing(campos: Collection[str]) -> str:
    for campo in OBLIGATORIOS:
        if campo not in campos:
            return f"Elija qué columna tiene el campo «{ETIQUETAS[campo]}»."
    return ""


def _is_entry(values: Mapping[str, str], filled: int) -> bool:
    # A sum may stand under the plates, a plate never without letters.
    return filled > 4 or bool(re.search("[A-Za-z]", values.get("patente", "")))


LAYOUT = Layout(
    labels=ETIQUETAS,
    synonyms=_SYNONYMS,
    example="«N° Oficio» y «Patente»",
    is_header=_is_header,
    ask_missing=_ask_missing,
    is_entry=_is_entry,
)
