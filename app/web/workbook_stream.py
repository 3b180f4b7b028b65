"""A workbook for Excel (XLSX), written while it is sent: no file, and no row is kept.

What tables need of it and no more: texts, numbers, days, moments, and a bold head that stays in
sight. A library makes an object of each cell and hands nothing on before the last row: 50,000 rows
of the audit took half a minute until their first byte.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from itertools import islice
from math import isfinite
from typing import Any

from app.core.zip_pieces import ZipPieces

_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SCHEMAS = "http://schemas.openxmlformats.org"
_MAIN = f"{_SCHEMAS}/spreadsheetml/2006/main"
_RELATIONS = f"{_SCHEMAS}/officeDocument/2006/relationships"
_PACKAGE = f"{_SCHEMAS}/package/2006"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: What Excel takes in one cell, and in the name of a sheet.
_LONGEST, _LONGEST_TITLE = 32_767, 31
#: Rows that are written at a time, and bytes that are handed on together.
_ROWS, _PIECE = 200, 64 * 1024
#: The texts of rows are much alike: more effort makes them hardly smaller.
_EFFORT = 3
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  # spreadsheets know no zones
#: Formats that need no declaration, by their number.
_BUILT_IN = {"General": 0, "0.00": 2, "@": 49}
_FIRST_OWN = 164
#: Styles of cells: plain, the head, then one of each format.
_HEAD, _FIRST_STYLE = 1, 2


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: its label, its width in characters, and how it shows moments and fractions."""

    label: str
    width: float
    number_format: str


@dataclass(frozen=True, slots=True)
class SheetContents:
    """A sheet; a row has a value of each column, or ends before."""

    title: str
    columns: Sequence[SheetColumn]
    #: Read once, while the workbook is sent.
    rows: Iterable[Sequence[Any]]


def stream_workbook(sheets: Sequence[SheetContents], day_format: str) -> Iterator[bytes]:
    """Yield the workbook in pieces; ``day_format`` is that of days without an hour.

    Texts are nothing but texts: nothing here is ever a formula, nor an error of the sheet. Whoever
    makes them leaves out what XML cannot hold.
    """
    columns = [column for sheet in sheets for column in sheet.columns]
    formats = list(dict.fromkeys([day_format, *(column.number_format for column in columns)]))
    styles = {one: _FIRST_STYLE + index for index, one in enumerate(formats)}
    pieces = ZipPieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED, compresslevel=_EFFORT) as book:
        # Programs that look at how a file begins know it by the first name.
        for name, text in _frame(sheets, formats).items():
            with book.open(name, "w") as part:
                part.write((_HEADER + text).encode())
        yield pieces.take()
        for number, sheet in enumerate(sheets, 1):
            lines = _lines(sheet, styles, styles[day_format])
            with book.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                part.write((_HEADER + _top(sheet, is_first=number == 1)).encode())
                while some := list(islice(lines, _ROWS)):
                    part.write("".join(some).encode())
                    if pieces.waiting >= _PIECE:
                        yield pieces.take()
                part.write(b"</sheetData></worksheet>")
    yield pieces.take()


def _frame(sheets: Sequence[SheetContents], formats: Sequence[str]) -> dict[str, str]:
    """All parts but the sheets, by their names."""
    numbers = range(1, len(sheets) + 1)
    overrides = {
        "workbook": "sheet.main",
        "styles": "styles",
        **{f"worksheets/sheet{number}": "worksheet" for number in numbers},
    }
    types = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_CONTENT}.{kind}+xml"/>'
        for part, kind in overrides.items()
    )
    listed = "".join(
        f'<sheet name="{escape(sheet.title[:_LONGEST_TITLE])}" sheetId="{number}"'
        f' r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    leads = {"styles": "styles", **{f"worksheets/sheet{one}": "worksheet" for one in numbers}}
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{part}.xml"/>'
        # Those of the sheets are their numbers.
        for number, (part, kind) in enumerate(leads.items())
    )
    relationships = f'<Relationships xmlns="{_PACKAGE}/relationships">'
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>'
        ),
        "_rels/.rels": (
            f'{relationships}<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
            "<bookViews><workbookView/></bookViews>"
            f"<sheets>{listed}</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": f"{relationships}{related}</Relationships>",
        "xl/styles.xml": _style_sheet(formats),
    }


def _style_sheet(formats: Sequence[str]) -> str:
    own = {one: _FIRST_OWN + place for place, one in enumerate(formats) if one not in _BUILT_IN}
    numbers = {**_BUILT_IN, **own}
    declared = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(one)}"/>' for one, number in own.items()
    )
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    plain = 'fillId="0" borderId="0"'
    cells = "".join(
        f'<xf numFmtId="{numbers[one]}" fontId="0" {plain} xfId="0" applyNumberFormat="1"/>'
        for one in formats
    )
    return (
        f'<styleSheet xmlns="{_MAIN}">'
        + (f'<numFmts count="{len(own)}">{declared}</numFmts>' if own else "")
        + f'<fonts count="2"><font>{font}<font><b/>{font}</fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" {plain}/></cellStyleXfs>'
        f'<cellXfs count="{_FIRST_STYLE + len(formats)}">'
        f'<xf numFmtId="0" fontId="0" {plain} xfId="0"/>'
        f'<xf numFmtId="0" fontId="1" {plain} xfId="0" applyFont="1"/>{cells}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )


def _top(sheet: SheetContents, *, is_first: bool) -> str:
    """A sheet down to its first row: what stays in sight, and the widths."""
    selected = ' tabSelected="1"' if is_first else ""
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"/>'
        for number, column in enumerate(sheet.columns, 1)
    )
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView{selected} workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>"
    )


def _lines(sheet: SheetContents, styles: Mapping[str, int], day: int) -> Iterator[str]:
    """The rows of a sheet as XML, its head first."""
    letters = [_letters(index) for index in range(len(sheet.columns))]
    head = "".join(
        _text(f"{letter}1", column.label, f' s="{_HEAD}"')
        for letter, column in zip(letters, sheet.columns, strict=True)
    )
    yield f'<row r="1">{head}</row>'
    places = [
        (letter, styles[column.number_format])
        for letter, column in zip(letters, sheet.columns, strict=True)
    ]
    for number, row in enumerate(sheet.rows, 2):
        cells = "".join(
            [
                _cell(f"{letter}{number}", value, style, day)
                for value, (letter, style) in zip(row, places, strict=False)
                if value is not None and value != ""
            ]
        )
        yield f'<row r="{number}">{cells}</row>'


def _cell(place: str, value: Any, style: int, day: int) -> str:
    if isinstance(value, str):
        return _text(place, value)
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    if isinstance(value, datetime):
        passed = value - _DAY_ZERO
        return f'<c r="{place}" s="{style}"><v>{passed.days + passed.seconds / 86_400}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="{day}"><v>{value.toordinal() - _DAY_ZERO.toordinal()}</v></c>'
    if isinstance(value, (float, Decimal)) and isfinite(value):
        return f'<c r="{place}" s="{style}"><v>{value}</v></c>'
    return _text(place, str(value))


def _text(place: str, text: str, style: str = "") -> str:
    space = ' xml:space="preserve"' if "\n" in text or text != text.strip() else ""
    words = escape(text[:_LONGEST], quote=False)
    return f'<c r="{place}"{style} t="inlineStr"><is><t{space}>{words}</t></is></c>'


def _letters(index: int) -> str:
    """The name of a column: A to Z, then AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
