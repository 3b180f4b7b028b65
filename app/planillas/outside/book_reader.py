"""Opens a workbook in a process of its own and prints its rows as JSON.

A workbook of a few kilobytes can ask for hundreds of gigabytes (one cell at the far corner, sizes
that lie inside the ZIP), and the reader, which is compiled code, then ends the whole process. Here
it ends only this one. Run by path with ``python -I``, so that it starts without the application:
it must import nothing of ``app``.
"""

import io
import json
import posixpath
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MAX_SHEETS = 20
MAX_COLUMNS = 100
MAX_COMMENTS = 5_000
#: Longer cells are cut one character above the longest field's limit, so that they are refused.
MAX_CELL = 5_001
#: Maximum characters of the whole workbook.
MAX_TEXT = 20_000_000
#: Maximum rows of a sheet, empty ones included, whose formats are read.
_MOST_ROWS = 200_000
#: Formats with an hour that a workbook names by number alone (ECMA-376, 18.8.30).
_BUILT_IN_HOURS = (18, 19, 20, 21, 22, 45, 46, 47)
#: How Microsoft's compound files begin, and the records of a workbook in one that are looked at.
_COMPOUND = b"\xd0\xcf\x11\xe0"
_BOUND_SHEET, _ROW, _END_OF_PART, _NO_HEIGHT = 0x85, 0x208, 0x0A, 0x20
#: A format that shows every digit, with zeros in front and signs between.
_ZEROS = re.compile(r'(?=.*0)(?:0|[-/: ]|\\.|"[^"]*")+')


#: A declaration of entities, which no office program writes: they read files, call servers, or
#: grow beyond every limit (ASVS 5.0, 1.5.1). In UTF-16, its letters have zeros between them.
_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E")
_DOCTYPE_BYTES = 32


def _parse(content: bytes) -> ElementTree.Element:
    """Read XML.

    Raises:
        ElementTree.ParseError: it is none, or declares a document type.
    """
    _refuse_doctype(content)
    return ElementTree.fromstring(content)  # noqa: S314 - no entities are declared


class _WithoutDoctype:
    """A stream of XML that ends in ``ParseError`` where a document type is declared."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._before = b""

    def read(self, size: int = -1, /) -> bytes:
        content: bytes = self._stream.read(size)
        _refuse_doctype(self._before + content)
        self._before = content[-_DOCTYPE_BYTES:]
        return content


def _refuse_doctype(content: bytes) -> None:
    if _DOCTYPE.search(content):
        raise ElementTree.ParseError("a document type is declared")


def read_book(content: bytes, max_rows: int) -> dict[str, Any]:
    """Return ``{"hojas": [{"nombre", "oculta", "filas", "ocultas", "comentarios",
    "sin_calcular", …}]}``, the sheets that are seen before the hidden ones.

    ``filas`` holds ``[row number, [cell, …]]``, ``ocultas`` the numbers of rows that are hidden,
    ``comentarios`` ``[row number, column index, text]``, ``sin_calcular`` how many formulas nobody
    computed, ``tachadas`` and ``con_color`` the numbers of rows that are struck through or have a
    colour behind them, ``columnas_ocultas`` the indexes of hidden columns (as far as the kind of
    book tells them). A merged cell gives
    its value to each of its rows. Empty rows are left out. At most ``max_rows`` rows of a sheet are
    kept; one more than allowed tells the caller that there were too many. Instead of ``hojas`` it
    may hold ``error``: ``clave``, ``ilegible`` or ``enorme``.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        worksheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        unseen = {one.name for one in worksheets if one.visible != SheetVisibleEnum.Visible}
        names = sorted((one.name for one in worksheets), key=lambda name: name in unseen)
        left = MAX_TEXT
        sheets = []
        for name in names[:MAX_SHEETS]:
            rows: list[list[Any]] = []
            sheet = book.get_sheet_by_name(name)
            looks = _read_looks(content, name, max_rows)
            merged = _Merged(looks.merged or sheet.merged_cell_ranges or [])
            # Rows come from the first of the sheet, cells from the first used column.
            first = sheet.start[1] if sheet.start else 0
            margin = [""] * first
            for number, row in enumerate(sheet.iter_rows(), 1):
                formats = looks.formats.get(number, {})
                texts = [
                    cell_text(value, formats.get(column, ""))
                    for column, value in enumerate(row, first)
                ]
                cells = (margin + texts)[:MAX_COLUMNS]
                for column, text in looks.errors.get(number, {}).items():
                    if column < len(cells) and not cells[column]:
                        cells[column] = text
                if any(cells):
                    merged.fill(number, cells)
                    rows.append([number, cells])
                    left -= sum(map(len, cells))
                if left < 0:
                    return {"error": "enorme"}
                if len(rows) > max_rows:
                    break
            sheets.append(
                {
                    "nombre": name,
                    "oculta": name in unseen,
                    "filas": rows,
                    "ocultas": sorted(looks.hidden),
                    "comentarios": looks.comments,
                    "sin_calcular": looks.uncomputed,
                    "tachadas": sorted(looks.struck),
                    "con_color": sorted(looks.coloured),
                    "columnas_ocultas": sorted(looks.hidden_columns),
                }
            )
    except PasswordError:
        return {"error": "clave"}
    except MemoryError:
        return {"error": "enorme"}
    except (CalamineError, OSError, ValueError):
        return {"error": "ilegible"}
    return {"hojas": sheets}


class _Merged:
    """The merged cells of a sheet that span rows, and the value of each."""

    def __init__(self, ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
        # A merged cell counts for its first column only, so it fills no second field.
        self._ranges = [
            (top + 1, bottom + 1, column)
            for (top, column), (bottom, _) in ranges
            if bottom > top and column < MAX_COLUMNS
        ]
        self._values: dict[tuple[int, int], str] = {}

    def fill(self, number: int, cells: list[str]) -> None:
        """Write into a row what merged cells above it say; keep what begins in it."""
        for top, bottom, column in self._ranges:
            if not top <= number <= bottom:
                continue
            text = cells[column] if column < len(cells) else ""
            if number == top:
                self._values[top, column] = text
            elif not text and (value := self._values.get((top, column))):
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = value


@dataclass
class _Looks:
    """What a sheet shows beyond its values: number formats by row and column, hidden rows."""

    formats: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    #: Cells whose formula was never computed, so that they say nothing.
    uncomputed: int = 0
    #: Row number, column index, text.
    comments: list[tuple[int, int, str]] = field(default_factory=list)
    #: Row number and column index to what a spreadsheet program says that went wrong in a formula,
    #: which the other reader takes for an empty cell.
    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    #: Rows whose every text is struck through, those with a colour behind a text.
    struck: set[int] = field(default_factory=set)
    coloured: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    #: The merged cells where the other reader does not tell them.
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


def _read_looks(content: bytes, name: str, max_rows: int) -> _Looks:
    """Read the formats that change what a cell says and the hidden rows of an XLSX; hidden rows,
    comments and merged cells of an ODS; the hidden rows of an XLS.

    Empty for other kinds, and where the package is not as the standard has it: the values, which
    the other reader gives, then stand alone.
    """
    looks = _Looks()
    if content.startswith(_COMPOUND):
        looks.hidden = _hidden_in_biff(content, name)
        return looks
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if "content.xml" in package.namelist():
                with package.open("content.xml") as stream:
                    _read_open_document(stream, name, looks)
                return looks
            part = _sheet_part(package, name)
            styles = _styles(package)
            with package.open(part) as stream:
                _read_rows(stream, styles, looks, max_rows)
            looks.comments = _read_comments(package, part)
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, StopIteration, OSError):
        return _Looks()
    except (ElementTree.ParseError, NotImplementedError, RuntimeError):
        return _Looks()
    return looks


def _sheet_part(package: zipfile.ZipFile, name: str) -> str:
    book = _parse(package.read("xl/workbook.xml"))
    sheet = next(one for one in book.iter() if _tag(one) == "sheet" and one.get("name") == name)
    key = next(value for attribute, value in sheet.items() if attribute.endswith("}id"))
    links = _parse(package.read("xl/_rels/workbook.xml.rels"))
    target = next(link.get("Target", "") for link in links if link.get("Id") == key)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _read_comments(package: zipfile.ZipFile, part: str) -> list[tuple[int, int, str]]:
    """The comments of a sheet; of a conversation each one, in its order."""
    folder, _, name = part.rpartition("/")
    links = f"{folder}/_rels/{name}.rels"
    if links not in package.namelist():
        return []
    found: dict[tuple[int, int], list[str]] = {}
    threaded = False
    targets = []
    for link in _parse(package.read(links)):
        kind = link.get("Type", "").rpartition("/")[2]
        if kind in ("comments", "threadedComment"):
            target = link.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            targets.append((kind != "threadedComment", posixpath.normpath(path)))
    for is_plain, target in sorted(targets):
        if (is_plain and threaded) or target not in package.namelist():
            continue
        for one in _parse(package.read(target)).iter():
            if _tag(one) not in ("comment", "threadedComment"):
                continue
            threaded = threaded or not is_plain
            place = one.get("ref", "")
            text = "".join(part.text or "" for part in one.iter() if _tag(part) in ("t", "text"))
            row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if text.strip() and row.isdigit() and len(found) < MAX_COMMENTS:
                found.setdefault((int(row), _column(place)), []).append(text.strip()[:MAX_CELL])
    return [(row, column, " / ".join(texts)) for (row, column), texts in sorted(found.items())]


@dataclass(frozen=True)
class _Style:
    """How a style of cells looks: its number format where that changes what a cell says, whether
    its text is struck through, whether a colour is behind it.
    """

    code: str = ""
    is_struck: bool = False
    is_coloured: bool = False


def _styles(package: zipfile.ZipFile) -> list[_Style]:
    styles = _parse(package.read("xl/styles.xml"))
    codes = dict.fromkeys(_BUILT_IN_HOURS, "h:mm")
    for one in styles.iter():
        if _tag(one) == "numFmt":
            codes[int(one.get("numFmtId", ""))] = one.get("formatCode", "")
    parts = {_tag(one): list(one) for one in styles}
    struck = [
        any(_tag(mark) == "strike" and mark.get("val") not in ("0", "false") for mark in font)
        for font in parts.get("fonts", ())
    ]
    coloured = [
        any(mark.get("patternType") == "solid" for mark in fill) for fill in parts.get("fills", ())
    ]
    found = []
    for one in parts.get("cellXfs", ()):
        code = codes.get(int(one.get("numFmtId", "0")), "")
        found.append(
            _Style(
                code if shows_hour(code) or _ZEROS.fullmatch(code) else "",
                _at(struck, one.get("fontId")),
                _at(coloured, one.get("fillId")),
            )
        )
    return found


def _at(marks: list[bool], place: str | None) -> bool:
    return marks[int(place or 0)] if int(place or 0) < len(marks) else False


def _read_rows(stream: Any, styles: list[_Style], looks: _Looks, max_rows: int) -> None:
    number = filled = 0
    for _, row in ElementTree.iterparse(_WithoutDoctype(stream)):  # noqa: S314 - none declared
        if _tag(row) == "col" and row.get("hidden") in ("1", "true"):
            last = min(int(row.get("max", "0")), MAX_COLUMNS)
            looks.hidden_columns |= set(range(int(row.get("min", "1")) - 1, last))
        if _tag(row) != "row":
            continue
        number = int(row.get("r") or number + 1)
        if row.get("hidden") in ("1", "true"):
            looks.hidden.add(number)
        _read_looks_of_row(row, number, styles, looks)
        filled += any(len(cell) for cell in row)
        if filled > max_rows or number > _MOST_ROWS:
            return
        row.clear()


def _read_looks_of_row(
    row: ElementTree.Element, number: int, styles: list[_Style], looks: _Looks
) -> None:
    column = -1
    kept: dict[int, str] = {}
    written: list[_Style] = []
    for cell in row:
        column = _column(cell.get("r", "")) if cell.get("r") else column + 1
        says = {_tag(part): part.text for part in cell if part.text or len(part)}
        looks.uncomputed += "f" in says and "v" not in says and cell.get("t") != "str"
        style = styles[int(cell.get("s") or 0)]
        if style.code:
            kept[column] = style.code
        if says:
            written.append(style)
        if cell.get("t") == "e" and says.get("v"):
            looks.errors.setdefault(number, {})[column] = str(says["v"])
    if kept:
        looks.formats[number] = kept
    if written and all(style.is_struck for style in written):
        looks.struck.add(number)
    if any(style.is_coloured for style in written):
        looks.coloured.add(number)


def _hidden_in_biff(content: bytes, name: str) -> set[int]:
    """The hidden rows of a sheet of an XLS, by the records of its rows ([MS-XLS], 2.4.221)."""
    from olefile import OleFileIO  # only for this kind

    try:
        with OleFileIO(io.BytesIO(content)) as package:
            stream = "Workbook" if package.exists("Workbook") else "Book"
            book = package.openstream(stream).read()
    except (OSError, ValueError, KeyError, IndexError):
        return set()
    starts = [
        struct.unpack_from("<I", data)[0]
        for kind, data in _records(book, 0)
        if kind == _BOUND_SHEET and len(data) > 8 and _sheet_name(data) == name
    ]
    return {
        struct.unpack_from("<H", data)[0] + 1
        for start in starts[:1]
        for kind, data in _records(book, start)
        if kind == _ROW and len(data) >= 14 and struct.unpack_from("<H", data, 12)[0] & _NO_HEIGHT
    }


def _records(book: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of a workbook, up to its end."""
    place = start
    while place + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, place)
        if kind == _END_OF_PART:
            return
        yield kind, book[place + 4 : place + 4 + length]
        place += 4 + length


def _sheet_name(data: bytes) -> str:
    length, is_wide = data[6], data[7] & 1
    return (
        data[8 : 8 + 2 * length].decode("utf-16-le")
        if is_wide
        else data[8 : 8 + length].decode("cp1252")
    )


def _read_open_document(stream: Any, name: str, looks: _Looks) -> None:
    """Read what a sheet of an OpenDocument shows beyond its values."""
    sheet, number = "", 0
    for event, one in ElementTree.iterparse(_WithoutDoctype(stream), events=("start", "end")):  # noqa: S314 - none declared
        if event == "start" and _tag(one) == "table":
            # A table in a cell, or in a drawing, is none of the sheets.
            sheet, number = sheet or _told(one, "name"), 0 if not sheet else number
        elif event == "end" and _tag(one) == "table" and _told(one, "name") == sheet:
            sheet = ""
            one.clear()
        elif event == "end" and _tag(one) == "table-row":
            repeated = int(_told(one, "number-rows-repeated") or 1)
            if sheet == name and number <= _MOST_ROWS:
                _read_open_row(one, number + 1, repeated, looks)
            number += repeated
            one.clear()


def _read_open_row(row: ElementTree.Element, number: int, repeated: int, looks: _Looks) -> None:
    if _told(row, "visibility") in ("collapse", "filter"):
        looks.hidden |= set(range(number, min(number + repeated, _MOST_ROWS)))
    column = 0
    for cell in (one for one in row if _tag(one) in ("table-cell", "covered-table-cell")):
        rows = _span(_told(cell, "number-rows-spanned"))
        columns = _span(_told(cell, "number-columns-spanned"))
        if rows > 1 or columns > 1:
            looks.merged.append(
                ((number - 1, column), (number - 2 + rows, column - 1 + columns)),
            )
        for remark in (one for one in cell if _tag(one) == "annotation"):
            lines = ["".join(part.itertext()) for part in remark if _tag(part) == "p"]
            if text := " ".join(filter(None, map(str.strip, lines)))[:MAX_CELL]:
                looks.comments.append((number, column, text))
        column += int(_told(cell, "number-columns-repeated") or 1)


def _told(element: ElementTree.Element, name: str) -> str:
    """An attribute of whatever namespace."""
    return next((text for key, text in element.items() if key.rpartition("}")[2] == name), "")


def _column(place: str) -> int:
    index = 0
    for letter in place.rstrip("0123456789"):
        index = index * 26 + ord(letter) - 64
    return index - 1


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def shows_hour(code: str) -> bool:
    """Tell whether a number format shows an hour: an «h» outside quotes and of no colour."""
    return "h" in re.sub(r'"[^"]*"|\\.|\[(?!h+\])[^]]*\]', "", code.lower())


def _with_zeros(number: int, code: str) -> str:
    """Return a whole number as a format of zeros shows it: 123 as 000123, 1842 as 18:42."""
    literal = re.sub(r'"([^"]*)"|\\(.)', lambda found: found[1] or found[2] or "", code)
    places = [bool(mark == "0") for mark in re.sub(r'"[^"]*"|\\.', _blank, code)]
    digits = list(str(number).zfill(sum(places)))
    extra = "".join(digits[: len(digits) - sum(places)])
    rest = iter(digits[len(extra) :])
    shown = [next(rest) if place else mark for place, mark in zip(places, literal, strict=True)]
    first = places.index(True)
    return "".join((*shown[:first], extra, *shown[first:]))


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0].strip('"').removeprefix("\\"))


def cell_text(value: Any, code: str = "") -> str:
    """Return a cell as a person would type it: dates day first, whole numbers without «.0».

    ``code`` is its number format where that shows zeros in front, or an hour: then midnight is
    one and no empty hour.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VERDADERO" if value else "FALSO"
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, int) and value >= 0 and _ZEROS.fullmatch(code):
        return _with_zeros(value, code)
    if isinstance(value, datetime):
        value = _to_second(value)
        if value.time() != time(0) or shows_hour(code):
            return f"{value:%d-%m-%Y} {_clock(value.time())}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, time):
        return _clock(_to_second(datetime.combine(date(2000, 1, 1), value)).time())
    if isinstance(value, timedelta):
        return str(timedelta(seconds=round(value.total_seconds())))
    return str(value)[:MAX_CELL]


def _to_second(value: datetime) -> datetime:
    """Return the nearest second: a fraction of a day does not hit it exactly."""
    return (value + timedelta(milliseconds=500)).replace(microsecond=0)


def _clock(value: time) -> str:
    return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"


class _Tables(HTMLParser):
    """The tables of a page: rows of cells, what spans several rows in each of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[_OpenTable] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell; a new one ends what was left open."""
        if tag == "table":
            self._open.append(_OpenTable())
        elif self._open and tag == "tr":
            self._open[-1].end_row()
            self._open[-1].row = []
        elif self._open and tag in ("td", "th"):
            given = dict(attrs)
            self._open[-1].begin_cell(_span(given.get("rowspan")), _span(given.get("colspan")))
        elif self._open and tag in ("br", "p", "div", "li"):
            self._open[-1].write("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row or a table."""
        if not self._open:
            return
        if tag in ("td", "th"):
            self._open[-1].end_cell()
        elif tag == "tr":
            self._open[-1].end_row()
        elif tag == "table":
            table = self._open.pop()
            table.end_row()
            self.tables.append(table.rows)

    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self._open:
            self._open[-1].write(data)


@dataclass
class _OpenTable:
    rows: list[list[str]] = field(default_factory=list)
    row: list[str] | None = None
    cell: list[str] | None = None
    spans: tuple[int, int] = (1, 1)
    #: Column to what spans into the rows below, and how many of them.
    below: dict[int, tuple[str, int]] = field(default_factory=dict)

    def begin_cell(self, rows: int, columns: int) -> None:
        self.end_cell()
        if self.row is None:
            self.row = []
        self._take_from_above()
        self.cell, self.spans = [], (rows, columns)

    def write(self, text: str) -> None:
        if self.cell is not None:
            self.cell.append(text)

    def end_cell(self) -> None:
        if self.cell is None or self.row is None:
            return
        text = "".join(self.cell)
        text = "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
        rows, columns = self.spans
        self.cell = None
        for place in range(min(columns, MAX_COLUMNS)):
            # As a merged cell of a book, it counts for its first column only.
            value = text[:MAX_CELL] if place == 0 else ""
            if rows > 1:
                self.below[len(self.row)] = (value, rows - 1)
            self.row.append(value)

    def end_row(self) -> None:
        self.end_cell()
        if self.row is not None:
            self._take_from_above()
            self.rows.append(self.row)
        self.row = None

    def _take_from_above(self) -> None:
        while self.row is not None and len(self.row) in self.below:
            column = len(self.row)
            text, left = self.below.pop(column)
            self.row.append(text)
            if left > 1:
                self.below[column] = (text, left - 1)


def _span(text: str | None) -> int:
    return min(int(text), 10_000) if text and text.isdigit() and int(text) else 1


def read_page(text: str) -> list[list[list[str]]]:
    """Return the tables of a web page, or of a spreadsheet that was saved as one."""
    parser = _Tables()
    parser.feed(text)
    while parser._open:
        parser.handle_endtag("table")
    return parser.tables


def read_document(content: bytes) -> list[list[list[str]]]:
    """Return the tables of a Word document (DOCX), its lines where it has none; a cell that goes on
    below says the same.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body = _parse(package.read("word/document.xml"))
    tables = []
    for table in (one for one in body.iter() if _tag(one) == "tbl"):
        rows: list[list[str]] = []
        for row in (one for one in table if _tag(one) == "tr"):
            cells: list[str] = []
            for cell in (one for one in row if _tag(one) == "tc"):
                marks = {_tag(mark): mark for mark in cell.iter() if _tag(mark) in _WORD_MARKS}
                paragraphs = [one for one in cell if _tag(one) == "p"]
                text = "\n".join(filter(None, map(_paragraph, paragraphs)))[:MAX_CELL]
                goes_on = "vMerge" in marks and _value(marks["vMerge"]) != "restart"
                if goes_on and rows and len(cells) < len(rows[-1]):
                    text = text or rows[-1][len(cells)]
                wide = _span(_value(marks["gridSpan"])) if "gridSpan" in marks else 1
                cells += [text, *[""] * (min(wide, MAX_COLUMNS) - 1)]
            rows.append(cells)
        tables.append(rows)
    if not any(any(cells) for rows in tables for cells in rows):
        texts = [_paragraph(one)[:MAX_CELL] for one in body.iter() if _tag(one) == "p"]
        tables.append([[line] for text in texts for line in text.split("\n")])
    return tables


_WORD_MARKS = ("vMerge", "gridSpan")


def _value(mark: ElementTree.Element) -> str:
    return next((text for name, text in mark.items() if name.endswith("}val")), "")


def _paragraph(paragraph: ElementTree.Element) -> str:
    between = {"tab": " ", "br": "\n"}
    return "".join(
        (one.text or "") if _tag(one) == "t" else between.get(_tag(one), "")
        for one in paragraph.iter()
    ).strip()


def read_workbook_xml(content: bytes) -> list[list[list[str]]]:
    """Return the sheets of a workbook of 2003 in XML."""
    book = _parse(content)
    tables = []
    for sheet in (one for one in book.iter() if _tag(one) == "Worksheet"):
        rows: list[list[str]] = []
        for row in (one for one in sheet.iter() if _tag(one) == "Row"):
            cells: list[str] = []
            for cell in (one for one in row if _tag(one) == "Cell"):
                index = next((v for k, v in cell.items() if k.endswith("}Index")), "")
                cells += [""] * (min(_span(index), MAX_COLUMNS) - 1 - len(cells) if index else 0)
                data = next((one for one in cell if _tag(one) == "Data"), None)
                kind = (
                    next((v for k, v in data.items() if k.endswith("}Type")), "")
                    if data is not None
                    else ""
                )
                text = "".join(data.itertext()).strip() if data is not None else ""
                if kind == "DateTime":
                    text = re.sub(r"T00:00:00(?:\.0+)?$", "", text).replace("T", " ")
                cells.append(text.removesuffix(".0")[:MAX_CELL])
            rows.append(cells)
        tables.append(rows)
    return tables


def read_tables(content: bytes, kind: str, max_rows: int) -> dict[str, Any]:
    """Return the tables of a page (``html``), a document (``docx``) or a workbook in XML (``xml``)
    as :func:`read_book` returns sheets.
    """
    try:
        if kind == "docx":
            tables = read_document(content)
        elif kind == "xml":
            tables = read_workbook_xml(content)
        else:
            tables = read_page(content.decode("utf-8", errors="replace"))
    except MemoryError:
        return {"error": "enorme"}
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, OSError):
        return {"error": "ilegible"}
    sheets = []
    for place, rows in enumerate(tables[: MAX_SHEETS * 5], 1):
        kept = [
            [number, cells[:MAX_COLUMNS]] for number, cells in enumerate(rows, 1) if any(cells)
        ][: max_rows + 1]
        sheets.append(
            {
                "nombre": f"Tabla {place}",
                "oculta": False,
                "filas": kept,
                "ocultas": [],
                "comentarios": [],
            }
        )
    return {"hojas": sheets}


def main() -> None:
    """Read the book, or the tables of what is no book, from standard input and print it."""
    content, max_rows = sys.stdin.buffer.read(), int(sys.argv[1])
    kind = sys.argv[2] if len(sys.argv) > 2 else "libro"
    answer = (
        read_book(content, max_rows) if kind == "libro" else read_tables(content, kind, max_rows)
    )
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
