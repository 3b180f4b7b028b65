"""Reads the words of a paper with their places, or draws one of its pages, in a process of its own.

Run by its path, isolated, under limits (``app.core.sandbox``); it knows nothing of the application.
It reads standard input. Arguments: ``palabras``, what it is (``PDF`` or ``foto``), the most pages,
the most words and the path of tesseract (empty: there is none), and prints one JSON object; or
``imagen``, what it is, the number of the page from 1 and the width in pixels, and prints a PNG.

A word is ``[text, x0, y0, x1, y1, before, sure]``: its box in points from the top left corner as
the page is seen, what separates it from the word before (a space, a tab for a wide gap, a line
break, two for a paragraph), and how sure the recognition is of it, from 0 to 100; 100 where the
paper itself has the text.
"""

import csv
import ctypes
import io
import itertools
import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

#: Words below which a page is taken for an image: a stamp of an electronic signature is one, too.
_FEWEST_WORDS = 5
#: Letters of a page that are looked at, some twenty times those of a full one: a file of some
#: hundred kilobytes may claim millions, and a gigabyte of memory with them.
_MOST_LETTERS = 100_000
_OCR_DPI = 300
#: A page that claims to be as large as a wall is drawn coarser: so many pixels take 40 MB.
_MOST_PIXELS = 40_000_000
#: What recognition makes of «N°» and «2°».
_BAD_ORDINAL = re.compile("(N|n|[0-9]{1,2})[*\"'?\u2019\u201c\u201d]")
#: Dark pixels in a row that are no part of a letter: a ruling line of a table, an underline.
_RULE = re.compile(rb"\x00{90,}")
#: Pixels of upright lines from which on a page has a table, and how dark a line's are.
_TABLE, _DARK = 1_000, 190
#: Pixels across of a page that is looked at for its angle, the degrees that it may lie askew, those
#: that do not matter, and how much clearer its lines have to become.
_SMALL, _MOST_ASKEW, _LEVEL, _CLEARER = 600, 4, 0.25, 1.05
#: What recognition makes of an upright line.
_BARS = {"|", "||", "¦", "[", "]"}
#: Letters of a piece of a letter-spaced word, and single ones from which on a line has such words.
_MOST_SPACED, _FEWEST_SPACED = 3, 4
#: Points of the shortest border of a cell, how far off a line may be and still be straight or touch
#: another, and what a cell leaves free at its right at the most.
_SHORTEST_BORDER, _STRAIGHT, _MARGIN = 7.0, 2.0, 14.0
#: Objects of a page and corners of one that are looked at for lines, and lines of a table.
_MOST_OBJECTS, _MOST_SEGMENTS, _MOST_RULES = 20_000, 2_000, 600
_FEWEST_UPRIGHT = 2
#: Marks of a hyphen that a line's end alone asks for.
_SOFT = {"\u00ad", "\u0002", "\ufffe"}
#: Degrees after which lines that run so run to the right.
_TURN_BACK = {"down": 270, "left": 180, "up": 90}
#: x0, y0, x1, y1 in points.
Box = tuple[float, float, float, float]


class _Page:
    """A page as it is seen, whichever way its paper lies."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.width, self.height = page.get_size()
        self.turned = page.get_rotation()
        self.left, self.bottom, self.right, self.top = page.get_cropbox()
        #: Whether it claims more letters than were looked at.
        self.is_cut = False

    def place(self, box: Box) -> Box:
        """The corners of a box of the paper, from the top left of the page as it is seen."""
        x0, y0, x1, y1 = box
        left, right = x0 - self.left, x1 - self.left
        low, high = y0 - self.bottom, y1 - self.bottom
        if self.turned == 90:
            return low, left, high, right
        if self.turned == 180:
            return self.width - right, low, self.width - left, high
        if self.turned == 270:
            return self.width - high, self.height - right, self.width - low, self.height - left
        return left, self.height - high, right, self.height - low


def _letters(shown: _Page) -> Iterator[tuple[str, Box | None]]:
    text = shown.page.get_textpage()
    shown.is_cut = text.count_chars() > _MOST_LETTERS
    for index in range(min(text.count_chars(), _MOST_LETTERS)):
        code = pdfium.FPDFText_GetUnicode(text.raw, index)
        char = chr(code) if code else ""
        if not char:
            continue
        if char.isspace():
            yield char, None
        else:
            yield char, shown.place(text.get_charbox(index, loose=True))


def _heading(letters: list[tuple[str, Box | None]]) -> str:
    """Which way the letters of a page run as it is seen: most papers, to the right."""
    ways = {"right": 0, "down": 0, "left": 0, "up": 0}
    for (_, one), (_, other) in itertools.pairwise(letters):
        if one is None or other is None:
            continue
        across, down = other[0] - one[0], other[1] - one[1]
        if abs(across) > abs(down):
            ways["right" if across > 0 else "left"] += 1
        elif abs(across) < abs(down):
            ways["down" if down > 0 else "up"] += 1
    return max(ways, key=lambda way: ways[way])


def _upright(box: Box, heading: str) -> Box:
    """A box as it is for who reads along the lines."""
    x0, y0, x1, y1 = box
    if heading == "down":
        return y0, -x1, y1, -x0
    if heading == "up":
        return -y1, x0, -y0, x1
    if heading == "left":
        return -x1, -y1, -x0, -y0
    return box


def _around(boxes: list[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _words_of(shown: _Page) -> list[list[Any]]:
    letters = list(_letters(shown))
    heading = _heading(letters)
    if heading != "right":
        # pdfium puts the lines of a page in order as they run to the right.
        shown.page.set_rotation((shown.turned + _TURN_BACK[heading]) % 360)
        letters = list(_letters(shown))
        shown.page.set_rotation(shown.turned)
    words: list[tuple[str, list[Box]]] = []
    text, boxes = "", list[Box]()
    for char, place in [*letters, (" ", None)]:
        if boxes and (place is None or _is_apart(boxes, place, heading)):
            words.append((text, boxes))
            text, boxes = "", []
        if place is not None:
            text += "-" if char in _SOFT else char
            boxes.append(place)
    return _row_by_row(_separated(_closed_up(words, heading), heading), shown, heading)


def _closed_up(words: list[tuple[str, list[Box]]], heading: str) -> list[tuple[str, list[Box]]]:
    """The words of a page, those that are letter-spaced («M A N D A T O») whole again."""
    closed: list[tuple[str, list[Box]]] = []
    run: list[tuple[str, list[Box]]] = []
    for word in [*words, ("", [])]:
        is_on = word[1] and len(word[0]) <= _MOST_SPACED
        if is_on and not (run and _is_apart(run[-1][1], word[1][0], heading)):
            run.append(word)
            continue
        closed += _joined(run, heading)
        run = [word] if is_on else []
        closed += [word] if word[1] and not is_on else []
    return closed


def _joined(run: list[tuple[str, list[Box]]], heading: str) -> list[tuple[str, list[Box]]]:
    """Short pieces of one line as the words that their gaps tell, where most are single letters."""
    single = sum(len(text) == 1 for text, _ in run)
    if single < _FEWEST_SPACED or single * 2 < len(run):
        return run
    letters = [one for text, boxes in run for one in zip(text, boxes, strict=False)]
    places = [_upright(box, heading) for _, box in letters]
    gaps = [other[0] - one[2] for one, other in itertools.pairwise(places)]
    usual = sorted(gaps)[len(gaps) // 2]
    height = places[0][3] - places[0][1]
    if usual > height * 0.8:
        # Columns of a table.
        return run
    words = [(letters[0][0], [letters[0][1]])]
    for (char, box), gap in zip(letters[1:], gaps, strict=True):
        if gap > max(usual * 1.7, usual + height * 0.15):
            words.append((char, [box]))
        else:
            words[-1] = (words[-1][0] + char, [*words[-1][1], box])
    return words


def _is_apart(boxes: list[Box], place: Box, heading: str) -> bool:
    last, here = _upright(boxes[-1], heading), _upright(place, heading)
    return abs(here[3] - last[3]) > (last[3] - last[1]) * 0.6 or here[0] < last[0] - 1


def _separated(words: list[tuple[str, list[Box]]], heading: str) -> list[list[Any]]:
    """Say of each word what stands before it."""
    told: list[list[Any]] = []
    before: Box | None = None
    for text, boxes in words:
        here = _around([_upright(box, heading) for box in boxes])
        told.append([text, *(round(value, 1) for value in _around(boxes)), "", 100])
        if before is not None:
            told[-1][5] = _between(before, here)
        before = here
    return told


def _between(before: Box, here: Box) -> str:
    """What separates two words, by their boxes."""
    height = max(before[3] - before[1], 1)
    down = here[3] - before[3]
    if abs(down) > height * 0.6:
        return "\n\n" if down > height * 1.75 or down < -height * 2 else "\n"
    if here[0] < before[0]:
        return "\n"
    return "\t" if here[0] - before[2] > height * 0.75 else " "


def _lines_drawn(shown: _Page, heading: str) -> tuple[list[Box], list[Box]]:
    """The upright and the level lines of a page that are long enough for a border of a cell."""
    upright: list[Box] = []
    level: list[Box] = []
    for item in itertools.islice(shown.page.get_objects(max_depth=1), _MOST_OBJECTS):
        if item.type != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        for one, other in _segments(item):
            left, right = sorted((one[0], other[0]))
            low, high = sorted((one[1], other[1]))
            x0, y0, x1, y1 = _upright(shown.place((left, low, right, high)), heading)
            if x1 - x0 < _STRAIGHT and y1 - y0 >= _SHORTEST_BORDER:
                upright.append((x0, y0, x0, y1))
            elif y1 - y0 < _STRAIGHT and x1 - x0 >= _SHORTEST_BORDER:
                level.append((x0, y0, x1, y0))
    turned = [(y0, x0, y1, x1) for x0, y0, x1, y1 in upright]
    return [(x0, y0, x1, y1) for y0, x0, y1, x1 in _merged(turned)], _merged(level)


def _segments(path: Any) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight lines of a path, each by its ends in points of the paper."""
    matrix = path.get_matrix()
    first: tuple[float, float] | None = None
    last: tuple[float, float] | None = None
    for number in range(min(pdfium.FPDFPath_CountSegments(path.raw), _MOST_SEGMENTS)):
        segment = pdfium.FPDFPath_GetPathSegment(path.raw, number)
        x, y = ctypes.c_float(), ctypes.c_float()
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = matrix.on_point(x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO and last is not None:
            yield last, here
        if pdfium.FPDFPathSegment_GetClose(segment) and first is not None:
            yield here, first
        last = here


def _merged(lines: list[Box]) -> list[Box]:
    """Level lines, those that go on in one another as one."""
    merged: list[Box] = []
    for x0, y0, x1, _ in sorted(lines, key=lambda line: (round(line[1] / _STRAIGHT), line[0])):
        last = merged[-1] if merged else None
        if last and abs(last[1] - y0) < _STRAIGHT and x0 <= last[2] + _STRAIGHT:
            merged[-1] = (last[0], last[1], max(last[2], x1), last[3])
        else:
            merged.append((x0, y0, x1, y0))
    return merged


def _tables(shown: _Page, heading: str) -> list[list[list[Box]]]:
    """The tables of a page as the rows of their cells, each cell by its box."""
    upright, level = _lines_drawn(shown, heading)
    rules = [*upright, *level]
    if len(upright) < _FEWEST_UPRIGHT or not level or len(rules) > _MOST_RULES:
        return []
    tables = []
    for group in _touching(rules):
        rows = [*_rows_of([rules[n] for n in group])]
        if any(len(row) > 1 for row in rows):
            tables.append(rows)
    return tables


def _touching(rules: list[Box]) -> list[list[int]]:
    """The lines of each table: those that touch one another."""
    groups: list[list[int]] = []
    for number, (x0, y0, x1, y1) in enumerate(rules):
        mine = [
            group
            for group in groups
            if any(
                x0 <= rules[n][2] + _STRAIGHT
                and rules[n][0] <= x1 + _STRAIGHT
                and y0 <= rules[n][3] + _STRAIGHT
                and rules[n][1] <= y1 + _STRAIGHT
                for n in group
            )
        ]
        groups = [group for group in groups if group not in mine]
        groups.append([number, *itertools.chain.from_iterable(mine)])
    return groups


def _rows_of(rules: list[Box]) -> Iterator[list[Box]]:
    """The rows of one table; a cell that reaches over several rows is in the first of them."""
    levels = [rule for rule in rules if rule[1] == rule[3]]
    uprights = [rule for rule in rules if rule[1] != rule[3]]
    heights = _distinct([rule[1] for rule in levels])
    seen: list[Box] = []
    for top, bottom in itertools.pairwise(heights):
        middle = (top + bottom) / 2
        places = _distinct([rule[0] for rule in uprights if rule[1] <= middle <= rule[3]])
        row = []
        for left, right in itertools.pairwise(places):
            centre = (left + right) / 2
            if any(cell[0] < centre < cell[2] and cell[1] < middle < cell[3] for cell in seen):
                continue
            below = [
                rule[1]
                for rule in levels
                if rule[1] >= bottom - _STRAIGHT and rule[0] <= centre <= rule[2]
            ]
            row.append((left, top, right, min(below, default=bottom)))
        seen += row
        if row:
            yield row


def _distinct(places: list[float]) -> list[float]:
    """Places in their order, those that are as good as one told once."""
    told: list[float] = []
    for place in sorted(places):
        if not told or place - told[-1] > _STRAIGHT:
            told.append(place)
    return told


def _row_by_row(told: list[list[Any]], shown: _Page, heading: str) -> list[list[Any]]:
    """The words of a page with each row of its tables in one line, its cells apart by tabs.

    A row in a cell of which a line ends before it has to is left as it is: it has lines of its own.
    """
    places: dict[int, tuple[int, int, int]] = {}
    tables = _tables(shown, heading)
    boxes = [_upright((word[1], word[2], word[3], word[4]), heading) for word in told]
    for number, (x0, y0, x1, y1) in enumerate(boxes):
        # A word that is wider than its cell begins in it.
        x, y = x0 + min(x1 - x0, y1 - y0) / 2, (y0 + y1) / 2
        for table, rows in enumerate(tables):
            for row, cells in enumerate(rows):
                for cell, (left, top, right, bottom) in enumerate(cells):
                    if left <= x <= right and top <= y <= bottom:
                        places[number] = (table, row, cell)
    rows_of: dict[tuple[int, int], dict[int, list[int]]] = {}
    for number, (table, row, cell) in places.items():
        rows_of.setdefault((table, row), {}).setdefault(cell, []).append(number)
    done: dict[int, list[int]] = {}
    for (table, row), filled in rows_of.items():
        if len(filled) > 1 and all(
            _is_filled(tables[table][row][cell], [boxes[n] for n in words])
            for cell, words in filled.items()
        ):
            order = [n for cell in sorted(filled) for n in filled[cell]]
            done[min(order)] = order
    return _reordered(told, done, places)


def _is_filled(cell: Box, words: list[Box]) -> bool:
    """Whether each line of a cell but its last is so long that the next word had to go below."""
    return all(
        cell[2] - before[2] < (here[2] - here[0]) + _MARGIN
        for before, here in itertools.pairwise(words)
        if "\n" in _between(before, here)
    )


def _reordered(
    told: list[list[Any]], rows: dict[int, list[int]], places: dict[int, tuple[int, int, int]]
) -> list[list[Any]]:
    """The words in their order, those of each row together where its first one stands."""
    moved = {number for order in rows.values() for number in order}
    again: list[list[Any]] = []
    is_after = False
    for number, word in enumerate(told):
        if number in rows:
            order = rows[number]
            for place, n in enumerate(order):
                before = places[order[place - 1]] if place else None
                between = "\n" if is_after or "\n" not in word[5] else word[5]
                if before == places[n]:
                    # A word that a cell divides has its hyphen before its line's end.
                    is_divided = "\n" in told[n][5] and str(told[order[place - 1]][0]).endswith("-")
                    between = "\n" if is_divided else " "
                elif before is not None:
                    between = "\t"
                again.append([*told[n][:5], between if again else "", told[n][6]])
            is_after = True
        elif number not in moved:
            again.append([*word[:5], "\n\n" if is_after else word[5], word[6]])
            is_after = False
    return again


def _without_rules(image: Any) -> tuple[Any, bool]:
    """A page without the lines of its tables, which hide their words; whether it had upright ones.

    Of a page that lies askew a line is a stair of shorter ones: each is longer than any letter.
    """
    from PIL import Image  # only for images

    grey, erased = image.convert("L"), 0
    for _ in range(2):
        # First the lines across; then turned, the upright ones.
        width, size = grey.width, grey.size
        pixels = bytearray(grey.tobytes())
        dark = grey.point([0 if value < _DARK else 255 for value in range(256)]).tobytes()
        erased = 0
        for found in _RULE.finditer(dark):
            erased += found.end() - found.start()
            for shift in (-width, 0, width):
                start = max(0, found.start() + shift)
                end = min(len(pixels), found.end() + shift)
                pixels[start:end] = b"\xff" * max(0, end - start)
        grey = Image.frombytes("L", size, bytes(pixels)).transpose(Image.Transpose.TRANSPOSE)
    return grey, erased > _TABLE


def _straightened(image: Any) -> tuple[Any, float]:
    """A page whose lines lie level, and the degrees that it was turned for it.

    Of all angles the lines of a page are the darkest, and what is between them the lightest, where
    they lie level. The page is looked at in small for that.
    """
    from PIL import Image, ImageOps  # only for images

    grey = ImageOps.autocontrast(image.convert("L"), cutoff=1)
    small = grey.resize(
        (_SMALL, max(1, round(grey.height * _SMALL / grey.width))), Image.Resampling.BOX
    )

    def clearness(angle: float) -> float:
        turned = small.rotate(angle, Image.Resampling.BILINEAR, fillcolor=255)
        # Its middle alone: the corners come and go.
        part = turned.crop(
            (_SMALL // 10, turned.height // 20, _SMALL * 9 // 10, turned.height * 19 // 20)
        )
        rows = part.resize((1, part.height), Image.Resampling.BOX).tobytes()
        return sum((one - other) ** 2 for one, other in itertools.pairwise(rows))

    angles = [step / 4 for step in range(-_MOST_ASKEW * 4, _MOST_ASKEW * 4 + 1)]
    best = max(angles, key=clearness)
    if abs(best) < _LEVEL or clearness(best) < clearness(0) * _CLEARER:
        return image, 0.0
    return grey.rotate(best, Image.Resampling.BICUBIC, fillcolor=255), best


def _turned_back(box: Box, size: tuple[int, int], angle: float) -> Box:
    """Where a box of a straightened page lies on the page as it is."""
    if not angle:
        return box
    x, y = (box[0] + box[2]) / 2 - size[0] / 2, (box[1] + box[3]) / 2 - size[1] / 2
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    # The axis of y runs down, and the page was turned against the clock.
    shift_x, shift_y = x * cosine - y * sine - x, x * sine + y * cosine - y
    return box[0] + shift_x, box[1] + shift_y, box[2] + shift_x, box[3] + shift_y


def _recognised(image: Any, tesseract: str, scale: float) -> list[list[Any]]:
    target = io.BytesIO()
    image, angle = _straightened(image)
    plain, has_table = _without_rules(image)
    plain.save(target, "PNG")
    # A table is read line by line, and any other page as its columns have it.
    mode = ["--psm", "4"] if has_table else []
    # S603: a program whose path the office chose, no shell.
    done = subprocess.run(  # noqa: S603
        [tesseract, "-", "-", "-l", "spa", *mode, "tsv"],
        input=target.getvalue(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        return []
    words: list[list[Any]] = []
    lines = [(0, 0), (0, 0)]
    last: tuple[str, ...] = ()
    right, is_cell = 0, False
    table = io.StringIO(done.stdout.decode("utf-8", "replace"))
    for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
        if row.get("level") == "4":
            lines = [lines[1], (int(row["top"]), int(row["height"]))]
        text = (row.get("text") or "").strip()
        if row.get("level") != "5" or not text:
            continue
        if text in _BARS:
            is_cell = True
            continue
        left, top = int(row["left"]), int(row["top"])
        width, height = int(row["width"]), int(row["height"])
        here = (row["block_num"], row["par_num"], row["line_num"])
        if here == last:
            before = "\t" if is_cell or left - right > height * 1.5 else " "
        else:
            before = _between_lines(*lines, is_new=here[:2] != last[:2])
        if ordinal := _BAD_ORDINAL.fullmatch(text):
            text = f"{ordinal[1]}°"
        box = _turned_back((left, top, left + width, top + height), image.size, angle)
        place = [round(value * scale, 1) for value in box]
        words.append([text, *place, before, int(float(row["conf"]))])
        last, right, is_cell = here, left + width, False
    if words:
        words[0][5] = ""
    return words


def _between_lines(before: tuple[int, int], here: tuple[int, int], *, is_new: bool) -> str:
    """What separates two lines, each its top and height; a new paragraph may be a wrong guess."""
    step, height = here[0] - before[0], max(before[1], here[1])
    if not height:
        return "\n\n" if is_new else "\n"
    far = step < 0 or step > height * (1.6 if is_new else 2.4)
    return "\n\n" if far else "\n"


def read_pdf(data: bytes, most_pages: int, most_words: int, tesseract: str) -> dict[str, Any]:
    """Read the words of a PDF, page by page."""
    paper = pypdfium2.PdfDocument(data)
    pages, left = [], most_words
    for number in range(min(len(paper), most_pages)):
        page = paper[number]
        shown = _Page(page)
        words = _words_of(shown)
        is_image = len(words) < _FEWEST_WORDS
        if is_image and tesseract:
            area = max(shown.width * shown.height, 1)
            scale = min(_OCR_DPI / 72, (_MOST_PIXELS / area) ** 0.5)
            image = page.render(scale=scale, grayscale=True).to_pil()
            words = _recognised(image, tesseract, 1 / scale) or words
        pages.append(
            {
                "ancho": round(shown.width, 1),
                "alto": round(shown.height, 1),
                "imagen": is_image,
                "cortada": len(words) > left or shown.is_cut,
                "palabras": words[:left],
            }
        )
        left -= len(words)
        if left <= 0:
            break
    return {"paginas": pages, "total": len(paper)}


def _read_photo(data: bytes, tesseract: str) -> dict[str, Any]:
    image = _open_photo(data)
    width, height = image.size
    words = _recognised(image, tesseract, 1) if tesseract else []
    page = {"ancho": width, "alto": height, "imagen": True, "palabras": words}
    return {"paginas": [page], "total": 1}


def _open_photo(data: bytes) -> Any:
    from PIL import Image, ImageOps  # only for this kind
    from pillow_heif import register_heif_opener

    register_heif_opener()
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data)))


def _draw(kind: str, data: bytes, number: int, width: int) -> bytes:
    if kind == "foto":
        image = _open_photo(data).convert("RGB")
        image.thumbnail((width, width * 3))
    else:
        page = pypdfium2.PdfDocument(data)[number - 1]
        image = page.render(scale=width / max(page.get_width(), 1)).to_pil()
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def main() -> None:
    """Do what the arguments ask, and print it."""
    verb, kind, *rest = sys.argv[1:]
    data = sys.stdin.buffer.read()
    if verb == "imagen":
        sys.stdout.buffer.write(_draw(kind, data, int(rest[0]), int(rest[1])))
        return
    most_pages, most_words, tesseract = int(rest[0]), int(rest[1]), rest[2]
    answer: dict[str, Any]
    try:
        if kind == "foto":
            answer = _read_photo(data, tesseract)
        else:
            answer = read_pdf(data, most_pages, most_words, tesseract)
    except pypdfium2.PdfiumError as error:
        answer = {"error": "clave" if "password" in str(error).lower() else "dañado"}
    except Exception as error:  # whatever a damaged file makes a reader raise
        answer = {"error": type(error).__name__}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
