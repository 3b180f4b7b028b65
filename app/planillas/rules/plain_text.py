"""Texts that no separator divides: print-outs with columns by width, labels with their values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.core.text import clean_text
from app.planillas.rules.sheets import Fila, Guess

#: Lines among which the header of a print-out is: letterhead, date and page stand above it.
_HEADER_WITHIN = 40
#: Fields that a header names at least, and labels of different fields that a text has at least.
_FIELDS, _LABELS = 2, 3
#: Share of a print-out's lines that are divided alike where wide blanks stand between its columns,
#: and of those in which a place between two columns is blank.
_ALIKE, _BLANK = 0.8, 0.9
#: Lines that are looked at to find where columns begin.
_SAMPLE = 400
_RULER = re.compile(r"[\s|+]*[-=_]{2,}(?:[\s|+]+[-=_]{1,})+[\s|+]*")
_DRAWN = re.compile(r"[\s|+\-=_*.]+")
_WIDE = re.compile(r"\s{2,}")
#: «3.- Patente: HJKL21»; an hour is no label.
_LABEL = re.compile(r"[^\w(]*(?:\d{1,3}\s*[.)\-–]+\s*)*([^\W\d][^:]{1,39}?)\s*:(?!//)\s*(.*)")
_BETWEEN_LABELS = re.compile(r"\s{2,}|\s*[;|]\s*")
#: What stands before a value in a sentence: words, and the sign for a number.
_IN_FRONT = re.compile(r"[^\W\d][^\W\d.]*\.?(?: (?:n[°º.]?|nro\.?|de|del|la|el))*\s*:?", re.I)


def read_lines(text: str, guess: Guess) -> list[Fila] | None:
    """The rows of a text without separators; None where its lines name no fields.

    Lines that go across its columns, as titles do, are rows of one cell.
    """
    lines = [line.replace("\f", "").expandtabs().rstrip() for line in text.splitlines()]
    for read in (_by_ruler, _by_sentences, _by_blanks, _by_labels):
        if rows := read(lines, guess):
            return rows
    return None


def _by_blanks(lines: Sequence[str], guess: Guess) -> list[Fila] | None:
    """Columns with blanks between them, wide or narrow: whichever way names more fields."""
    found = [rows for read in (_by_wide_blanks, _by_narrow_blanks) if (rows := read(lines, guess))]
    return max(
        found,
        key=lambda rows: max(len(guess(row.celdas)) for row in rows[:_HEADER_WITHIN]),
        default=None,
    )


def pairs_of_lines(lines: Sequence[str], guess: Guess) -> list[list[tuple[str, str]]] | None:
    """Labels and values of each line («Patente: HJKL21»), none of a line of other words; None
    where the labels of all of them are those of fewer than three fields.
    """
    pairs = [list(_pairs(line, guess)) for line in lines]
    named = {
        field
        for line in pairs
        for label, value in line
        if value
        for field in guess([label]).values()
    }
    return pairs if len(named) >= _LABELS else None


def _pairs(line: str, guess: Guess) -> Iterator[tuple[str, str]]:
    """The labels of a line with what follows each; a further one only where it names a field."""
    if not line.strip() or (first := _LABEL.fullmatch(line.strip())) is None:
        return
    label, value = clean_text(first[1]), ""
    parts = _BETWEEN_LABELS.split(first[2])
    for part in parts:
        further = _LABEL.fullmatch(part)
        if further is not None and guess([clean_text(further[1])]):
            yield label, value
            label, value = clean_text(further[1]), clean_text(further[2])
        else:
            value = clean_text(f"{value}  {part}")
    yield label, value


def _by_labels(lines: Sequence[str], guess: Guess) -> list[Fila] | None:
    pairs = pairs_of_lines(lines, guess)
    if pairs is None:
        return None
    rows = []
    for number, (line, told) in enumerate(zip(lines, pairs, strict=True), 1):
        if told:
            rows += [Fila(number, pair) for pair in told]
        elif not _DRAWN.fullmatch(line) and line.strip():
            rows.append(Fila(number, (clean_text(line),)))
    return rows


def _by_ruler(lines: Sequence[str], guess: Guess) -> list[Fila] | None:
    """Columns as wide as the dashes under their headers."""
    for place, line in enumerate(lines[:_HEADER_WITHIN]):
        if place == 0 or not _RULER.fullmatch(line):
            continue
        starts = [found.start() for found in re.finditer(r"[-=_]+", line)]
        if len(guess(_sliced(lines[place - 1], starts))) >= _FIELDS:
            return _rows(lines, place - 1, starts)
    return None


def _by_wide_blanks(lines: Sequence[str], guess: Guess) -> list[Fila] | None:
    """Columns with two blanks or more between their headers."""
    named = [len(guess(_WIDE.split(line.strip()))) for line in lines[:_HEADER_WITHIN]]
    if not named or max(named) < _FIELDS:
        return None
    place = named.index(max(named))
    header = lines[place]
    cells = [(one.start(), one.end()) for one in re.finditer(r"\S+(?: \S+)*", header)]
    below = _entries(lines, place)
    alike = [line for line in below if len(_WIDE.split(line.strip())) == len(cells)]
    if below and len(alike) >= _ALIKE * len(below):
        return _rows(lines, place, [], len(cells))
    starts = [0]
    for (start, end), (following, _) in pairwise(cells):
        # A text that is aligned on its right begins before its header, a long one ends behind it.
        starts.append(_gap(below, range(max(start + 1, end - 1), following + 1)))
    return _rows(lines, place, starts)


def _by_narrow_blanks(lines: Sequence[str], guess: Guess) -> list[Fila] | None:
    """Columns with one blank between them, which stands in the same place of nearly each line."""
    for place, header in enumerate(lines[:_HEADER_WITHIN]):
        if len(guess(header.split())) < _FIELDS:
            continue
        below = _entries(lines, place)
        words = [(one.start(), one.end()) for one in re.finditer(r"\S+", header)]
        starts = [0]
        for (start, end), (following, _) in pairwise(words):
            at = _gap(below, range(max(start + 1, end), following + 1))
            # Else both are words of one header.
            starts += [at] if _blanks(below, at) >= _BLANK else []
        if len(below) > 1 and len(guess(_sliced(header, starts))) >= _FIELDS:
            return _rows(lines, place, starts)
    return None


def _entries(lines: Sequence[str], place: int) -> list[str]:
    """The lines under a header that are no drawn ones, not the header again, and as long as half of
    it: a total or a greeting does not tell where columns begin.
    """
    header = lines[place].split()
    return [
        line
        for line in lines[place + 1 :]
        if 2 * len(line.split()) >= len(header)
        and not _DRAWN.fullmatch(line)
        and line.split() != header
    ][:_SAMPLE]


def _gap(lines: Sequence[str], places: range) -> int:
    """Where most lines are blank between two columns, the last of equal places."""
    return max(places, key=lambda at: (_blanks(lines, at), at))


def _blanks(lines: Sequence[str], at: int) -> float:
    """In which share of the lines a column may begin here: they do not write across it."""
    return sum(not _crosses(line, at) for line in lines) / len(lines) if lines else 0.0


def _crosses(line: str, at: int) -> bool:
    return len(line) > at and line[at - 1] != " "


def _sliced(line: str, starts: Sequence[int]) -> list[str]:
    ends = [*starts[1:], None]
    return [line[start:end].strip(" |") for start, end in zip(starts, ends, strict=True)]


def _rows(lines: Sequence[str], place: int, starts: Sequence[int], width: int = 0) -> list[Fila]:
    """The rows of a print-out: divided at ``starts``, or by wide blanks into ``width`` cells."""
    # What stands over the first header stands over each page.
    above = {_furniture(line) for line in lines[:place] if line.strip()}
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or _DRAWN.fullmatch(line):
            continue
        parts = _WIDE.split(line.strip())
        is_across = _is_across(line, starts)
        if _furniture(line) in above:
            cells = [clean_text(line)]
        elif len(parts) == (width or len(starts)) and (width or is_across):
            cells = parts
        elif is_across or width:
            cells = [clean_text(line)]
        else:
            cells = _sliced(line, starts)
        rows.append(Fila(number, tuple(map(clean_text, cells))))
    return rows


def _is_across(line: str, starts: Sequence[int]) -> bool:
    """Whether a line writes on where another column begins; a full line may have one text that is
    as long as its column.
    """
    crossed = sum(_crosses(line, at) for at in starts[1:])
    is_full = len(starts) > _LABELS and all(_sliced(line, starts))
    return crossed > (1 if is_full else 0)


def _furniture(line: str) -> str:
    return re.sub(r"\d+", "#", clean_text(line))


def _by_sentences(lines: Sequence[str], guess: Guess) -> list[Fila] | None:
    """«Oficio 12, patente HJKL21, rol C-1-2026»: each line with the same words before its values,
    which are the headers then.
    """
    parts = [[clean_text(part) for part in re.split(r"[,;]", line)] for line in lines]
    widths = Counter(len(cells) for cells in parts if len(cells) > 1)
    for width, count in widths.most_common(3):
        alike = [cells for cells in parts if len(cells) == width]
        heads = [_common_words([cells[place] for cells in alike]) for place in range(width)]
        if count < _LABELS or len(guess(heads)) < _FIELDS:
            continue
        rows = [Fila(0, tuple(heads))]
        for number, (line, cells) in enumerate(zip(lines, parts, strict=True), 1):
            if len(cells) == width:
                told = [
                    one[len(head) :].strip(" :") for one, head in zip(cells, heads, strict=True)
                ]
                rows.append(Fila(number, tuple(told)))
            elif line.strip():
                rows.append(Fila(number, (clean_text(line),)))
        return rows
    return None


def _common_words(texts: Sequence[str]) -> str:
    """The words that stand in front of each text; empty where they differ."""
    found = _IN_FRONT.match(texts[0])
    head = found[0].rstrip() if found else ""
    is_common = head and all(
        text.casefold().startswith(head.casefold()) and len(text) > len(head) for text in texts
    )
    return head if is_common else ""
