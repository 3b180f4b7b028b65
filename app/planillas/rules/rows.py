"""A row of a list as its kind reads it, and what a person changes of the reading."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

#: The row number of what is changed of the list as a whole, and what that is.
LISTA, HOJA, CODIFICACION = 0, "hoja", "codificacion"

Outcome = TypeVar("Outcome", bound=enum.Enum)


@dataclass(frozen=True)
class FilaLeida(Generic[Outcome]):
    """A row as read; each kind of list adds what it makes of the texts."""

    #: As the spreadsheet program shows it, so that a person finds it.
    numero_fila: int
    #: Field to text as the file has it.
    valores: Mapping[str, str] = field(default_factory=dict)
    #: None until the whole list was compared with the database.
    resultado: Outcome | None = field(default=None, kw_only=True)
    #: Why it has that outcome, where the row alone does not tell.
    motivo: str = field(default="", kw_only=True)

    @property
    def clave(self) -> str:
        """What tells it from every other one of the list."""
        return str(self.numero_fila)


@dataclass(frozen=True)
class Review:
    """What a person wants of a draft's reading; empty: as guessed and as written."""

    #: Column index to field; None lets the headers tell.
    mapeo: Mapping[int, str] | None = None
    #: Row number and field to the text that a person typed over the cell.
    correcciones: Mapping[tuple[int, str], str] = field(default_factory=dict)
    #: Of passages: whose road it was where a row does not tell.
    empresa: str | None = None

    @property
    def hoja(self) -> str | None:
        """The sheet that a person wants to be read; None where the headers tell."""
        return self.correcciones.get((LISTA, HOJA))

    @property
    def codificacion(self) -> str | None:
        """The encoding that a person wants a text to be read in; None where it is told."""
        return self.correcciones.get((LISTA, CODIFICACION))


def count_outcomes(
    filas: Iterable[FilaLeida[Outcome]], outcomes: type[Outcome]
) -> dict[Outcome, int]:
    """Return how many rows have each outcome; all are named."""
    counts = dict.fromkeys(outcomes, 0)
    for fila in filas:
        if fila.resultado is not None:
            counts[fila.resultado] += 1
    return counts
