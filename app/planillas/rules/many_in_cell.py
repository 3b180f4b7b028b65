"""Several vehicles, persons, addresses or telephones in one row, and how they belong together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.patente import parse_patente
from app.core.phone_numbers import parse_telefono
from app.core.rut import parse_rut
from app.core.text import clean_text, fold, shortened
from app.oficios.rules import TipoPropietario
from app.planillas.rules.row_parts import (
    OTROS,
    in_parts,
    is_comuna,
    is_whole,
    split_make,
    split_street,
)

_BETWEEN = re.compile(r"\s*[/;|\n]\s*|\s+(?:y|e|-|–)\s+|\s*,\s*")
_MAY_BE_MANY = re.compile(r"[/;|,\s]")
#: Without one of these a cell names one person, and holds one address.
_BETWEEN_NAMES = re.compile(r"[/;|,\n]|\s[yeYE]\s")
_BETWEEN_PLACES = re.compile(r"[\n;|/]")
_CUE = re.compile(r"\(([^)]*)\)")
_ROLES = {
    "deudor": TipoPropietario.PRINCIPAL,
    "deudora": TipoPropietario.PRINCIPAL,
    "titular": TipoPropietario.PRINCIPAL,
    "principal": TipoPropietario.PRINCIPAL,
    "propietario": TipoPropietario.PRINCIPAL,
    "propietaria": TipoPropietario.PRINCIPAL,
    "ejecutado": TipoPropietario.PRINCIPAL,
    "demandado": TipoPropietario.PRINCIPAL,
    "aval": TipoPropietario.AVAL,
    "fiador": TipoPropietario.AVAL,
    "fiadora": TipoPropietario.AVAL,
    "codeudor": TipoPropietario.CODEUDOR,
    "codeudora": TipoPropietario.CODEUDOR,
    "codeudor solidario": TipoPropietario.CODEUDOR,
    "usuario": TipoPropietario.USUARIO,
    "conductor": TipoPropietario.USUARIO,
}
_OF_A_PERSON = (
    "propietario_nombre",
    "propietario_rut",
    "propietario_telefono",
    "propietario_email",
)
_OF_A_CAR = ("marca", "modelo", "anio", "color", "vin", "motor", "tipo_vehiculo")


@dataclass(frozen=True)
class Repartida:
    """A row's texts, shared out: one set for each vehicle, and what else hangs on the case."""

    vehiculos: tuple[dict[str, str], ...]
    #: Further persons and addresses, each field by field.
    otros: tuple[dict[str, str], ...] = ()
    #: What cannot be shared out, in a sentence, by field.
    dudas: Mapping[str, str] = field(default_factory=dict)


def share_out(texts: Mapping[str, str]) -> Repartida:
    """Tell apart what stands together in the cells of one row.

    A cell is divided only where each of its parts is what the field asks for; else it stays whole,
    so that its reader says what is wrong with it.
    """
    if is_whole(texts):
        return Repartida((dict(texts),))
    own = {name: text for name, text in texts.items() if name not in OTROS}
    plates = divide(
        "/".join(filter(None, (own.get("patente"), texts.get("patente_2")))), parse_patente
    )
    persons, dudas = _persons(own, texts)
    first, *others = persons
    own = {name: text for name, text in own.items() if name not in _OF_A_PERSON} | first
    addresses = _addresses(own, texts)
    if addresses:
        own["direccion"], comuna = addresses[0]
        own |= {"comuna": comuna} if comuna else {}
        others += [
            {"direccion": street} | ({"comuna": place} if place else {})
            for street, place in addresses[1:]
        ]
    cars = []
    parts_of = {name: in_parts(own.get(name, "")) for name in _OF_A_CAR if len(plates) > 1}
    for name, parts in parts_of.items():
        if len(parts) not in {0, 1, len(plates)}:
            written = shortened(clean_text(own.pop(name)), 200)
            dudas[name] = (
                f"La fila trae {len(plates)} patentes y «{written}»: escriba lo de cada vehículo."
            )
    for place, plate in enumerate(plates or [own.get("patente", "")]):
        car = {**own, "patente": plate}
        for name, parts in parts_of.items():
            if len(parts) == len(plates):
                car[name] = parts[place]
        if parts_of.get("marca") and len(parts_of["marca"]) == len(plates):
            split_make(car)
        cars.append({name: text for name, text in car.items() if text})
    return Repartida(tuple(cars), tuple(other for other in others if other), dudas)


def divide(text: str, parse: Callable[[str], object]) -> list[str]:
    """The parts of a cell, each of which ``parse`` can read; the cell itself where it cannot."""
    if not clean_text(text):
        return []
    if not _MAY_BE_MANY.search(text.strip()):
        return [text]
    for parts in (
        [text],
        re.split(r"\s*[/;|\n]\s*", text),
        _BETWEEN.split(text),
        clean_text(text).split(" "),
    ):
        found = [clean_text(part) for part in parts if clean_text(part)]
        if (
            found
            and (len(found) > 1 or parts[0] is text)
            and all(_reads(parse, one) for one in found)
        ):
            return list(dict.fromkeys(found))
    return [text]


def _reads(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except InvalidValue:
        return False
    return True


def _persons(
    own: Mapping[str, str], texts: Mapping[str, str]
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The persons of a row, the principal first, each with what is theirs."""
    ruts = divide(own.get("propietario_rut", ""), parse_rut)
    names = _names(own.get("propietario_nombre", ""), len(ruts))
    phones = divide(own.get("propietario_telefono", ""), parse_telefono)
    phones += divide(texts.get("telefono_2", ""), parse_telefono)
    mails = divide(own.get("propietario_email", ""), parse_email)
    mails += divide(texts.get("email_2", ""), parse_email)
    count = max(len(names), len(ruts), 1)
    persons: list[dict[str, str]] = [{} for _ in range(count)]
    for persona, (name, tipo) in zip(persons, names, strict=False):
        persona["propietario_nombre"] = name
        if tipo:
            persona["propietario_tipo"] = tipo.value
    for persona, rut in zip(persons, ruts, strict=False):
        persona["propietario_rut"] = rut
    dudas = {}
    if len(names) not in {0, 1, len(ruts)} and ruts:
        dudas["propietario_rut"] = (
            f"La fila nombra {len(names)} personas y {len(ruts)} RUT. Revise cuál es de quién."
        )
    for campo, values in (("propietario_telefono", phones), ("propietario_email", mails)):
        _give(persons, campo, values)
    persons.sort(key=lambda one: one.get("propietario_tipo", "principal") != "principal")
    for persona in persons[1:]:
        persona.setdefault("propietario_tipo", TipoPropietario.CODEUDOR.value)
    other = {
        f"propietario_{name.removeprefix('otro_')}": text
        for name, text in texts.items()
        if name.startswith("otro_") and text
    }
    if other:
        other_names = _names(other.get("propietario_nombre", ""), 0)
        if other_names:
            other["propietario_nombre"] = other_names[0][0]
        persons.append({"propietario_tipo": TipoPropietario.AVAL.value, **other})
    return persons, dudas


def _give(persons: Sequence[dict[str, str]], campo: str, values: Sequence[str]) -> None:
    """Give each person one of the values where there are as many; else all to the first, the
    further ones in words.
    """
    values = list(dict.fromkeys(values))
    if len(values) == len(persons):
        for persona, value in zip(persons, values, strict=True):
            persona[campo] = value
    elif values:
        persons[0][campo] = values[0]
        what = "Otro teléfono" if campo.endswith("telefono") else "Otro correo"
        notes = [f"{what}: {value}" for value in values[1:]]
        before = persons[0].get("propietario_notas")
        if notes:
            persons[0]["propietario_notas"] = "\n".join([*([before] if before else []), *notes])


def _names(text: str, ruts: int) -> list[tuple[str, TipoPropietario | None]]:
    """The names of a cell with what each one is; one where they cannot be told apart."""
    if not clean_text(text):
        return []
    if not _BETWEEN_NAMES.search(text):
        return [_named(clean_text(text))]
    for pattern in (
        r"\s*[/;|\n]\s*",
        r"\s*[/;|\n]\s*|\s+[ye]\s+(?=[A-ZÁÉÍÓÚÑ])",
        r"\s*[,/;|\n]\s*|\s+y\s+",
    ):
        parts = [clean_text(part) for part in re.split(pattern, text) if clean_text(part)]
        cues = sum(_role(part) is not None for part in parts)
        is_even = len(parts) == ruts or cues == len(parts)
        if len(parts) > 1 and is_even and all(len(part.split()) > 1 for part in parts):
            return [_named(part) for part in parts]
    return [_named(clean_text(text))]


def _named(text: str) -> tuple[str, TipoPropietario | None]:
    tipo = _role(text)
    return (clean_text(_CUE.sub(" ", text)) if tipo else text), tipo


def _role(text: str) -> TipoPropietario | None:
    found = _CUE.search(text)
    return _ROLES.get(fold(found[1]).strip(" .")) if found else None


def _addresses(own: Mapping[str, str], texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Street and comuna of each address of a row."""
    street, comuna = own.get("direccion", ""), own.get("comuna", "")
    if not _BETWEEN_PLACES.search(street) and not texts.get("direccion_2"):
        return [(clean_text(street), comuna)] if street else []
    lines = [
        clean_text(line) for line in re.split(r"\n|;|\s\|\s|\s/\s", street) if clean_text(line)
    ]
    for place in range(len(lines) - 1, 0, -1):
        if is_comuna(lines[place]) and not is_comuna(lines[place - 1]):
            # The second line of an address, no other address.
            lines[place - 1 : place + 1] = [f"{lines[place - 1].rstrip(' ,')}, {lines[place]}"]
    places = [clean_text(one) for one in re.split(r"\n|;|\||/", comuna) if clean_text(one)]
    if len(lines) < 2 or not (
        len(places) == len(lines) or all(split_street(line) for line in lines) or "\n" in street
    ):
        lines = [clean_text(street)] if street else []
    found = []
    for place, line in enumerate(lines):
        if len(lines) > 1 and len(places) == len(lines):
            found.append((line, places[place]))
        elif len(lines) > 1 and (both := split_street(line)):
            found.append(both)
        else:
            found.append((line, comuna if place == 0 else ""))
    if other := texts.get("direccion_2", ""):
        found.append(
            split_street(other) or (clean_text(other), clean_text(texts.get("comuna_2", "")))
        )
    return found
