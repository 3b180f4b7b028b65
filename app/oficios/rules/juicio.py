"""The fields of a paper, and what one text in each of them means."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from app.core.comunas import find_comuna, find_region
from app.core.correo import parse_email
from app.core.errors import InvalidValue
from app.core.fechas import parse_fecha
from app.core.patente import parse_patente
from app.core.rol import parse_rol_causa
from app.core.rut import parse_rut
from app.core.telefono import parse_telefono
from app.core.texto import clean_text, fold, looks_like_formula, shortened
from app.core.tribunales import find_tribunal, suggest_tribunal
from app.direcciones.rules import unknown_comuna
from app.oficios.rules import Prioridad
from app.vehiculos.rules import doubt_vin, parse_cifras, parse_vin, refuse_anio

#: What a field is worth once read.
Dato = str | int | date

#: What people write where they know nothing.
_NOTHING = frozenset({"-", "--", "---", "s/i", "n/a", "s/d", "sin informacion", "no informa"})
#: What a spreadsheet shows in place of a value that it could not compute.
_CELL_ERROR = re.compile(
    r"#[¡¿]?(REF|N/A|N/D|VALUE|VALOR|NAME|NOMBRE|DIV/0|NUM|NULL|NULO)[!?]?", re.I
)
_PRIORIDADES = {**{item.value: item for item in Prioridad}, "normal": Prioridad.MEDIA}


@dataclass(frozen=True)
class Judgement:
    """What one text of a paper means: its values by name, and what is wrong with it."""

    #: What can be stored, also of a refused text where its field can keep it.
    valores: Mapping[str, Dato] = field(default_factory=dict)
    #: It can be read and does not add up; a person may confirm it.
    doubt: str | None = None
    #: It cannot be.
    refusal: str | None = None


#: Reads a text, on a day; may raise InvalidValue for what cannot be.
Reader = Callable[[str, date], Judgement]


@dataclass(frozen=True)
class Campo:
    """A field that a paper can fill in."""

    #: Its name on screen.
    label: str
    read: Reader | None = None
    #: Characters that its column takes, or that a text worth reading has.
    limit: int = 254
    required: bool = False
    multiline: bool = False


def judge(
    name: str, text: str, *, today: date, cells: bool = False, missing: str | None = None
) -> Judgement:
    """Say what a text means in a field of :data:`CAMPOS`; nothing where it says nothing.

    ``cells`` says that it is a spreadsheet's cell; ``missing`` is what to say where a field that
    must be filled in is not.
    """
    campo = CAMPOS[name]
    is_formula = looks_like_formula(text) and (cells or not campo.multiline)
    if is_formula and cells:
        return Judgement(
            refusal=f"El texto «{shortened(text)}» parece una fórmula de planilla y no se importa. "
            "Escriba el valor que corresponde."
        )
    text = clean_text(text, multiline=campo.multiline)
    if _CELL_ERROR.fullmatch(text):
        return Judgement(
            refusal=f"El texto es un error de planilla ({text}). Escriba el valor que corresponde."
        )
    if not text or fold(text) in _NOTHING:
        return Judgement(refusal=missing or "Falta este dato." if campo.required else None)
    if len(text) > campo.limit:
        return Judgement(refusal=f"No puede tener más de {campo.limit} caracteres.")
    try:
        found = campo.read(text, today) if campo.read else Judgement({name: text})
    except InvalidValue as refusal:
        return Judgement(refusal=str(refusal))
    if is_formula and not found.refusal:
        sentence = (
            f"El texto «{shortened(text)}» parece una fórmula de planilla. Revise el documento."
        )
        return replace(found, doubt=found.doubt or sentence)
    return found


def _value_of(name: str, parse: Callable[[str], Dato]) -> Reader:
    """The reader of a field that a parser of the core reads, or cannot."""
    return lambda text, _today: Judgement({name: parse(text)})


def _tribunal(text: str, _today: date) -> Judgement:
    if tribunal := find_tribunal(text):
        return Judgement({"tribunal": tribunal.nombre})
    hint = suggest_tribunal(text)
    what = f"¿Será «{hint.nombre}»?" if hint else "Revise el nombre en el documento."
    doubt = f"El tribunal «{shortened(text, 60)}» no está en la lista. {what}"
    return Judgement({"tribunal": text}, doubt)


def _patente(text: str, _today: date) -> Judgement:
    patente = parse_patente(text)
    found: dict[str, Dato] = {"patente": patente.valor}
    if patente.dv:
        found["patente_dv"] = patente.dv
    return Judgement(found, " ".join(patente.advertencias) or None)


def _anio(text: str, today: date) -> Judgement:
    anio = parse_cifras(text)
    return Judgement({"anio": anio}, refusal=refuse_anio(anio, today.year))


def _vin(text: str, _today: date) -> Judgement:
    vin = parse_vin(text)
    return Judgement({"vin": vin}, doubt_vin(vin))


def _rut(text: str, _today: date) -> Judgement:
    rut = parse_rut(text)
    return Judgement({"propietario_rut": rut.valor}, " ".join(rut.advertencias) or None)


def _comuna(text: str, _today: date) -> Judgement:
    if comuna := find_comuna(text):
        return Judgement({"comuna": comuna.nombre, "region": comuna.region_corta})
    return Judgement({"comuna": text}, refusal=unknown_comuna(text))


def _region(text: str, _today: date) -> Judgement:
    """Kept apart as ``region_escrita``: the comuna's own region counts where both are there."""
    if region := find_region(text):
        return Judgement({"region_escrita": region})
    doubt = f"La región «{shortened(text)}» no existe. Revise el nombre."
    return Judgement({"region_escrita": text}, doubt)


def _prioridad(text: str, _today: date) -> Judgement:
    if (prioridad := _PRIORIDADES.get(fold(text))) is None:
        raise InvalidValue(
            f"«{shortened(text)}» no es una prioridad. Escriba baja, media, alta o urgente."
        )
    return Judgement({"prioridad": prioridad.value})


#: Every field that a paper can fill in, in the order of a form.
CAMPOS = {
    "numero_oficio": Campo("Número de oficio", limit=60, required=True),
    "rol": Campo("Rol de la causa", _value_of("rol", parse_rol_causa), limit=40),
    "tribunal": Campo("Tribunal", _tribunal, limit=160),
    "caratulado": Campo("Caratulado", limit=200),
    "patente": Campo("Patente", _patente, required=True),
    "marca": Campo("Marca", limit=60),
    "modelo": Campo("Modelo", limit=60),
    "anio": Campo("Año", _anio),
    "color": Campo("Color", limit=40),
    "vin": Campo("VIN o chasis", _vin),
    "propietario_rut": Campo("RUT del propietario", _rut),
    "propietario_nombre": Campo("Nombre del propietario", limit=160),
    "propietario_email": Campo(
        "Correo del propietario", _value_of("propietario_email", parse_email)
    ),
    "propietario_telefono": Campo(
        "Teléfono del propietario", _value_of("propietario_telefono", parse_telefono)
    ),
    "direccion": Campo("Dirección", limit=200),
    "comuna": Campo("Comuna", _comuna, limit=60),
    "region": Campo("Región", _region, limit=80),
    "fecha_oficio": Campo("Fecha del oficio", _value_of("fecha_oficio", parse_fecha)),
    "fecha_ingreso": Campo("Fecha de ingreso", _value_of("fecha_ingreso", parse_fecha)),
    "fecha_limite": Campo("Fecha límite", _value_of("fecha_limite", parse_fecha)),
    "prioridad": Campo("Prioridad", _prioridad),
    "notas": Campo("Notas", limit=5_000, multiline=True),
}
