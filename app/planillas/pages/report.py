"""The report of a list: what became of each row, to read on screen and to send back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from app.core.texto import clean_text, escape_formula


def report_file(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The report as a CSV that Excel opens as it is in Chile: UTF-8 with its mark, semicolons.

    The texts are those of a stranger's file, so none of them may reach a spreadsheet as a formula.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return table.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    return escape_formula(clean_text(value)) if isinstance(value, str) else value
