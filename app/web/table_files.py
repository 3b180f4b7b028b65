"""Tables as files for a spreadsheet: CSV as Excel opens it in Chile, and XLSX.

A feature declares a ``Table`` of columns and hands it over with its rows; encoding, separators,
dates, widths and the guard against formulas are decided here and nowhere else.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import IO, Any, Generic, TypeVar

from flask import Response, make_response, send_file, stream_with_context

from app.core.clock import to_local
from app.core.dates import format_fecha
from app.core.text import clean_text, escape_formula

R = TypeVar("R")

#: The forms in which a table is written; each is the extension of its file too.
FORMATS = ("csv", "xlsx")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CellKind(Enum):
    """What a column holds. A cell of another type is written as its type is; texts always may be.

    The value is the format of its cells in XLSX.
    """

    TEXT = "@"
    #: As exact as it is.
    NUMBER = "General"
    #: A duration in seconds, with two decimals.
    SECONDS = "0.00"
    DATE = "dd-mm-yyyy"
    #: A moment, on Santiago's clock because spreadsheets know no zones.
    MOMENT = "dd-mm-yyyy hh:mm"
    #: A moment to the second, to be compared with somebody else's log.
    INSTANT = "dd-mm-yyyy hh:mm:ss"


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: its label, what it takes from a row, and its width in XLSX in characters."""

    label: str
    value: Callable[[R], Any]
    kind: CellKind = CellKind.TEXT
    width: int = 16
    #: Whether the lines of its texts stay lines.
    multiline: bool = False


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """The columns of an export; ``title`` names its sheet in XLSX."""

    title: str
    columns: tuple[Column[R], ...]


@dataclass(frozen=True, slots=True)
class Sheet(Generic[R]):
    """A table with its rows, read once, and a last row that says what it leaves out."""

    table: Table[R]
    rows: Iterable[R]
    note: str = ""


def send_table(
    table: Table[R],
    rows: Iterable[R],
    name: str,
    formato: str = "csv",
    *,
    note: str = "",
    stream: bool = False,
) -> Response:
    """Answer with the table as a file to keep, ``name.formato``.

    Args:
        table: its columns.
        rows: read once.
        name: of the file, without its extension; ASCII.
        formato: one of ``FORMATS``.
        note: a last row that says what the file leaves out.
        stream: write a CSV while the rows are read, for tables without a bound.
    """
    file_name = f"{name}.{formato}"
    if formato == "xlsx":
        file = write_xlsx(table, rows, note=note)
        response = send_file(file, _XLSX, as_attachment=True, download_name=file_name)
        response.call_on_close(file.close)
    else:
        lines = write_csv(table, rows, note=note)
        response = make_response(stream_with_context(lines) if stream else b"".join(lines))
        response.headers["Content-Type"] = "text/csv; charset=utf-8"
        response.headers.set("Content-Disposition", "attachment", filename=file_name)
    response.headers["Cache-Control"] = "no-store"
    return response


def write_csv(table: Table[R], rows: Iterable[R], *, note: str = "") -> Iterator[bytes]:
    """The lines of a CSV: UTF-8 with its byte order mark, semicolons, decimal commas."""
    yield "\ufeff".encode()
    yield _csv_line([column.label for column in table.columns])
    for row in rows:
        yield _csv_line([_written(_cell(column, row), column.kind) for column in table.columns])
    if note:
        yield _csv_line([_harmless(note)])


def write_xlsx(table: Table[R], rows: Iterable[R], *, note: str = "") -> IO[bytes]:
    """A workbook with one sheet, in a temporary file that stands at its beginning.

    Written row by row, so that a hundred thousand rows need no memory for all of them. Who takes
    the file closes it.
    """
    return write_book([Sheet(table, rows, note)])


def write_book(sheets: Iterable[Sheet[Any]]) -> IO[bytes]:
    """A workbook with several sheets; see ``write_xlsx``."""
    # A tenth of the start of every process, for who downloads a workbook.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for one in sheets:
        try:
            _fill_sheet(book, one)
        except BaseException:
            # Saving alone closes the half written sheet and removes its file, which would else stay
            # until the process ends.
            with tempfile.TemporaryFile() as thrown_away:
                book.save(thrown_away)
            raise
    file = tempfile.TemporaryFile()  # noqa: SIM115  # who sends it closes it
    book.save(file)
    file.seek(0)
    return file


def _fill_sheet(book: Any, one: Sheet[Any]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    table = one.table
    sheet = book.create_sheet(table.title)
    sheet.freeze_panes = "A2"
    for index, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    head = [WriteOnlyCell(sheet, column.label) for column in table.columns]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in one.rows:
        sheet.append(
            [
                _sheet_cell(sheet, _cell(column, row), column, WriteOnlyCell)
                for column in table.columns
            ]
        )
    if one.note:
        sheet.append([_harmless(one.note)])


def _cell(column: Column[R], row: R) -> Any:
    """What stands in a cell: a harmless text, a number, a day, a moment without zone, or None."""
    value = column.value(row)
    if isinstance(value, str):
        return _harmless(value, multiline=column.multiline)
    if isinstance(value, datetime):
        return to_local(value).replace(tzinfo=None, microsecond=0)
    return value


def _harmless(text: str, *, multiline: bool = False) -> str:
    """A text that no spreadsheet computes, whoever wrote it."""
    return escape_formula(clean_text(text, multiline=multiline))


def _written(value: Any, kind: CellKind) -> str:
    """A cell as a person in Chile writes it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (
            f"{value:%d-%m-%Y %H:%M:%S}" if kind is CellKind.INSTANT else f"{value:%d-%m-%Y %H:%M}"
        )
    if isinstance(value, date):
        return format_fecha(value)
    if isinstance(value, float):
        return (f"{value:.2f}" if kind is CellKind.SECONDS else str(value)).replace(".", ",")
    return str(value)


def _sheet_cell(
    sheet: Any, value: Any, column: Column[Any], make_cell: Callable[[Any, Any], Any]
) -> Any:
    """A cell of XLSX: what has a format of its own carries it, text is nothing but text."""
    if value is None or isinstance(value, int):
        return value
    cell = make_cell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # «#N/A» is what somebody wrote, not an error of the sheet
    elif isinstance(value, date) and not isinstance(value, datetime):
        cell.number_format = CellKind.DATE.value
    else:
        cell.number_format = column.kind.value
    return cell


def _csv_line(cells: Iterable[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()
