"""Plates of vehicles (patente única, PPU): reading them and checking their digit.

The check digit is read only where it can be told from the plate: after a dash, as the CAV prints
it (``LGCR.75-1``), or as a seventh character of a car's plate (``LGCR751``), because no plate has
more than six. A shorter run without a dash (``AB1234``) is always the plate itself.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.core.errors import InvalidValue
from app.core.labels import Labelled
from app.core.process_memory import forgettable
from app.core.text import clean_text

#: Letters of plates since 2007: no vowels, and no M, N, Ñ, Q.
LETRAS_NUEVAS = frozenset("BCDFGHJKLPRSTVWXYZ")
_TABLE = Path(__file__).parent / "data" / "patente_dv_letras.csv"
_SEPARATORS = re.compile("[\\s.·•,_/\u2010-\u2015\u2212-]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_PLATE_AND_DV = re.compile(r"(.+)-\s*([0-9K])")
_EXAMPLE = "Escríbala como en el certificado, por ejemplo BBCL12 o AB1234."


#: What stands where a law had a plate erased; it is none.
ERASED_PLATE = "BORRADA"


class FormatoPatente(Labelled):
    """The forms that Chile has given out, by the year they began."""

    AUTO_1985 = "auto_1985", "Automóvil, serie de 1985"
    AUTO_2007 = "auto_2007", "Automóvil, serie de 2007"
    AUTO_2029 = "auto_2029", "Automóvil, serie de 2029"
    MOTO_ANTIGUA = "moto_antigua", "Motocicleta, serie antigua"
    MOTO_NUEVA = "moto_nueva", "Motocicleta, serie nueva"
    MOTO_2027 = "moto_2027", "Motocicleta, serie de 2027"
    REMOLQUE = "remolque", "Remolque liviano"


_SHAPES = (
    (re.compile(r"[A-Z]{4}[0-9]{2}"), FormatoPatente.AUTO_2007),
    (re.compile(r"[A-Z]{2}[0-9]{4}"), FormatoPatente.AUTO_1985),
    (re.compile(r"[A-Z]{2}[0-9]{3}"), FormatoPatente.MOTO_ANTIGUA),
    (re.compile(r"[A-Z]{3}[0-9]{2}"), FormatoPatente.MOTO_NUEVA),
    # Registers pad a motorcycle's plate to six: BBC12 is listed as BBC012.
    (re.compile(r"[BCDFGHJKLPRSTVWXYZ]{3}0[0-9]{2}"), FormatoPatente.MOTO_NUEVA),
    (re.compile(r"[A-Z]{3}[0-9]{3}"), FormatoPatente.REMOLQUE),
    (re.compile(r"[A-Z]{4}[0-9]"), FormatoPatente.MOTO_2027),
    (re.compile(r"[A-Z]{5}[0-9]"), FormatoPatente.AUTO_2029),
)
#: Trailers' letters are not documented as the new ones are; the others since 2007 are.
_NEW_LETTERS = frozenset(
    {
        FormatoPatente.AUTO_2007,
        FormatoPatente.AUTO_2029,
        FormatoPatente.MOTO_NUEVA,
        FormatoPatente.MOTO_2027,
    }
)


@dataclass(frozen=True)
class Patente:
    """A plate as the paper has it, with what its check digit should be."""

    #: Capitals and digits only, without the check digit: «LGCR75».
    valor: str
    #: The check digit as written, or None where the paper has none.
    dv: str | None
    formato: FormatoPatente
    #: None where no table or rule for this form is known.
    dv_esperado: str | None

    @property
    def advertencias(self) -> tuple[str, ...]:
        """What a person should look at; the plate is kept all the same."""
        notes = []
        letters = re.sub(r"[0-9]", "", self.valor)
        if self.formato in _NEW_LETTERS and (odd := sorted(set(letters) - LETRAS_NUEVAS)):
            which = " ni ".join(odd) if len(odd) < 3 else ", ".join(odd)
            notes.append(
                f"Las patentes de esta serie no usan {which}. "
                f"Compare {self.valor} con el documento."
            )
        if self.dv and self.dv_esperado and self.dv != self.dv_esperado:
            if self.formato is FormatoPatente.AUTO_2007:
                notes.append(
                    f"El dígito verificador de la patente {self.valor} no cuadra: dice {self.dv} y "
                    f"debería ser {self.dv_esperado}. Compárela con el documento."
                )
            else:
                notes.append(
                    f"El dígito verificador de la patente {self.valor} dice {self.dv} y según la "
                    f"tabla, que para esta serie es solo orientativa, sería {self.dv_esperado}. "
                    "Compárela con el documento."
                )
        return tuple(notes)

    @property
    def equivalentes(self) -> tuple[str, ...]:
        """Every way in which a register may list this plate, the own one first."""
        if self.formato is FormatoPatente.MOTO_NUEVA:
            letters, digits = self.valor[:3], self.valor[3:]
            other = digits[1:] if len(digits) == 3 else f"0{digits}"
            return self.valor, letters + other
        return (self.valor,)


# The rules of a list ask four times for each of its plates, the last time when all were read.
@forgettable(8_192)
def parse_patente(text: str) -> Patente:
    """Read a plate with or without dots, dashes, spaces and check digit, in any case.

    Raises:
        InvalidValue: no form of plate reads like that.
    """
    written = clean_text(text)
    if not _SEPARATORS.sub("", written):
        raise InvalidValue(f"Falta la patente. {_EXAMPLE}")
    capitals = _DASHES.sub("-", written).upper()
    valor, dv = _SEPARATORS.sub("", capitals), None
    if found := _PLATE_AND_DV.fullmatch(capitals):
        before = _SEPARATORS.sub("", found[1])
        # «BCDF-1» is a whole motorcycle plate, «BCDF1-5» one with its digit.
        if _format_of(before) is not None:
            valor, dv = before, found[2]
    if dv is None and re.fullmatch(r"([A-Z]{4}[0-9]{2}|[A-Z]{2}[0-9]{4})[0-9K]", valor):
        valor, dv = valor[:6], valor[6]
    formato = _format_of(valor)
    if formato is None:
        raise InvalidValue(f"«{written[:30]}» no es una patente chilena. {_EXAMPLE}")
    return Patente(valor, dv, formato, _check_digit(valor, formato))


def format_patente(valor: str, dv: str | None = None) -> str:
    """Return the plate in groups as it is printed: «LG·CR·75», with «-1» when the digit is known.

    Text that is not a plate comes back as it is.
    """
    found = re.fullmatch(r"([A-Z]{2,5})([0-9]{1,4})", valor)
    if found is None:
        return valor
    letters, digits = found.groups()
    cut = 2 if len(letters) % 2 == 0 else 3
    four = len(digits) == 4
    groups = (
        letters[:cut],
        letters[cut:],
        digits[:2] if four else digits,
        digits[2:] if four else "",
    )
    shown = "·".join(group for group in groups if group)
    return f"{shown}-{dv}" if dv else shown


def _format_of(valor: str) -> FormatoPatente | None:
    return next((formato for shape, formato in _SHAPES if shape.fullmatch(valor)), None)


@cache
def _codes() -> dict[str, str]:
    """Return letter (since 2007) or two-letter series (before) to its number."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return {row["letras"]: row["codigo"] for row in csv.DictReader(table)}


def _check_digit(valor: str, formato: FormatoPatente) -> str | None:
    """Return the digit by modulo 11 over the letters' numbers and the digits.

    None for the forms whose rule nobody published (trailers, old motorcycles, those of 2027 on) and
    for letters that the table lacks.
    """
    codes = _codes()
    if formato is FormatoPatente.AUTO_1985:
        letters, digits = codes.get(valor[:2]), valor[2:]
    elif formato is FormatoPatente.AUTO_2007:
        letters, digits = _letter_by_letter(valor[:4]), valor[4:]
    elif formato is FormatoPatente.MOTO_NUEVA:
        # The register reckons with the padded number.
        letters, digits = _letter_by_letter(valor[:3]), valor[3:].rjust(3, "0")
    else:
        return None
    if letters is None:
        return None
    total = sum(
        int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(letters + digits))
    )
    return "0123456789K0"[11 - total % 11]


def _letter_by_letter(letters: str) -> str | None:
    codes = _codes()
    numbers = [codes.get(letter) for letter in letters]
    return None if None in numbers else "".join(number or "" for number in numbers)
