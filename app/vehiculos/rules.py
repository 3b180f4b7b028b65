"""How the facts of a vehicle are read from what people type."""

from __future__ import annotations

import re

from app.core.errors import InvalidValue

#: The first car in Chile ran in 1902.
FIRST_YEAR = 1900


def parse_anio(text: str, this_year: int) -> int:
    """Read a model year; next year's models are sold this year.

    Raises:
        InvalidValue: it is not a year that a vehicle can be of.
    """
    if not re.fullmatch(r"[0-9]{4}", text):
        raise InvalidValue("Escriba el año con cuatro cifras, por ejemplo 2015.")
    anio = int(text)
    if not FIRST_YEAR <= anio <= this_year + 1:
        raise InvalidValue(f"El año {anio} no es creíble para un vehículo. Revíselo en el CAV.")
    return anio


def parse_vin(text: str) -> str:
    """Read a chassis number: capitals and digits without separators.

    Raises:
        InvalidValue: it holds anything else, or is too long or short to be one.
    """
    vin = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(r"[A-Z0-9]{3,30}", vin):
        raise InvalidValue("Un VIN lleva solo letras y números, hasta 30. Cópielo del CAV.")
    return vin
