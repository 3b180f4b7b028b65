"""What a text that cannot be read most likely means: offered with a button, never taken unasked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.core.comunas import find_comuna, suggest_comuna
from app.core.dates import format_fecha, parse_fecha, split_fecha_hora
from app.core.errors import InvalidValue
from app.core.marcas import suggest_marca
from app.core.patente import FormatoPatente, parse_patente
from app.core.rol import parse_rol_causa
from app.core.rut import format_rut, parse_rut
from app.core.text import clean_text
from app.core.tribunales import find_tribunal, suggest_tribunal
from app.planillas.rules.row_parts import SHORT_ROL

#: Letters and digits that are taken for one another.
_ALIKE = {"O": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8", "G": "6"}
_LETTERS = {"0": "O", "1": "I", "8": "B", "5": "S", "2": "Z", "6": "G"}
_SURE = frozenset("OI")


@dataclass(frozen=True)
class Propuesta:
    """What may be written instead of a text."""

    #: What is written, and what would be.
    escrito: str
    texto: str
    #: What kind of slip it is, in words.
    motivo: str
    #: Whether all of its kind may be taken at once: a spelling. A check digit is looked at one by
    #: one, for the digit or the number may be wrong.
    en_grupo: bool = True


def propose(written: Mapping[str, str]) -> dict[str, Propuesta]:
    """The proposals for a row's texts, by field."""
    found = {}
    for campo, read in _PROPOSERS.items():
        if campo not in written:
            continue
        text = clean_text(written[campo])
        if text and (proposal := read(text)):
            found[campo] = proposal
    return found


def _comuna(text: str) -> Propuesta | None:
    if find_comuna(text) or not (comuna := suggest_comuna(text)):
        return None
    return Propuesta(text, comuna.nombre, "Comuna mal escrita")


def _tribunal(text: str) -> Propuesta | None:
    if find_tribunal(text) or not (tribunal := suggest_tribunal(text)):
        return None
    return Propuesta(text, tribunal.nombre, "Tribunal mal escrito")


def _marca(text: str) -> Propuesta | None:
    make = suggest_marca(text)
    return Propuesta(text, make, "Marca mal escrita") if make else None


def _rut(text: str) -> Propuesta | None:
    try:
        rut = parse_rut(text)
    except InvalidValue:
        return None
    if rut.valido:
        return None
    number = rut.valor.partition("-")[0]
    return Propuesta(
        text, format_rut(f"{number}-{rut.dv_esperado}"), "Dígito del RUT no calza", en_grupo=False
    )


def _patente(text: str) -> Propuesta | None:
    try:
        plate = parse_patente(text)
    except InvalidValue:
        return _misread_plate(text)
    if plate.dv and plate.dv_esperado and plate.dv != plate.dv_esperado:
        fixed = f"{plate.valor}-{plate.dv_esperado}"
        return Propuesta(text, fixed, "Dígito de la patente no calza", en_grupo=False)
    if plate.formato is FormatoPatente.REMOLQUE:
        fixed = f"{plate.valor[:3]}-{plate.valor[3:]}"
        return Propuesta(text, fixed, "Es la patente de un remolque", en_grupo=False)
    return _misread_plate(text) if plate.advertencias else None


def _fecha(text: str) -> Propuesta | None:
    """A date with letters for digits, or with spaces and commas between its parts."""
    if _day_of(text) is not None:
        return None
    digits = text.upper().translate(str.maketrans("OIL", "011"))
    for plain in (text, digits):
        if day := _day_of(re.sub(r"[\s,_|]+", "-", plain.strip(" .,-"))):
            return Propuesta(text, format_fecha(day), "Fecha mal escrita")
    return None


def _rol(text: str) -> Propuesta | None:
    """A rol without its letter, which is C in nearly every case of a civil court, or with a year of
    two digits.
    """
    try:
        parse_rol_causa(text)
    except InvalidValue:
        pass
    else:
        return None
    found = SHORT_ROL.fullmatch(text.strip())
    if found is None:
        return None
    year = found[3] if len(found[3]) == 4 else f"20{found[3]}"
    fixed = f"{(found[1] or 'C').upper()}-{int(found[2].replace('.', ''))}-{year}"
    try:
        parse_rol_causa(fixed)
    except InvalidValue:
        return None
    motivo = "Año del rol con dos cifras" if found[1] else "Rol sin su letra"
    return Propuesta(text, fixed, motivo)


def _day_of(text: str) -> date | None:
    try:
        return parse_fecha(text)
    except InvalidValue:
        pass
    try:
        return split_fecha_hora(text).date()
    except InvalidValue:
        return None


def _misread_plate(text: str) -> Propuesta | None:
    """A plate in which a letter stands for a digit, or the reverse, where only one reading fits."""
    plain = re.sub("[^A-Z0-9]", "", text.upper())
    if len(plain) != 6:
        return None
    candidates = set()
    for letters in (4, 2):
        head = [_as_letters(char) for char in plain[:letters]]
        tail = [_as_digits(char) for char in plain[letters:]]
        for chars in itertools.product(*head, *tail):
            candidate = "".join(chars)
            if sum(a != b for a, b in zip(candidate, plain, strict=True)) > 2:
                continue
            try:
                plate = parse_patente(candidate)
            except InvalidValue:
                continue
            if not plate.advertencias and candidate != plain:
                candidates.add(candidate)
    if len(candidates) != 1:
        return None
    fixed = candidates.pop()
    changed = {a for a, b in zip(plain, fixed, strict=True) if a != b}
    names = {"O": "Letra O por cero", "I": "Letra I por uno"}
    motivo = names.get(next(iter(changed)), "") if len(changed) == 1 else ""
    return Propuesta(
        text, fixed, motivo or "Letra por número en la patente", bool(changed <= _SURE)
    )


def _as_letters(char: str) -> str:
    return char if char.isalpha() else _LETTERS.get(char, "")


def _as_digits(char: str) -> str:
    return char if char.isdigit() else _ALIKE.get(char, "")


_PROPOSERS = {
    "patente": _patente,
    "comuna": _comuna,
    "rol": _rol,
    "tribunal": _tribunal,
    "marca": _marca,
    "propietario_rut": _rut,
    "fecha_oficio": _fecha,
    "fecha_ingreso": _fecha,
    "fecha_limite": _fecha,
}
