"""The log of look-ups as a file for a spreadsheet: XLSX, and CSV as Excel opens it in Chile."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from app.avistamientos.registro import Renglon
from app.core.clock import to_local
from app.core.texto import clean_text, escape_formula

HEADERS = (
    "Pedida el",
    "Pedida por",
    "Motivo",
    "Número de oficio",
    "Rol",
    "Patente",
    "Resultado",
    "Detalle",
    "Proveedor",
    "Estado HTTP",
    "Recibidos",
    "Nuevos",
    "Respondida el",
    "SHA-256 de la respuesta",
)
_WIDTHS = (18, 24, 34, 20, 16, 12, 30, 50, 12, 12, 10, 10, 18, 66)


def write_csv(rows: Iterable[Renglon], *, left_off: int = 0) -> bytes:
    """UTF-8 with its mark, semicolons, dates as people write them."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    for row in rows:
        writer.writerow([_as_text(value) for value in _values(row)])
    if left_off:
        writer.writerow([_more(left_off)])
    return table.getvalue().encode("utf-8-sig")


def write_xlsx(rows: Iterable[Renglon], *, left_off: int = 0) -> IO[bytes]:
    """A workbook with one sheet, in a temporary file that stands at its beginning."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Consultas")
    sheet.freeze_panes = "A2"
    for index, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + index)].width = width
    head = [WriteOnlyCell(sheet, value=text) for text in HEADERS]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        sheet.append(_values(row))
    if left_off:
        sheet.append([_more(left_off)])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # who sends it closes it
    book.save(file)
    file.seek(0)
    return file


def _values(row: Renglon) -> list[Any]:
    """The cells of a look-up. Causes and numbers come from others: none may become a formula."""
    values = [
        _wall_clock(row.pedida_at),
        row.usuario or "Consulta automática",
        row.motivo,
        row.numero_oficio,
        row.rol,
        row.patente,
        row.resultado.label,
        row.detalle,
        row.proveedor,
        row.http_status,
        row.recibidos,
        row.nuevos,
        _wall_clock(row.respondida_at) if row.respondida_at else None,
        row.sha256,
    ]
    return [
        escape_formula(clean_text(value)) if isinstance(value, str) else value for value in values
    ]


def _wall_clock(moment: datetime) -> datetime:
    """A moment on Santiago's clocks; spreadsheets know no zones."""
    return to_local(moment).replace(tzinfo=None, microsecond=0)


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%d-%m-%Y %H:%M:%S}"
    return "" if value is None else value


def _more(left_off: int) -> str:
    return f"Hay {left_off} consultas más antiguas: acote las fechas para bajarlas."
