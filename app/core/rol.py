"""The number of a case in a civil court (ROL, RIT)."""

import re

from app.core.errors import InvalidValue
from app.core.text import clean_text

_WRITTEN = re.compile(
    r"(?:R\.?O\.?L\.?|R\.?I\.?T\.?|CAUSA)?\s*(?:N[°º.]?\s*)?:?\s*"
    r"([A-Z])\s*[-–—.]?\s*(\d{1,3}(?:\.\d{3})|\d{1,7})\s*[-–—/]\s*(\d{4})"
)


def parse_rol_causa(text: str) -> str:
    """Read «C-3030-2017» (type, number, year) and return it in exactly that form.

    Takes small letters, spaces, «/» before the year and «Rol» in front. The type is not guessed:
    the same number exists as C (contentious), V (voluntary) or E (exhorto).

    Raises:
        InvalidValue: type, number or year is missing, or the year cannot be.
    """
    written = clean_text(text)
    if not written:
        raise InvalidValue("Falta el rol. Escríbalo como tipo-número-año, por ejemplo C-3030-2017.")
    found = _WRITTEN.fullmatch(written.upper())
    if found is None or not 1900 <= int(found[3]) <= 2100 or not int(found[2].replace(".", "")):
        raise InvalidValue(
            f"«{written[:40]}» no es un rol de causa. "
            "Escríbalo como tipo-número-año, por ejemplo C-3030-2017."
        )
    return f"{found[1]}-{int(found[2].replace('.', ''))}-{found[3]}"
