"""The text of a paper, of which every character knows its place on the page."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.core.text import clean_text

#: Words that recognition is less sure of are no value of a field.
SURE_ENOUGH = 70
_CODE_BEFORE = re.compile(r"(?:^|[\s(])[\w./]*\d[\w./]*-$|(?:^|[\s(])[A-Z.]{2,6}-$")


class Caja(NamedTuple):
    """A place on a page, in its points from the top left corner."""

    pagina: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class PalabraLeida:
    """A word with where it stands in the text and on its page."""

    start: int
    end: int
    caja: Caja
    sure: int


@dataclass(frozen=True)
class TextoDePapel:
    """The words of a paper in the order of reading.

    ``texto`` has tabs for wide gaps, line breaks, and empty lines between paragraphs. ``plano`` is
    the same in capitals without accents, character by character; ``prosa`` is that in one line for
    each paragraph.
    """

    texto: str
    plano: str
    prosa: str
    palabras: Sequence[PalabraLeida]
    #: Width and height of each page, in points.
    medidas: Sequence[tuple[float, float]] = ()
    #: Numbers of the pages that are images, without a text of their own.
    imagenes: Sequence[int] = ()
    _starts: Sequence[int] = field(default=(), repr=False)

    def boxes(self, start: int, end: int) -> list[Caja]:
        """The places of a part of the text, one for each line."""
        found: list[Caja] = []
        for word in self.words(start, end):
            caja = word.caja
            last = found[-1] if found else None
            if last and last.pagina == caja.pagina and abs(last.y1 - caja.y1) < (caja.y1 - caja.y0):
                found[-1] = Caja(
                    caja.pagina,
                    min(last.x0, caja.x0),
                    min(last.y0, caja.y0),
                    max(last.x1, caja.x1),
                    max(last.y1, caja.y1),
                )
            else:
                found.append(caja)
        return found

    def words(self, start: int, end: int) -> Sequence[PalabraLeida]:
        """The words that touch a part of the text."""
        first = max(0, bisect_right(self._starts, start) - 1)
        return [
            word
            for word in self.palabras[first : bisect_right(self._starts, end)]
            if word.start < end and word.end > start
        ]

    def sure_of(self, start: int, end: int) -> bool:
        """Whether the recognition is sure of each word of a part of the text."""
        return all(word.sure >= SURE_ENOUGH for word in self.words(start, end))


def compose(paginas: Sequence[Mapping[str, Any]]) -> TextoDePapel:
    """Put the words of all pages into one text.

    A word that a line's end divided is one again.
    """
    parts: list[str] = []
    words: list[PalabraLeida] = []
    length = 0
    for number, pagina in enumerate(paginas, start=1):
        for raw, x0, y0, x1, y1, before, sure in pagina["palabras"]:
            text = clean_text(str(raw))
            if not text:
                continue
            between = (before or "\n\n") if parts else ""
            tail = parts[-1] if parts else ""
            if between == "\n" and tail.endswith("-") and len(tail) > 1:
                if text[0].islower() and tail[-2].isalpha():
                    parts[-1] = tail[:-1]
                    length -= 1
                    between = ""
                elif _CODE_BEFORE.search(tail):
                    between = ""
            parts += [between, text]
            length += len(between)
            words.append(
                PalabraLeida(length, length + len(text), Caja(number, x0, y0, x1, y1), int(sure))
            )
            length += len(text)
    texto = "".join(parts)
    plano = flat(texto)
    prosa = re.sub(r"(?<!\n)\n(?!\n)", " ", plano).replace("\t", " ")
    return TextoDePapel(
        texto,
        plano,
        prosa,
        words,
        [(float(p["ancho"]), float(p["alto"])) for p in paginas],
        [number for number, p in enumerate(paginas, start=1) if p.get("imagen")],
        [word.start for word in words],
    )


def flat(texto: str) -> str:
    """The text in capitals without accents, as long as it was: «Ñuñoa» becomes «NUNOA»."""
    return "".join(_flat_letter(letter) for letter in texto)


def _flat_letter(letter: str) -> str:
    if letter in "ºª":
        return "°"
    plain = unicodedata.normalize("NFD", letter)[:1].upper()
    if len(plain) != 1:
        return letter
    return {"“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "‐": "-", "−": "-"}.get(
        plain, plain
    )
