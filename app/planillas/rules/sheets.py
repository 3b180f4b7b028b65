"""What an upload holds once it is open: sheets of rows of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

#: Entries in one list.
MAX_FILAS = 5_000
#: In place of a sheet's name: all sheets of a file that have the headers of a list, as one.
TODAS = "*"
#: Rows among which the header is: title, address, date, empty rows stand above it.
HEADER_WITHIN = 20
#: Rows of headers that a sentence names by their numbers.
_NAMED = 60
#: Tells which columns of a row of headers are recognised; of a CSV, by which separator.
Guess = Callable[[Sequence[str]], dict[int, str]]


@dataclass(frozen=True)
class Fila:
    """A row of a sheet: its number as a spreadsheet program shows it, and its cells as text."""

    numero: int
    celdas: tuple[str, ...]
    #: Whether the spreadsheet program hides it, as a filter does.
    oculta: bool = False
    #: Whether the rows of another sheet begin under it: it says the name of that sheet.
    is_start: bool = False


@dataclass(frozen=True)
class Hoja:
    """A sheet without its empty rows; a CSV has one without a name."""

    nombre: str
    filas: tuple[Fila, ...]
    #: Whether the spreadsheet program hides it.
    oculta: bool = False
    #: Row number and column index to what somebody remarked on that cell.
    comentarios: Mapping[tuple[int, int], str] = field(default_factory=dict)
    #: What whoever imports it should know of how it was read.
    warnings: tuple[str, ...] = ()
    #: The numbers of rows that are struck through, and of those with a colour behind a text.
    tachadas: frozenset[int] = frozenset()
    con_color: frozenset[int] = frozenset()
    #: The indexes of the columns that the spreadsheet program hides.
    columnas_ocultas: frozenset[int] = frozenset()


def tell_headers(numbers: Sequence[int], hoja: str = "") -> str:
    """Say which rows between those of a list are its headers again, of a sheet with that name."""
    where = f" de la hoja «{hoja}»" if hoja else ""
    if len(numbers) == 1:
        return f"La fila {numbers[0]}{where} trae otra vez los encabezados y no se importa."
    return (
        f"{len(numbers)} filas{where} traen otra vez los encabezados y no se importan: las "
        f"{_listed(numbers)}."
    )


def tell_coloured(numbers: Sequence[int]) -> str:
    """Say which rows of a list have a colour, which means something to its sender alone."""
    if len(numbers) == 1:
        return (
            f"La fila {numbers[0]} tiene un color de fondo: lo que quiera decir no se importa. "
            "Escríbalo en sus notas si importa."
        )
    return (
        f"{len(numbers)} filas tienen un color de fondo: lo que quiera decir no se importa. "
        f"Escríbalo en sus notas si importa. Son las {_listed(numbers)}."
    )


def _listed(numbers: Sequence[int]) -> str:
    named = ", ".join(map(str, numbers[:_NAMED]))
    more = len(numbers) - _NAMED
    return f"{named} y {more} más" if more > 0 else f"{named[: named.rindex(', ')]} y {numbers[-1]}"


@dataclass(frozen=True)
class Planilla:
    """What an upload turned out to be: ``tipo`` is xlsx, xlsb, xls, ods, csv, html,
    docx or xml."""

    tipo: str
    hojas: tuple[Hoja, ...]
    #: How a text is encoded; empty of a workbook.
    codificacion: str = ""
