"""Chilean telephone numbers, nine digits since 2016, and links that call or write to them."""

import re
from urllib.parse import quote

from app.core.errors import InvalidValue
from app.core.text import clean_text

#: Area codes of fixed telephones (Subtel's numbering plan); Santiago is 2, 44 is voice over IP.
_AREAS = re.compile(r"3[2-5]|4[1-5]|5[123578]|6[13457]|7[1235]")
_EXAMPLE = "Escríbalo con sus nueve dígitos, por ejemplo +56 9 1234 5678."


def parse_telefono(text: str) -> str:
    """Read a telephone number and return it as «+56912345678».

    Takes spaces, dashes, dots and brackets, the country code or not, and the trunk 0 of old papers.

    Raises:
        InvalidValue: not a Chilean number of nine digits.
    """
    written = clean_text(text)
    if not written:
        raise InvalidValue(f"Falta el teléfono. {_EXAMPLE}")
    digits = re.sub(r"[\s().\-/\u2010-\u2015]", "", written)
    refusal = InvalidValue(f"«{written[:40]}» no es un teléfono chileno. {_EXAMPLE}")
    if not re.fullmatch(r"\+?[0-9]{8,14}", digits):
        raise refusal
    if digits.startswith("+"):
        if not digits.startswith("+56"):
            raise refusal
        digits = digits[3:]
    elif digits.startswith("0056"):
        digits = digits[4:]
    elif digits.startswith("56") and len(digits) == 11:
        digits = digits[2:]
    if len(digits) == 10 and digits.startswith("0"):
        digits = digits[1:]
    if len(digits) != 9 or not (digits[0] in "29" or _AREAS.match(digits)):
        raise refusal
    return f"+56{digits}"


def format_telefono(valor: str) -> str:
    """Return «+56 9 1234 5678», «+56 2 2123 4567» or «+56 32 212 3456»; other text as it is."""
    if not re.fullmatch(r"\+56[0-9]{9}", valor):
        return valor
    digits = valor[3:]
    if digits[0] in "29":
        return f"+56 {digits[0]} {digits[1:5]} {digits[5:]}"
    return f"+56 {digits[:2]} {digits[2:5]} {digits[5:]}"


def mask_telefono(valor: str) -> str:
    """Return «+56 9 •••• ••78»: enough to tell two numbers apart, not to call."""
    shown = format_telefono(valor)
    if not shown.startswith("+56 "):
        return "•••"
    head, *rest = shown.removeprefix("+56 ").split(" ")
    hidden = re.sub(r"\d", "•", " ".join(rest))
    return f"+56 {head} {hidden[:-2]}{shown[-2:]}"


def dialable(telefono: str | None) -> str | None:
    """A number as a phone dials it, «+56912345678»; None of what cannot be read as one."""
    try:
        return parse_telefono(telefono) if telefono else None
    except InvalidValue:
        return None


def whatsapp_link(texto: str, telefono: str | None = None) -> str:
    """The address that opens WhatsApp with a text written, for ``telefono`` as ``dialable`` has it.

    Without one, whoever opens it chooses to whom it goes.
    """
    number = (telefono or "").removeprefix("+")
    return f"https://wa.me/{number}?text={quote(texto, safe='')}"
