"""RUT: the number that identifies people and companies in Chile."""

import re
from dataclasses import dataclass

from stdnum.cl import rut as stdnum_rut

from app.core.errors import InvalidValue
from app.core.process_memory import forgettable
from app.core.text import clean_text

_NOISE = re.compile(r"[\s.,]")
_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad]")
_WRITTEN = re.compile(r"0*(\d{6,8})-?([\dK])")
#: A RUT inside a sentence, with dots or without; longer numbers are something else.
_IN_TEXT = re.compile(r"(?<![\w.-])(?:\d{1,3}(?:\.\d{3}){1,2}|\d{6,8})-[\dkK](?![\w-])")
_EXAMPLE = "Escríbalo con su dígito verificador, por ejemplo 76.123.456-0."


@dataclass(frozen=True)
class Rut:
    """A RUT as the paper has it, with what its check digit should be."""

    #: «12345678-9»: no dots, no leading zeros, the check digit as written.
    valor: str
    dv_esperado: str

    @property
    def valido(self) -> bool:
        """Whether the check digit adds up."""
        return self.valor[-1] == self.dv_esperado

    @property
    def advertencias(self) -> tuple[str, ...]:
        """What a person should look at; empty when it adds up."""
        if self.valido:
            return ()
        return (
            f"El dígito verificador del RUT {format_rut(self.valor)} no cuadra: "
            f"debería ser {self.dv_esperado}. Revíselo en el documento.",
        )


# The rules of a list ask several times for the RUT of a row.
@forgettable(8_192)
def parse_rut(text: str) -> Rut:
    """Read a RUT with or without dots and dash, «k» in either case.

    Without a dash the last character is taken as the check digit; a number that came without one
    then shows up as one that does not add up, which is kept and flagged, never corrected here.

    Raises:
        InvalidValue: it is not a RUT of 6 to 8 digits and a check digit.
    """
    compact = _NOISE.sub("", _DASHES.sub("-", clean_text(text))).upper()
    compact = compact.removeprefix("RUT").removeprefix("RUN").lstrip(":")
    # «7.941.256/2»
    compact = re.sub(r"/(?=[0-9K]$)", "-", compact)
    if not compact:
        raise InvalidValue(f"Falta el RUT. {_EXAMPLE}")
    found = _WRITTEN.fullmatch(compact)
    if found is None or not compact.isascii():
        raise InvalidValue(f"«{clean_text(text)[:40]}» no es un RUT. {_EXAMPLE}")
    number, dv = found.groups()
    number = str(int(number))
    if len(number) < 6:
        raise InvalidValue(f"«{clean_text(text)[:40]}» no es un RUT. {_EXAMPLE}")
    return Rut(f"{number}-{dv}", stdnum_rut.calc_check_digit(number))


def rut_digit(number: str) -> str:
    """The check digit of a RUT's digits."""
    return stdnum_rut.calc_check_digit(number)


def format_rut(valor: str) -> str:
    """Return «76.123.456-0» for a normalised «76123456-0»; other text comes back as it is."""
    number, dash, dv = valor.rpartition("-")
    if not dash or not number.isdecimal():
        return valor
    return f"{int(number):,}".replace(",", ".") + f"-{dv}"


def mask_rut(valor: str) -> str:
    """Return «76.•••.•••-•» for places where whose RUT it is should only be hinted at."""
    head, *rest = format_rut(valor).split(".")
    if not rest:
        return "•••"
    return ".".join([head, *(re.sub(r"[^-]", "•", part) for part in rest)])


def mask_ruts(text: str) -> str:
    """Return a sentence with every RUT in it masked as ``mask_rut`` does."""
    return _IN_TEXT.sub(lambda found: mask_rut(found[0].upper()), text)
