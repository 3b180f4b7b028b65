"""Whom a mail is from: what its own server confirmed, and whose address that is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email.utils import getaddresses
from typing import NamedTuple

_RESULT = re.compile(r"\bdmarc\s*=\s*([a-z]+)", re.IGNORECASE)
_FROM = re.compile(r"\bheader\.from\s*=\s*([^\s;)]+)", re.IGNORECASE)


class Remitente(NamedTuple):
    """Who a mail says it is from, and whether that may be believed."""

    #: In small letters; empty where it names none, or several.
    correo: str
    #: Whether the office's own mail server confirmed the domain (DMARC).
    is_confirmed: bool


def read_sender(from_lines: Sequence[str], results: Sequence[str], server: str) -> Remitente:
    """Read the From of a mail and what a server that we trust said of it.

    ``results`` are the lines ``Authentication-Results`` from the top, ``server`` is the name under
    which the office's own server writes them (RFC 8601): anybody can write such a line under
    another name, or send one along, so that only the topmost of that name counts.
    """
    addresses = [address for _name, address in getaddresses(list(from_lines)) if address]
    if len(from_lines) != 1 or len(addresses) != 1 or addresses[0].count("@") != 1:
        return Remitente("", is_confirmed=False)
    correo = addresses[0].strip().lower()
    if not server:
        return Remitente(correo, is_confirmed=False)
    for line in results:
        author, _, rest = line.partition(";")
        if author.split()[:1] != [server]:
            continue
        found, domain = _RESULT.search(rest), _FROM.search(rest)
        is_pass = found is not None and found[1].lower() == "pass"
        is_same = domain is None or domain[1].lower() == correo.rpartition("@")[2]
        return Remitente(correo, is_confirmed=is_pass and is_same)
    return Remitente(correo, is_confirmed=False)


def known_buffet(remitente: Remitente, known: Mapping[str, int]) -> int | None:
    """The buffet that a mail is from: its sender is confirmed and one of its known addresses."""
    return known.get(remitente.correo) if remitente.is_confirmed else None


def claimed_buffet(remitente: Remitente, known: Mapping[str, int]) -> int | None:
    """The buffet that a mail says it is from, for a person to decide."""
    return known.get(remitente.correo)
