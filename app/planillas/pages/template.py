"""The empty list that a buffet fills in: headers that are understood, examples, lists to choose."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

from app.core.comunas import comunas
from app.core.tribunales import tribunales
from app.oficios.rules import Prioridad
from app.oficios.rules.campos import CAMPOS
from app.planillas.rules.map_points import LAT, LON, MARGIN
from app.planillas.rules.oficio_headers import PARTES
from app.planillas.rules.sheets import MAX_FILAS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Made-up orders, by field; what they leave out may stay empty.
EXAMPLES = (
    {
        "numero_oficio": "EJEMPLO-1",
        "rol": "C-3030-2026",
        "tribunal": "1º Juzgado Civil de Santiago",
        "caratulado": "BANCO EJEMPLO/SOTO",
        "fuerza_publica": "sí",
        "descerrajamiento": "no",
        "patente": "BBCL12-3",
        "marca": "Suzuki",
        "modelo": "Swift",
        "anio": "2015",
        "color": "Rojo",
        "propietario_nombre": "Rosa Soto Ejemplo",
        "propietario_rut": "12.345.678-5",
        "direccion": "Av. Grecia 1180",
        "comuna": "Ñuñoa",
        "fecha_oficio": "02-11-2026",
        "fecha_limite": "20-12-2026",
        "prioridad": "alta",
    },
    {"numero_oficio": "EJEMPLO-2", "patente": "LGCR75", "notas": "Solo la patente es obligatoria"},
)
_GRANTED = ("sí", "no")
#: That an address was verified is not asked of a buffet: it is taken from Rastro's own file alone.
_ON_THE_MAP = {
    LAT: "Grados con decimales, como -33,4569. Va junto con la longitud.",
    LON: "Grados con decimales, como -70,6483. Va junto con la latitud.",
    MARGIN: "Cuántos metros puede errar el punto; si no lo sabe, déjela vacía.",
}


def write_template() -> IO[bytes]:
    """The workbook, in a temporary file that stands at its beginning; who takes it closes it."""
    # A tenth of the start of every process, for who downloads a workbook.
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    sheet, choices = book.create_sheet("Oficios"), book.create_sheet("Listas")
    sheet.freeze_panes = "A2"
    choices.sheet_state = "hidden"
    lists = {
        "tribunal": [one.nombre for one in tribunales()],
        "comuna": [one.nombre for one in comunas()],
        "prioridad": [one.value for one in Prioridad],
        "fuerza_publica": list(_GRANTED),
        "descerrajamiento": list(_GRANTED),
    }
    for place, (name, label, remark) in enumerate(_heads(), 1):
        letter = get_column_letter(place)
        head = sheet.cell(1, place, label)
        head.font = Font(bold=True)
        sheet.column_dimensions[letter].width = max(14, len(label) + 4)
        if remark:
            head.comment = Comment(remark, "Rastro")
        for row, example in enumerate(EXAMPLES, 2):
            cell = sheet.cell(row, place, example.get(name))
            cell.number_format = "@"
        if name in lists:
            _offer(sheet, choices, letter, lists[name])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # who sends it closes it
    book.save(file)
    file.seek(0)
    return file


def _heads() -> Iterator[tuple[str, str, str]]:
    """The columns: the field of each, its header, and what is remarked on that."""
    for name, campo in CAMPOS.items():
        yield name, campo.label, campo.help
        if name == "region":
            yield from ((one, PARTES[one], remark) for one, remark in _ON_THE_MAP.items())


def _offer(sheet: Any, choices: Any, letter: str, values: list[str]) -> None:
    """Let the cells of a column be chosen from values; another text is warned of, not refused."""
    from openpyxl.worksheet.datavalidation import DataValidation

    for row, value in enumerate(values, 1):
        choices[f"{letter}{row}"] = value
    rule = DataValidation(
        type="list",
        formula1=f"Listas!${letter}$1:${letter}${len(values)}",
        allow_blank=True,
        errorStyle="warning",
        error="No está en la lista. Puede dejarlo así si el documento lo dice.",
    )
    rule.add(f"{letter}2:{letter}{MAX_FILAS + 1}")
    sheet.add_data_validation(rule)
