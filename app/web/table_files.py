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
from itertools import chain
from typing import IO, Any, Generic, TypeVar

from flask import Response, make_response, send_file, stream_with_context

from app.core.clock import to_local
from app.core.dates import format_fecha
from app.core.text import clean_text, escape_formula
from app.web.workbook_stream import SheetColumn, SheetContents, stream_workbook

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
        stream: send the file while the rows are read, for tables without a small bound.
    """
    file_name = f"{name}.{formato}"
    if formato == "xlsx" and not stream:
        file = write_xlsx(table, rows, note=note)
        response = send_file(file, _XLSX, as_attachment=True, download_name=file_name)
        response.call_on_close(file.close)
    else:
        is_book = formato == "xlsx"
        pieces = (
            stream_book([Sheet(table, rows, note)])
            if is_book
            else write_csv(table, rows, note=note)
        )
        response = make_response(stream_with_context(pieces) if stream else b"".join(pieces))
        response.headers["Content-Type"] = _XLSX if is_book else "text/csv; charset=utf-8"
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
    file = tempfile.TemporaryFile()  # noqa: SIM115  # who sends it closes it
    try:
        file.writelines(stream_book(sheets))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def stream_book(sheets: Iterable[Sheet[Any]]) -> Iterator[bytes]:
    """The pieces of such a workbook, written while its rows are read."""
    return stream_workbook([_contents(one) for one in sheets], CellKind.DATE.value)


def _contents(one: Sheet[R]) -> SheetContents:
    columns = one.table.columns
    rows: Iterator[list[Any]] = ([_cell(column, row) for column in columns] for row in one.rows)
    note = [[_harmless(one.note)]] if one.note else []
    return SheetContents(
        one.table.title,
        [SheetColumn(column.label, column.width, column.kind.value) for column in columns],
        chain(rows, note),
    )


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


def _csv_line(cells: Iterable[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()
