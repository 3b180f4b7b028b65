"""Numbers that are written in words: days of a month, years, terms."""

from __future__ import annotations

import re

_UNITS = [
    "CERO",
    "UN",
    "DOS",
    "TRES",
    "CUATRO",
    "CINCO",
    "SEIS",
    "SIETE",
    "OCHO",
    "NUEVE",
    "DIEZ",
    "ONCE",
    "DOCE",
    "TRECE",
    "CATORCE",
    "QUINCE",
    "DIECISEIS",
    "DIECISIETE",
    "DIECIOCHO",
    "DIECINUEVE",
    "VEINTE",
    "VEINTIUN",
    "VEINTIDOS",
    "VEINTITRES",
    "VEINTICUATRO",
    "VEINTICINCO",
    "VEINTISEIS",
    "VEINTISIETE",
    "VEINTIOCHO",
    "VEINTINUEVE",
]
_TENS = ("TREINTA", "CUARENTA", "CINCUENTA", "SESENTA", "SETENTA", "OCHENTA", "NOVENTA")
_VALUES = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 30 + 10 * place for place, word in enumerate(_TENS)},
    "UNO": 1,
    "PRIMERO": 1,
    "VEINTIUNO": 21,
    "CIEN": 100,
}
#: A number below a hundred in words, as a part of an expression, in capitals without accents.
NUMERO = (
    rf"(?:(?:{'|'.join(_TENS)})(?:\s+Y\s+(?:{'|'.join([*_UNITS[1:10], 'UNO'])}))?"
    rf"|{'|'.join(sorted([*_UNITS[1:], 'UNO', 'VEINTIUNO', 'CIEN'], key=len, reverse=True))})"
)


def read_number(text: str) -> int | None:
    """Read a number in digits or words, such as «DOS MIL VEINTISEIS»; None for anything else."""
    text = text.strip()
    if re.fullmatch(r"\d{1,6}", text):
        return int(text)
    total = 0
    thousands, _, rest = text.partition("MIL")
    if text != thousands:
        head = read_number(thousands) if thousands.strip() else 1
        if head is None:
            return None
        total, text = head * 1000, rest.strip()
    for word in text.split():
        if word == "Y":
            continue
        if word not in _VALUES:
            return None
        total += _VALUES[word]
    return total
