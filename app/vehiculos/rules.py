"""How the facts of a vehicle are read from what people type."""

from __future__ import annotations

import re

from app.core.errors import InvalidValue
from app.core.text import shortened

#: The first car in Chile ran in 1902.
FIRST_YEAR = 1900
#: What manufacturers have given out since 1981 (ISO 3779).
_VIN_LENGTH = 17
#: Letters that ISO 3779 leaves out, because they look like digits.
_NOT_IN_A_VIN = frozenset("IOQ")


def parse_cifras(text: str) -> int:
    """Read the four digits of a year, whether or not a vehicle can be of it.

    Raises:
        InvalidValue: it is anything else.
    """
    if not re.fullmatch(r"[0-9]{4}", text):
        raise InvalidValue(
            f"«{shortened(text)}» no es un año. Escríbalo con cuatro cifras, como 2015."
        )
    return int(text)


def refuse_anio(anio: int, this_year: int) -> str | None:
    """Why no vehicle can be of a year; None when one can."""
    if FIRST_YEAR <= anio <= this_year + 1:
        return None
    return f"El año {anio} no es creíble para un vehículo. Revíselo en el CAV."


def parse_vin(text: str) -> str:
    """Read a chassis number: capitals and digits without separators.

    Raises:
        InvalidValue: it holds anything else, or is too long or short to be one.
    """
    vin = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(r"[A-Z0-9]{3,30}", vin):
        raise InvalidValue(
            f"«{shortened(text)}» no es un VIN: lleva solo letras y números, de 3 a 30. "
            "Cópielo del CAV."
        )
    return vin


def doubt_vin(vin: str) -> str | None:
    """What does not add up in a VIN that can be read; None when nothing does.

    Vehicles of before 1981 have shorter ones, so that none is refused for it.
    """
    if len(vin) != _VIN_LENGTH:
        return f"El VIN tiene {len(vin)} signos; los de hoy tienen {_VIN_LENGTH}. Revíselo."
    if _NOT_IN_A_VIN & set(vin):
        return "Un VIN no lleva las letras I, O ni Q. Revise si son 1 o 0."
    return None
