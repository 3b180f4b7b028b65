"""E-mail addresses."""

from app.core.errors import InvalidValue


def parse_email(text: str) -> str:
    """Read one address and return it with its domain in lower case.

    One only: a list in a field of one would make a second recipient, and a line break a header of
    the mail. The domain is not asked for (a form must not wait for DNS).

    Raises:
        InvalidValue: not exactly one address.
    """
    from email_validator import EmailNotValidError, validate_email  # slow to import

    address = text.strip(" \t")
    if not address:
        raise InvalidValue("Falta el correo. Escríbalo, por ejemplo, nombre@estudio.cl.")
    if "\r" in address or "\n" in address:
        raise InvalidValue("El correo no puede tener saltos de línea. Escríbalo en una sola línea.")
    if "•" in address:  # an address as mask_email tells it, sent back
        raise InvalidValue("Ese correo está tapado. Escríbalo completo.")
    if address.count("@") > 1 or any(char in address for char in ',;<>" '):
        raise InvalidValue("Escriba una sola dirección de correo, por ejemplo nombre@estudio.cl.")
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        raise InvalidValue(
            f"«{address[:60]}» no es un correo. Escríbalo, por ejemplo, nombre@estudio.cl."
        ) from None


def mask_email(valor: str) -> str:
    """Return «r•••@correo.cl»: whose it may be, not where to write."""
    name, at, domain = valor.rpartition("@")
    return f"{name[:1]}•••@{domain}" if at and name else "•••"
