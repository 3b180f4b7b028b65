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
import io
import itertools
import json
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
#: What recognition makes of an upright line.
_BARS = {"|", "||", "¦", "[", "]"}
#: Marks of a hyphen that a line's end alone asks for.
_SOFT = {"\u00ad", "\u0002", "\ufffe"}
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
    words: list[tuple[str, list[Box]]] = []
    text, boxes = "", list[Box]()
    for char, place in [*letters, (" ", None)]:
        if boxes and (place is None or _is_apart(boxes, place, heading)):
            words.append((text, boxes))
            text, boxes = "", []
        if place is not None:
            text += "-" if char in _SOFT else char
            boxes.append(place)
    return _separated(words, heading)


def _is_apart(boxes: list[Box], place: Box, heading: str) -> bool:
    last, here = _upright(boxes[-1], heading), _upright(place, heading)
    return abs(here[3] - last[3]) > (last[3] - last[1]) * 0.6 or here[0] < last[0] - 1


def _separated(words: list[tuple[str, list[Box]]], heading: str) -> list[list[Any]]:
    """Say of each word what stands before it."""
    words = _from_the_top(words, heading)
    told: list[list[Any]] = []
    before: Box | None = None
    for text, boxes in words:
        here = _around([_upright(box, heading) for box in boxes])
        between = ""
        if before is not None:
            height = max(before[3] - before[1], 1)
            down = here[3] - before[3]
            between = " "
            if abs(down) > height * 0.6:
                between = "\n\n" if down > height * 1.75 or down < -height * 2 else "\n"
            elif here[0] < before[0]:
                between = "\n"
            elif here[0] - before[2] > height * 0.75:
                between = "\t"
        told.append([text, *(round(value, 1) for value in _around(boxes)), between, 100])
        before = here
    return told


def _from_the_top(words: list[tuple[str, list[Box]]], heading: str) -> list[tuple[str, list[Box]]]:
    """The lines of a turned page from its first to its last: some come the other way round."""
    lines: list[list[tuple[str, list[Box]]]] = []
    steps: list[float] = []
    before: Box | None = None
    for word in words:
        here = _around([_upright(box, heading) for box in word[1]])
        down = here[3] - before[3] if before else 0
        if before is None or abs(down) > max(before[3] - before[1], 1) * 0.6:
            lines.append([])
            steps.append(down)
        lines[-1].append(word)
        before = here
    up = sum(step < 0 for step in steps)
    if heading == "right" or up * 3 < len(steps) * 2:
        return words
    return [word for line in reversed(lines) for word in line]


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


def _recognised(image: Any, tesseract: str, scale: float) -> list[list[Any]]:
    target = io.BytesIO()
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
        box = (left, top, left + width, top + height)
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
