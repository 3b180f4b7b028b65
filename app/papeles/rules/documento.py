"""The text of a paper, of which every character knows its place on the page."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from app.core.text import clean_text

#: Words that recognition is less sure of are no value of a field.
SURE_ENOUGH = 70
_CODE_BEFORE = re.compile(r"(?:^|[\s(])[\w./]*\d[\w./]*-$|(?:^|[\s(])[A-Z.]{2,6}-$")

#: The part of a page's height at its top and at its bottom that headings and feet stand in.
_EDGE = 0.13
_PAGE_NUMBER = re.compile(
    r"[-\s]*(?:(?:PAGINA|PAG\.?|P\.|FOJAS?:?|FS\.?|HOJA)\s*(?:N°\s*)?)?0(?:\s*(?:DE|/)\s*0)?[-\s]*"
)


#: Signs that scans are read with, and what they are; each as long as what it stands for.
_MISTAKEN = (
    (re.compile(r"\bN[*'\"?](?=\s?[A-Z0-9])"), "N°"),
    (re.compile(r"(?<![A-Z0-9])[LI](?=°\s*JUZGADO)"), "1"),
    (re.compile(r"\b0(?=FICIO\b|RDEN\b)"), "O"),
)


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
    #: Pages that the file has, and those of them that were not read to their end.
    total: int = 0
    sin_leer: int = 0
    _starts: Sequence[int] = field(default=(), repr=False)

    def part(self, paginas: Collection[int]) -> TextoDePapel:
        """Some pages as a paper of their own; its places stay those of the whole."""
        texto, moved, moved_end = "", list[PalabraLeida](), 0
        for pagina in sorted(paginas):
            words = [word for word in self.palabras if word.caja.pagina == pagina]
            if not words:
                continue
            start, end = words[0].start, words[-1].end
            between = ""
            if texto:
                # As the whole has it, where the page before is a part of this, too.
                between = self.texto[moved_end:start] if pagina - 1 in paginas else "\n\n"
            shift = len(texto) + len(between) - start
            texto += between + self.texto[start:end]
            moved += [
                PalabraLeida(one.start + shift, one.end + shift, one.caja, one.sure)
                for one in words
            ]
            moved_end = end
        return _told(texto, moved, self.medidas, self.imagenes)

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


def compose(paginas: Sequence[Mapping[str, Any]], total: int | None = None) -> TextoDePapel:
    """Put the words of all pages into one text, of a file that has so many, if more than these.

    A word that a line's end divided is one again.
    """
    parts: list[str] = []
    words: list[PalabraLeida] = []
    length = 0
    for number, palabras in enumerate(flow(paginas), start=1):
        for raw, x0, y0, x1, y1, before, sure in palabras:
            text = clean_text(str(raw))
            if not text:
                continue
            between = (before or "\n\n") if parts else ""
            tail = parts[-1] if parts else ""
            if between == "\n" and tail.endswith("-") and len(tail) > 1:
                if tail[-2].isalpha() and (text[0].islower() or _is_shouted(tail, text)):
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
    total = total or len(paginas)
    told = _told(
        "".join(parts),
        words,
        [(float(p["ancho"]), float(p["alto"])) for p in paginas],
        [number for number, p in enumerate(paginas, start=1) if p.get("imagen")],
    )
    whole = sum(not p.get("cortada") for p in paginas)
    return replace(told, total=total, sin_leer=total - whole)


def _is_shouted(tail: str, text: str) -> bool:
    """Whether a line's end divides a word in capitals, and no code: «AGRÍCO-» and «LA»."""
    before, after = (re.sub(r"\W", "", part) for part in (tail.split()[-1], text))
    return min(len(before), len(after)) > 1 and all(
        part.isalpha() and part.isupper() for part in (before, after)
    )


def _told(
    texto: str,
    palabras: Sequence[PalabraLeida],
    medidas: Sequence[tuple[float, float]],
    imagenes: Sequence[int],
) -> TextoDePapel:
    plano = _unmistaken(flat(texto))
    prosa = re.sub(r"(?<!\n)\n(?!\n)", " ", plano).replace("\t", " ")
    starts = [word.start for word in palabras]
    return TextoDePapel(texto, plano, prosa, palabras, medidas, imagenes, _starts=starts)


def _unmistaken(plano: str) -> str:
    """The text without what recognition takes for another sign, where a word says what it is."""
    for pattern, right in _MISTAKEN:
        plano = pattern.sub(right, plano)
    return plano


def flow(paginas: Sequence[Mapping[str, Any]]) -> list[list[list[Any]]]:
    """The words of each page; a sentence that a page's end divides is one again.

    What stands between its halves at the edge of both pages is left out: a heading or foot that
    comes again, or the number of the page.
    """
    pages = [[list(word) for word in pagina["palabras"]] for pagina in paginas]
    for number in range(1, len(pages)):
        before, after = _lines_of(pages[number - 1]), _lines_of(pages[number])
        tall = float(paginas[number - 1]["alto"]), float(paginas[number]["alto"])
        feet = _running(before, after, tall[0], is_foot=True)
        heads = _running(after, before, tall[1], is_foot=False)
        body = [line for n, line in enumerate(before) if n not in feet]
        rest = [line for n, line in enumerate(after) if n not in heads]
        if not body or not rest or not _goes_on(body[-1], rest[0]):
            continue
        rest[0][0][5] = "\n"
        pages[number - 1] = [word for line in body for word in line]
        pages[number] = [word for line in rest for word in line]
    return pages


def _lines_of(words: list[list[Any]]) -> list[list[list[Any]]]:
    lines: list[list[list[Any]]] = []
    for word in words:
        if not lines or "\n" in word[5]:
            lines.append([])
        lines[-1].append(word)
    return lines


def _running(
    lines: list[list[list[Any]]], others: list[list[list[Any]]], tall: float, *, is_foot: bool
) -> set[int]:
    """The lines at one edge of a page that another page has, too, but for their numbers."""
    known = {_shape(line) for line in others}
    return {
        number
        for number, line in enumerate(lines)
        if (line[0][2] > tall * (1 - _EDGE) if is_foot else line[0][4] < tall * _EDGE)
        and (_shape(line) in known or _PAGE_NUMBER.fullmatch(_shape(line)))
    }


def _shape(line: list[list[Any]]) -> str:
    return re.sub(r"\d+", "0", flat(" ".join(str(word[0]) for word in line)))


def _goes_on(last: list[list[Any]], first: list[list[Any]]) -> bool:
    end, start = str(last[-1][0]), str(first[0][0])
    if not end or not start or re.search(r"[.:;!?\"”»]$", end):
        return False
    if start[0].islower() or start[0].isdigit():
        return True
    is_heading = "".join(str(word[0]) for word in first).isupper()
    return (end.endswith(",") or end.islower()) and not is_heading


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
