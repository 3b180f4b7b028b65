"""The list as a file for a spreadsheet: XLSX, and CSV as Excel opens it in Chile."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from app.core.clock import to_local
from app.core.fechas import format_fecha, format_fecha_hora
from app.core.texto import clean_text, escape_formula
from app.core.zonas import zone_note
from app.tablero.queries import Card

HEADERS = (
    "Patente",
    "Marca",
    "Modelo",
    "Color",
    "Número de oficio",
    "Rol",
    "Buffet",
    "Investigador",
    "Estado",
    "Prioridad",
    "Fecha límite",
    "Última actividad",
    "Último avistamiento",
    "Dónde",
    "Fotos",
    "Advertencias",
)
Row = tuple[Card, str | None, datetime]


def write_csv(rows: Iterable[Row]) -> Iterator[bytes]:
    """The lines of a CSV: UTF-8 with its mark, semicolons, dates as people write them."""
    yield "\ufeff".encode()
    yield _csv_line(HEADERS)
    for row in rows:
        yield _csv_line([_as_text(value) for value in _values(row)])


def write_xlsx(rows: Iterable[Row]) -> IO[bytes]:
    """A workbook with one sheet, in a temporary file that stands at its beginning.

    Written row by row, so that a hundred thousand cases need no memory for all of them.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Oficios")
    sheet.freeze_panes = "A2"
    for index, width in enumerate((12, 14, 16, 12, 20, 16, 28, 24, 16, 12, 14, 18, 18, 28, 8, 40)):
        sheet.column_dimensions[chr(ord("A") + index)].width = width
    head = [WriteOnlyCell(sheet, value=text) for text in HEADERS]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    for row in rows:
        sheet.append(_values(row))
    file = tempfile.TemporaryFile()  # noqa: SIM115  # who sends it closes it
    book.save(file)
    file.seek(0)
    return file


def _values(row: Row) -> list[Any]:
    """The cells of a case. A stranger wrote most of the texts: none may become a formula."""
    card, rol, active = row
    sighting = card.avistamiento
    seen: Any = None
    if sighting is not None:
        seen = _seen(sighting.fecha_hora, sighting.zona) if sighting.fecha_hora else sighting.fecha
    values = [
        card.patente,
        card.marca,
        card.modelo,
        card.color,
        card.numero_oficio,
        rol,
        card.buffet,
        card.investigador,
        card.estado.label,
        card.prioridad.label,
        card.fecha_limite,
        _wall_clock(active),
        seen,
        sighting.detalle if sighting else None,
        card.fotos,
        card.advertencia,
    ]
    return [
        escape_formula(clean_text(value)) if isinstance(value, str) else value for value in values
    ]


def _seen(moment: datetime, zone: ZoneInfo) -> datetime | str:
    """When it was seen; in words where the clock of the place has to be named."""
    return format_fecha_hora(moment, zone) if zone_note(moment, zone) else _wall_clock(moment)


def _wall_clock(moment: datetime) -> datetime:
    """A moment on Santiago's clocks; spreadsheets know no zones."""
    return to_local(moment).replace(tzinfo=None, microsecond=0)


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%d-%m-%Y %H:%M}"
    return format_fecha(value) if hasattr(value, "year") else value


def _csv_line(values: Iterable[Any]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(values)
    return line.getvalue().encode()
