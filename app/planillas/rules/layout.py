"""Reading an opened list: its sheet, its header, and the text of its rows field by field.

What the fields are, and what the texts mean, is the business of each kind of list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.core.errors import InvalidValue
from app.core.text import clean_text, fold
from app.planillas.rules.header_guess import guess_columns, header_key
from app.planillas.rules.sheets import MAX_FILAS, Fila, Hoja, Planilla

#: Maximum rows above the header: title, address, date, empty rows.
_HEADER_WITHIN = 20

Row = TypeVar("Row")
Read = TypeVar("Read")


@dataclass(frozen=True)
class Layout:
    """How one kind of list looks: its fields, and what makes a header and a row of it."""

    #: Field to its words on screen, in the order of a form.
    labels: Mapping[str, str]
    #: Field to the headers seen for it, as ``headers.guess_columns`` takes them.
    synonyms: Mapping[str, str]
    #: Example headers in the refusal of a list without recognisable headers.
    example: str
    #: Whether the fields recognised in a row make it a header.
    is_header: Callable[[Collection[str]], bool]
    #: What a person has still to choose, in a sentence; empty when the chosen fields are enough.
    ask_missing: Callable[[Collection[str]], str]
    #: Whether a row that begins with «Total» is one of the list nevertheless: its text by field,
    #: and how many of its cells are filled.
    is_entry: Callable[[Mapping[str, str], int], bool]

    def guess(self, encabezados: Sequence[str]) -> dict[int, str]:
        """Return which column holds which field, judging by the headers alone."""
        return guess_columns(encabezados, self.synonyms)

    def check_mapping(self, mapeo: Mapping[int, str]) -> None:
        """Refuse columns that make no list of this kind.

        Raises:
            InvalidValue: with what to choose.
        """
        campos = list(mapeo.values())
        if unknown := set(campos) - set(self.labels):
            raise InvalidValue(f"El campo «{min(unknown)[:40]}» no existe. Elija uno de la lista.")
        for campo, label in self.labels.items():
            if campos.count(campo) > 1:
                raise InvalidValue(f"«{label}» está elegido en más de una columna. Deje una sola.")
        if missing := self.ask_missing(campos):
            raise InvalidValue(missing)


@dataclass(frozen=True)
class Columna:
    """A column of the list: its header and the field it is taken for, None where it is left out."""

    indice: int
    encabezado: str
    campo: str | None
    #: Its first non-empty cell, shown as a sample so that a wrong mapping is noticed.
    ejemplo: str = ""


@dataclass(frozen=True)
class FilaTexto:
    """A row of the list before it is judged: field to text, without its empty cells."""

    numero_fila: int
    valores: Mapping[str, str]
    oculta: bool = False


@dataclass(frozen=True)
class Lectura(Generic[Row]):
    """A whole list, read but not yet compared with the database."""

    tipo: str
    hoja: str
    fila_encabezado: int
    columnas: tuple[Columna, ...]
    filas: tuple[Row, ...]
    #: Sentences about what a person should know before importing.
    warnings: tuple[str, ...]
    #: Notices about rows of totals, which are left out.
    totales: tuple[str, ...] = ()

    @property
    def mapeo(self) -> dict[int, str]:
        """Which column holds which field, to be sent back with corrections."""
        return {c.indice: c.campo for c in self.columnas if c.campo}

    def judged(self, filas: Sequence[Read], *warnings: str) -> Lectura[Read]:
        """Return the same list with its rows as their kind reads them, and more to know."""
        return Lectura(
            self.tipo,
            self.hoja,
            self.fila_encabezado,
            self.columnas,
            tuple(filas),
            (*self.warnings, *warnings),
            self.totales,
        )


def read_texts(
    planilla: Planilla, layout: Layout, mapeo: Mapping[int, str] | None = None
) -> Lectura[FilaTexto]:
    """Find the header of an opened list and return the text of each row, field by field.

    ``mapeo`` (column index from 0 to field) replaces the guess from the headers as a whole. The
    same bytes with the same mapping always give the same rows, so that the import may read again
    what the preview showed.

    Raises:
        InvalidValue: the header cannot be found, there are more than 5,000 rows or none, or the
            mapping makes no sense.
    """
    hoja, position, guess = max(
        (_find_header(hoja, layout) for hoja in planilla.hojas if hoja.filas),
        key=lambda found: len(found[2]),
    )
    if mapeo is not None:
        layout.check_mapping(mapeo)
        guess = dict(mapeo)
    elif not layout.is_header(guess.values()):
        raise InvalidValue(
            "No se encontró la fila de encabezados. La planilla debe tener, entre sus primeras "
            f"{_HEADER_WITHIN} filas, una con los nombres de las columnas, como {layout.example}."
        )
    header = hoja.filas[position]
    rows, totals = _split_totals(hoja.filas[position + 1 :], header, layout, guess)
    if not rows:
        raise InvalidValue("La planilla tiene encabezados, pero ninguna fila debajo de ellos.")
    if len(rows) > MAX_FILAS:
        raise InvalidValue(
            "La planilla tiene más de 5.000 filas. Divídala en varias y súbalas una por una."
        )
    return Lectura(
        tipo=planilla.tipo,
        hoja=hoja.nombre,
        fila_encabezado=header.numero,
        columnas=_columns(header, rows, guess),
        filas=tuple(FilaTexto(row.numero, _values(row, guess), row.oculta) for row in rows),
        warnings=tuple(
            f"La hoja «{other.nombre}» no se leyó; se usó «{hoja.nombre}»."
            for other in planilla.hojas
            if other is not hoja and other.filas
        ),
        totales=tuple(totals),
    )


def _find_header(hoja: Hoja, layout: Layout) -> tuple[Hoja, int, dict[int, str]]:
    """Return the position of the row that names most fields, the first of equals."""
    position, guess = 0, dict[int, str]()
    for candidate, row in enumerate(hoja.filas[:_HEADER_WITHIN]):
        found = layout.guess(row.celdas)
        if len(found) > len(guess):
            position, guess = candidate, found
    return hoja, position, guess


def _split_totals(
    below: Sequence[Fila], header: Fila, layout: Layout, guess: Mapping[int, str]
) -> tuple[list[Fila], list[str]]:
    """Return the rows of the list, and a sentence for each line of totals between them.

    The header again on a new page, and what only looks filled, is neither.
    """
    rows, totals = [], []
    heads = [header_key(cell) for cell in header.celdas]
    for row in below:
        filled = [text for cell in row.celdas if (text := clean_text(cell))]
        if not filled or [header_key(cell) for cell in row.celdas] == heads:
            continue
        is_total = fold(filled[0]).startswith(("total", "subtotal"))
        if is_total and not layout.is_entry(_values(row, guess), len(filled)):
            totals.append(
                f"La fila {row.numero} («{' '.join(filled)[:40]}») es un total y no se importa."
            )
        else:
            rows.append(row)
    return rows, totals


def _values(row: Fila, guess: Mapping[int, str]) -> dict[str, str]:
    return {
        campo: row.celdas[index]
        for index, campo in guess.items()
        if 0 <= index < len(row.celdas) and row.celdas[index].strip()
    }


def _columns(header: Fila, rows: list[Fila], guess: Mapping[int, str]) -> tuple[Columna, ...]:
    width = max(len(row.celdas) for row in (header, *rows))
    names = [clean_text(cell)[:80] for cell in header.celdas] + [""] * width
    columns = [
        Columna(index, names[index], guess.get(index), _first_text(rows, index))
        for index in range(width)
    ]
    return tuple(one for one in columns if one.encabezado or one.campo or one.ejemplo)


def _first_text(rows: list[Fila], index: int) -> str:
    texts = (clean_text("".join(row.celdas[index : index + 1])) for row in rows)
    return next((text[:40] for text in texts if text), "")
