"""Whom an expediente is for, its code, and how large it may be."""

from __future__ import annotations

import enum
import re
import secrets
import unicodedata
from typing import Any

from app.core.labels import Labelled

#: The name of the job in the ledger.
PRINT_JOB = "informes.expediente"
#: Crockford's base 32 alphabet, without letters that look alike.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: 12 characters of 5 bits: 60 bits cannot be guessed, even without a rate limit.
_CODE_LENGTH = 12
_CODE = re.compile(f"[{ALPHABET}]{{{_CODE_LENGTH}}}")
_MISREAD = str.maketrans("OILU", "011V")
#: The code as a PDF carries it in its metadata, which PDF/A keeps readable.
CODE_MARK = re.compile(rb"expediente-([0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2})")

#: What the page of verification takes.
MAX_VERIFIED_BYTES = 25 * 1024 * 1024
#: The longest side of a photo on paper, in pixels, by how many photos there are: so that a PDF of
#: many photos stays below what is taken for verification, and its setting below 400 MB: typst holds
#: every picture decoded. 720 are 210 to the inch.
_SIDES = ((20, 1200), (60, 720), (200, 520))
_SMALLEST_SIDE = 400


class Variante(Labelled):
    """Whom an expediente is for; the label says it on screen and on paper."""

    #: What it holds, in a sentence.
    contents: str

    TRIBUNAL = (
        "tribunal",
        "Para el tribunal",
        "Completo: bitácora, avistamientos, visitas, fotos, avisos y custodia.",
    )
    BUFFET = (
        "buffet",
        "Para el buffet",
        "Cabecera, hitos y las fotos que se le muestran; nada más.",
    )

    def __init__(self, value: Any, label: str = "", contents: str = "") -> None:
        super().__init__(value, label)
        self.contents = contents

    @property
    def is_complete(self) -> bool:
        """Whether notes, calls, raw sightings and what people said privately are in it."""
        return self is Variante.TRIBUNAL


class EstadoExpediente(enum.Enum):
    """How far an expediente came; told by its job until it is there."""

    PREPARANDO = "preparando"
    EMITIDO = "emitido"
    FALLIDO = "fallido"


def new_code() -> str:
    """A code that nobody has: ``7KQM-2R9P-XD3T``."""
    return format_code("".join(secrets.choice(ALPHABET) for _ in range(_CODE_LENGTH)))


def format_code(code: str) -> str:
    """Groups of four, to be read aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def parse_code(text: str) -> str | None:
    """The code that somebody typed or copied, alone or at the end of the verification's address.

    What stands between its letters says nothing: dashes of any kind, spaces, line breaks, quotes,
    and marks that nobody sees. O is read as 0, I and L as 1, full-width letters as plain ones.
    """
    plain = "".join(char for char in unicodedata.normalize("NFKC", text) if _says_something(char))
    plain = plain.upper().rpartition("VERIFICAR")[2].translate(_MISREAD)
    return format_code(plain) if _CODE.fullmatch(plain) else None


def without_invisible(path: str) -> str:
    """A path without the marks that nobody sees, as older PDFs had them in long addresses."""
    return "".join(char for char in path if unicodedata.category(char) != "Cf")


def _says_something(char: str) -> bool:
    """Whether a character is a letter or number: neither mark, space, control nor sign."""
    return unicodedata.category(char)[0] in "LN"


def photo_side(amount: int) -> int:
    """The longest side of a photo on paper, in pixels, when there are that many."""
    return next((side for limit, side in _SIDES if amount <= limit), _SMALLEST_SIDE)


def pdf_key(codigo: str, attempt: int) -> str:
    """The key in the storage of what one attempt at printing made.

    Each has its own: a slow worker whose job was taken over never writes over what was issued.
    """
    return f"expedientes/{codigo.lower()}-{attempt}.pdf"
