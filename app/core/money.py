"""Money in whole Chilean pesos, and how whole numbers are written in Chile."""

import re

from app.core.errors import InvalidValue
from app.core.text import clean_text

_WRITTEN = re.compile(
    r"(?:CLP|\$)?\s*(\d{1,3}(?:\.\d{3})+|\d+)(?:,0{1,2}|,-|\.-)?(?:\s*(?:CLP|pesos))?"
)
#: What a database integer of four bytes takes; a toll, a fine or a fee is far below.
MAX_PESOS = 2_000_000_000


def parse_pesos(value: str | float) -> int:
    """Read an amount: «$1.234.567», «1234567», «2.500 pesos».

    Raises:
        InvalidValue: not an amount, negative, with centavos, or absurdly large.
    """
    if isinstance(value, int | float):
        if value != value or value in (float("inf"), float("-inf")) or value != int(value):
            raise InvalidValue("El monto debe ser un número entero de pesos.")
        value = str(int(value))
    text = clean_text(value)
    found = _WRITTEN.fullmatch(text)
    if found is None or not found[1].isascii():
        raise InvalidValue(
            f"«{text[:40]}» no es un monto en pesos. "
            "Escríbalo sin decimales, por ejemplo $1.234.567."
        )
    digits = found[1].replace(".", "")
    if len(digits) > 15 or int(digits) > MAX_PESOS:
        raise InvalidValue(f"El monto {text[:40]} es demasiado grande. Revise los ceros.")
    return int(digits)


def format_pesos(amount: int) -> str:
    """Return «$1.234.567»."""
    sign = "-" if amount < 0 else ""
    return f"{sign}${format_number(abs(amount))}"


def format_number(number: int) -> str:
    """Return «1.234.567»."""
    return f"{number:,}".replace(",", ".")
