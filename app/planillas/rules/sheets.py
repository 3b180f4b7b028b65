"""What an upload holds once it is open: sheets of rows of text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: Entries in one list.
MAX_FILAS = 5_000
#: Tells which columns of a row of headers are recognised; of a CSV, by which separator.
Guess = Callable[[Sequence[str]], dict[int, str]]


@dataclass(frozen=True)
class Fila:
    """A row of a sheet: its number as a spreadsheet program shows it, and its cells as text."""

    numero: int
    celdas: tuple[str, ...]
    #: Whether the spreadsheet program hides it, as a filter does.
    oculta: bool = False


@dataclass(frozen=True)
class Hoja:
    """A sheet without its empty rows; a CSV has one without a name."""

    nombre: str
    filas: tuple[Fila, ...]


@dataclass(frozen=True)
class Planilla:
    """What an upload turned out to be: ``tipo`` is xlsx, xlsb, xls, ods or csv."""

    tipo: str
    hojas: tuple[Hoja, ...]
