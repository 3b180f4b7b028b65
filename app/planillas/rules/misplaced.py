"""Cells of a row that stand under each other's headers: the row is shifted, its list is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import combinations

from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.patente import parse_patente
from app.core.rol import parse_rol_causa
from app.core.rut import parse_rut
from app.core.text import clean_text
from app.oficios.rules.campos import CAMPOS


def _rut(text: str) -> object:
    if not parse_rut(text if "-" in text else "").valido:
        raise InvalidValue(text)
    return None


def _vin(text: str) -> object:
    if not re.fullmatch(r"(?=.*\d)(?=.*[A-Z])[A-HJ-NPR-Z0-9]{17}", text.upper()):
        raise InvalidValue(text)
    return None


#: What tells a text of a field from one of any other.
_READERS: Mapping[str, Callable[[str], object]] = {
    "patente": parse_patente,
    "rol": parse_rol_causa,
    "propietario_rut": _rut,
    "propietario_email": parse_email,
    "vin": _vin,
}


def put_back(texts: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """A row's texts with two of them changed for one another where each can only be the other's
    field, and what marks both.
    """
    found, marks = dict(texts), dict[str, str]()
    for one, other in combinations(_READERS, 2):
        first, second = (clean_text(found.get(name, "")) for name in (one, other))
        is_changed = (
            first
            and second
            and not (_fits(one, first) or _fits(other, second))
            and _fits(one, second)
            and _fits(other, first)
        )
        if is_changed:
            found[one], found[other] = found[other], found[one]
            for name, text in ((one, first), (other, second)):
                marks[name] = (
                    f"La fila traía «{text}» en la columna de «{CAMPOS[name].label}»: se cambió "
                    "con la otra. Revíselas."
                )
    return found, marks


def _fits(campo: str, text: str) -> bool:
    try:
        _READERS[campo](text)
    except (InvalidValue, ValueError):
        return False
    return True
