"""What a column of a buffet's list may mean, and how to tell from its header."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from app.core.texto import fold

#: Field to the words for the screen, in the order of a form.
ETIQUETAS = {
    "numero_oficio": "Número de oficio",
    "rol": "Rol de la causa",
    "tribunal": "Tribunal",
    "caratulado": "Caratulado",
    "patente": "Patente",
    "marca": "Marca",
    "modelo": "Modelo",
    "anio": "Año",
    "color": "Color",
    "vin": "VIN o chasis",
    "propietario_rut": "RUT del propietario",
    "propietario_nombre": "Nombre del propietario",
    "propietario_email": "Correo del propietario",
    "propietario_telefono": "Teléfono del propietario",
    "direccion": "Dirección",
    "comuna": "Comuna",
    "region": "Región",
    "fecha_oficio": "Fecha del oficio",
    "fecha_ingreso": "Fecha de ingreso",
    "fecha_limite": "Fecha límite",
    "prioridad": "Prioridad",
    "notas": "Notas",
}
#: Without them there is no oficio.
OBLIGATORIOS = ("numero_oficio", "patente")

#: Headers seen in lists, folded and without punctuation.
_SINONIMOS = {
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
#: Dates that no field is for, although their header is like one that is.
_AJENOS = frozenset({"fecha de nacimiento", "fecha nacimiento", "nacimiento", "f nacimiento"})
#: «color» and «rol» are 75 alike, «fecha ingreso» and «fecha ingresso» 96.
_PARECIDO = 86
_LONGEST_HEADER = 40


def guess_columns(
    encabezados: Sequence[str], sinonimos: Mapping[str, str] = _SINONIMOS
) -> dict[int, str]:
    """Return which column holds which field, judging by the headers alone.

    ``sinonimos`` holds, for each field, the headers seen for it. The best likeness is served
    first; a field is given once and a column takes one field, so that of «RUT deudor» and «RUT
    abogado» only the first becomes the owner's.
    """
    ranked = sorted(
        (
            (-_likeness(key, names), column, campo)
            for column, key in enumerate(map(header_key, encabezados))
            if key
            and key not in _AJENOS
            and len(key) <= _LONGEST_HEADER
            and not re.search("[0-9]", key)
            for campo, names in sinonimos.items()
        ),
    )
    guess: dict[int, str] = {}
    for negative, column, campo in ranked:
        if -negative >= _PARECIDO and column not in guess and campo not in guess.values():
            guess[column] = campo
    return dict(sorted(guess.items()))


def header_key(text: str) -> str:
    """Return a header for comparing: «N° Oficio» and «N.º  OFICIO» become «n oficio»."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(re.sub("[°ºª]", " ", text))).split())


@lru_cache(maxsize=10_000)
def _likeness(key: str, synonyms: str) -> float:
    names = synonyms.split("|")
    if key in names:
        return 101.0 - names.index(key) / 100
    if len(key) < 4:
        return 0.0
    # A word of three letters is like too much.
    return max(fuzz.token_sort_ratio(key, name) for name in names if len(name) > 3)
