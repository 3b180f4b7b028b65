"""Opens a workbook in a process of its own and prints its rows as JSON.

A workbook of a few kilobytes can ask for hundreds of gigabytes (one cell at the far corner, sizes
that lie inside the ZIP), and the reader, which is compiled code, then ends the whole process. Here
it ends only this one. Run by path with ``python -I``, so that it starts without the application:
it must import nothing of ``app``.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

#: Address space, bytes: a list of 5,000 orders needs a tenth.
MEMORY = 1 << 30
CPU_SECONDS = 20
MAX_SHEETS = 20
MAX_COLUMNS = 100
#: Longer cells are cut one past what any field takes, so that they are refused and not stored cut.
MAX_CELL = 5_001
#: All text of the book, characters.
MAX_TEXT = 20_000_000


def read_book(content: bytes, max_rows: int) -> dict[str, Any]:
    """Return ``{"hojas": [{"nombre", "filas": [[row number, [cell, …]], …]}]}`` of visible sheets.

    Empty rows are left out. At most ``max_rows`` rows of a sheet are kept; one more than allowed
    tells the caller that there were too many. Instead of ``hojas`` it may hold ``error``:
    ``clave``, ``ilegible`` or ``enorme``.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        left = MAX_TEXT
        sheets = []
        for name in names[:MAX_SHEETS]:
            rows: list[list[Any]] = []
            sheet = book.get_sheet_by_name(name)
            # Rows come from the first of the sheet, cells from the first used column.
            margin = [""] * (sheet.start[1] if sheet.start else 0)
            for number, row in enumerate(sheet.iter_rows(), 1):
                cells = (margin + [cell_text(value) for value in row])[:MAX_COLUMNS]
                if any(cells):
                    rows.append([number, cells])
                    left -= sum(map(len, cells))
                if left < 0:
                    return {"error": "enorme"}
                if len(rows) > max_rows:
                    break
            sheets.append({"nombre": name, "filas": rows})
    except PasswordError:
        return {"error": "clave"}
    except MemoryError:
        return {"error": "enorme"}
    except (CalamineError, OSError, ValueError):
        return {"error": "ilegible"}
    return {"hojas": sheets}


def cell_text(value: Any) -> str:
    """Return a cell as a person would type it: dates day first, whole numbers without «.0»."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VERDADERO" if value else "FALSO"
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) < 1e15 else value
        return str(value)
    if isinstance(value, datetime) and value.time() != time(0):
        return f"{value:%d-%m-%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return str(value)
    return str(value)[:MAX_CELL]


def main() -> None:
    """Read the book from standard input, under limits, and print it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(read_book(sys.stdin.buffer.read(), int(sys.argv[1])), sys.stdout)


if __name__ == "__main__":
    main()
