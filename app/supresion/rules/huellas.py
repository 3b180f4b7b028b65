"""Fingerprints by which an erased person is recognised in a restored backup, and by nobody else.

They are keyed with the installation's secret, so that whoever has the list alone cannot try all
RUTs. What they are of is read from the restored data itself.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator

from app.core.email_address import parse_email
from app.core.errors import InvalidValue
from app.core.patente import parse_patente
from app.core.phone_numbers import parse_telefono
from app.core.rut import parse_rut
from app.core.text import fold
from app.titulares.rules.identidad import Clave, Identificador

_WORD = re.compile(r"[^\W_]+")
_READERS = (
    (Clave.RUT, re.compile(r"\d{1,3}\.?\d{3}\.?\d{3}-?[\dkK]"), lambda text: parse_rut(text).valor),
    (Clave.TELEFONO, re.compile(r"(?:\+?56)?[\s-]?9[\s.-]?\d{4}[\s.-]?\d{4}"), parse_telefono),
    (Clave.CORREO, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), parse_email),
    (
        Clave.PATENTE,
        re.compile(r"\b[A-Za-z]{2,4}[\s.·-]?[A-Za-z\d]{1,2}[\s.·-]?\d{1,3}\b"),
        lambda text: parse_patente(text).valor,
    ),
)


def word_count(identificador: Identificador) -> int:
    """Of how many words a name is; 0 of everything else."""
    is_name = identificador.clave is Clave.NOMBRE
    return len(_WORD.findall(fold(identificador.valor))) if is_name else 0


def fingerprint(identificador: Identificador, secret: str) -> str:
    """The keyed hash of one thing that is known of a person, however it was written."""
    text = fold(identificador.valor)
    if identificador.clave is Clave.NOMBRE:
        text = " ".join(sorted(_WORD.findall(text)))
    key = hashlib.sha256(f"supresion:{secret}".encode()).digest()
    message = f"{identificador.clave.value}:{text}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def candidates(text: str, name_sizes: set[int]) -> Iterator[Identificador]:
    """Whatever in a text may be known of somebody; names are of as many words as those sought."""
    for clave, pattern, read in _READERS:
        for found in pattern.finditer(text):
            try:
                yield Identificador(clave, read(found[0]))
            except InvalidValue:
                continue
    words = _WORD.findall(text)
    for size in name_sizes - {0}:
        for start in range(len(words) - size + 1):
            yield Identificador(Clave.NOMBRE, " ".join(words[start : start + size]))
