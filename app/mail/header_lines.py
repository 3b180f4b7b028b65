"""Header lines as they go over the wire.

``EmailMessage`` treats a header that it does not know as prose: it folds it, and encodes what does
not fit (RFC 2047). An address that a program reads is dead then, so those are written here, each on
one line. It also loses spaces beside «·» and «º» in a subject and between the words of a name.
"""

from __future__ import annotations

import re
from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy

from werkzeug.urls import iri_to_uri

from app.core.errors import InvalidValue

#: A line may not be longer, without its end (RFC 5322, 2.1.1).
_LONGEST = 998
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_PLAIN_URL = re.compile(r"https?://[!#-;=?-Z\[\]_a-z~]+")


class WirePolicy(EmailPolicy):
    """How parts are written: in ASCII, because not every server takes eight bits, and with the
    names of pictures whole. Encoded, a picture's name is one that no text refers to.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header of a part, with its line ends."""
        if name.lower() == "content-id":
            return line(name, value)
        return bytes(super().fold_binary(name, value))


#: For all mails.
WIRE = WirePolicy(linesep="\r\n", cte_type="7bit", raise_on_defect=False)


def line(name: str, value: str) -> bytes:
    """A header that a program reads, exactly as it is.

    Raises:
        InvalidValue: it is no ASCII, or longer than a line of a mail may be.
    """
    whole = f"{name}: {value}"
    if not whole.isascii() or len(whole) > _LONGEST:
        raise InvalidValue(f"La cabecera {name} del correo no se puede escribir.")
    return f"{whole}\r\n".encode("ascii")


def prose(name: str, value: str) -> bytes:
    """A header that people read, encoded where it has other letters than ASCII."""
    return f"{name}: {_encoded(value, name)}\r\n".encode("ascii")


def person(name: str, address: Address) -> bytes:
    """One address with the name of who reads there."""
    spec = f"<{address.addr_spec}>"
    shown = address.display_name
    if not shown:
        return line(name, address.addr_spec)
    # What looks like an encoded word is decoded by some readers even inside of quotes.
    is_plain = shown.isascii() and shown.isprintable() and "=?" not in shown
    if is_plain and _ATOMS.fullmatch(shown) and "  " not in shown:
        return line(name, f"{shown} {spec}")
    if is_plain:
        quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
        return line(name, f'"{quoted}" {spec}')
    return f"{name}: {_encoded(shown, name)}\r\n {spec}\r\n".encode("ascii")


def bracketed_url(url: str) -> str:
    """An address in angle brackets, as ``List-Unsubscribe`` has it (RFC 2369): ASCII alone.

    Raises:
        InvalidValue: it is no address of HTTP.
    """
    plain = iri_to_uri(url)
    if not _PLAIN_URL.fullmatch(plain):
        raise InvalidValue("La dirección para dejar los correos no es válida.")
    return f"<{plain}>"


def _encoded(text: str, name: str) -> str:
    charset = None if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, header_name=name).encode(linesep="\r\n")
