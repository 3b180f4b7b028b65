"""Reading an opened list: its sheet, its header, and the text of its rows field by field.

What the fields are, and what the texts mean, is the business of each kind of list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from app.core.errors import InvalidValue
from app.core.text import clean_text, fold
from app.planillas.rules.header_guess import guess_columns, header_key
from app.planillas.rules.reshaping import join_sheets
from app.planillas.rules.sheets import (
    HEADER_WITHIN,
    MAX_FILAS,
    TODAS,
    Fila,
    Hoja,
    Planilla,
    tell_coloured,
    tell_headers,
)

#: Share of rows with a colour from which it is taken for the table's design.
_DESIGNED = 0.4
_NUMBER = frozenset({"numero", "n", "nro", "num"})
_WITHOUT_HEADER = (
    "La planilla no trae una fila de encabezados: sus columnas se reconocieron por lo que dicen "
    "sus celdas. Revise qué es cada una."
)
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
    #: What a header means by its words, as ``header_guess.guess_columns`` asks it.
    reads: Callable[[str], str | None] | None = None
    #: The guess from the headers, corrected by what the cells below them say.
    refine: (
        Callable[[Sequence[str], Sequence[Sequence[str]], Mapping[int, str]], dict[int, str]] | None
    ) = None
    #: What the columns of a list are whose header names too few of them, or that has none: told
    #: from the cells under some headers, or under no headers; empty where they leave a doubt.
    tell: Callable[[Sequence[str], Sequence[Sequence[str]]], dict[int, str]] | None = None
    #: A row's texts by field, from its texts by column.
    as_fields: Callable[[Mapping[str, str]], dict[str, str]] | None = None
    #: Fields that several columns may be taken for: their cells go to the notes.
    shared: Collection[str] = ()
    #: Whether a row says something of the list: its texts by field, and how many cells are filled.
    is_of_list: Callable[[Mapping[str, str], int], bool] | None = None
    #: What a line alone over a group of rows says of each of them; None where it says nothing.
    of_group: Callable[[str], Mapping[str, str] | None] | None = None

    def guess(self, encabezados: Sequence[str]) -> dict[int, str]:
        """Return which column holds which field, judging by the headers alone."""
        return guess_columns(encabezados, self.synonyms, self.reads)

    def check_mapping(self, mapeo: Mapping[int, str]) -> None:
        """Refuse columns that make no list of this kind.

        Raises:
            InvalidValue: with what to choose.
        """
        campos = list(mapeo.values())
        if unknown := set(campos) - set(self.labels):
            raise InvalidValue(f"El campo «{min(unknown)[:40]}» no existe. Elija uno de la lista.")
        for campo, label in self.labels.items():
            if campos.count(campo) > 1 and campo not in self.shared:
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
    #: How many of the list's rows say something in it.
    llenas: int = 0
    #: Some different texts of it, so that a person sees what would be left out.
    muestras: tuple[str, ...] = ()
    #: The field that its header alone says, where its cells say another or none.
    por_encabezado: str | None = None


@dataclass(frozen=True)
class FilaTexto:
    """A row of the list before it is judged: field to text, without its empty cells."""

    numero_fila: int
    valores: Mapping[str, str]
    oculta: bool = False
    #: The row above, whose order it goes on without repeating it.
    sigue_a: int | None = None
    #: Whether its texts are struck through.
    tachada: bool = False


@dataclass(frozen=True)
class OtraHoja:
    """A sheet of the same file that is not read."""

    nombre: str
    filas: int
    oculta: bool


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
    #: Notices about rows of totals, headers and other words, which are left out.
    totales: tuple[str, ...] = ()
    #: The sheets that are not read, hidden ones too.
    otras_hojas: tuple[OtraHoja, ...] = ()
    #: Remarks on cells, which go to the notes.
    comentarios: int = 0
    #: How a text is encoded; empty of a workbook.
    codificacion: str = ""

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
            self.otras_hojas,
            self.comentarios,
            self.codificacion,
        )


def read_texts(
    planilla: Planilla,
    layout: Layout,
    mapeo: Mapping[int, str] | None = None,
    hoja_elegida: str | None = None,
) -> Lectura[FilaTexto]:
    """Find the header of an opened list and return the text of each row, field by field.

    ``mapeo`` (column index from 0 to field) replaces the guess from the headers as a whole;
    ``hoja_elegida`` is the sheet that a person wants; else it is the visible one whose header names
    most fields. The
    same bytes with the same mapping always give the same rows, so that the import may read again
    what the preview showed.

    Raises:
        InvalidValue: the header cannot be found, there are more than 5,000 rows or none, or the
            mapping makes no sense.
    """
    every = planilla.hojas
    if hoja_elegida == TODAS and (joined := join_sheets(every, layout.guess)):
        planilla = replace(planilla, hojas=(joined,))
    readable = _readable(planilla, hoja_elegida)
    hoja, position, guess = max(
        (_find_header(hoja, layout) for hoja in readable), key=lambda found: len(found[2])
    )
    told = None if layout.is_header(guess.values()) else _told_by_cells(readable, layout)
    by_header: Mapping[int, str] = {}
    if told is not None:
        hoja, position, guess = told
    elif layout.refine is not None and mapeo is None and guess:
        heads = _with_bands(hoja.filas, position, layout)
        below = [row.celdas for row in hoja.filas[position + 1 :]]
        by_header = layout.guess(heads)
        guess = layout.refine(heads, below, by_header)
    if mapeo is not None:
        layout.check_mapping(mapeo)
        guess = dict(mapeo)
    elif told is None and not layout.is_header(guess.values()):
        raise InvalidValue(
            "No se encontró la fila de encabezados. La planilla debe tener, entre sus primeras "
            f"{HEADER_WITHIN} filas, una con los nombres de las columnas, como {layout.example}."
        )
    header = hoja.filas[position] if position >= 0 else Fila(0, ())
    remarks = _remarks(hoja, header)
    others = [other for other in every if other is not hoja and other.filas]
    start = Fila(header.numero, (hoja.nombre,), is_start=True)
    over = (start, *hoja.filas[: max(position, 0)])
    rows, totals, given = _split_totals(hoja.filas[position + 1 :], header, layout, guess, over)
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
        columnas=_columns(header, rows, guess, by_header),
        filas=tuple(
            FilaTexto(
                row.numero,
                _with_remarks(
                    _values(row, guess, layout, header, given.get(row.numero)),
                    remarks.get(row.numero),
                    layout,
                ),
                row.oculta,
                tachada=row.numero in hoja.tachadas,
            )
            for row in rows
        ),
        warnings=(
            *hoja.warnings,
            *_told_looks(hoja, header, rows),
            *((_WITHOUT_HEADER,) if position < 0 else ()),
            *(
                f"La hoja «{other.nombre}» no se leyó; se usó «{hoja.nombre}»."
                for other in others
                if not other.oculta and hoja.nombre != TODAS
            ),
        ),
        totales=tuple(totals),
        otras_hojas=tuple(
            OtraHoja(other.nombre, len(other.filas), other.oculta) for other in others
        ),
        comentarios=sum(row > header.numero for row, _ in hoja.comentarios),
        codificacion=planilla.codificacion,
    )


def _told_by_cells(
    hojas: Sequence[Hoja], layout: Layout
) -> tuple[Hoja, int, dict[int, str]] | None:
    """A sheet whose cells tell what its columns are where no row names enough of them: under the
    row that names some, or without a header, which is at -1 then.
    """
    if layout.tell is None:
        return None
    for hoja in hojas:
        _, position, guess = _find_header(hoja, layout)
        for place in (position, -1) if guess else (-1,):
            heads = hoja.filas[place].celdas if place >= 0 else ()
            found = layout.tell(heads, [row.celdas for row in hoja.filas[place + 1 :]])
            if found:
                return hoja, place, found
    return None


def _readable(planilla: Planilla, chosen: str | None) -> list[Hoja]:
    """The sheets among which the list is: the chosen one, the visible ones, or all of them."""
    filled = [hoja for hoja in planilla.hojas if hoja.filas]
    return (
        [hoja for hoja in filled if chosen is not None and hoja.nombre == chosen]
        or [hoja for hoja in filled if not hoja.oculta]
        or filled
    )


def _remarks(hoja: Hoja, header: Fila) -> dict[int, list[str]]:
    """What somebody remarked on the cells of each row, in lines for its notes."""
    found: dict[int, list[str]] = {}
    for (number, column), text in hoja.comentarios.items():
        line = f"Comentario en «{_name_of(header, column)}»: {clean_text(text)}"
        found.setdefault(number, []).append(line)
    return found


def _told_looks(hoja: Hoja, header: Fila, rows: Sequence[Fila]) -> list[str]:
    """What somebody sees on a sheet and nobody reads: colours of some rows, hidden columns."""
    told = [
        f"La planilla esconde la columna «{_name_of(header, index)}»: se lee como las demás."
        for index in sorted(hoja.columnas_ocultas)
        if any(index < len(row.celdas) and _says_something(row.celdas[index]) for row in rows)
    ]
    coloured = [row.numero for row in rows if row.numero in hoja.con_color]
    # A colour of every other row is the design of the table.
    if coloured and len(coloured) < _DESIGNED * len(rows):
        told.append(tell_coloured(coloured))
    return told


def _with_remarks(
    values: dict[str, str], lines: Sequence[str] | None, layout: Layout
) -> dict[str, str]:
    if not lines or "notas" not in layout.labels:
        return values
    return {**values, "notas": "\n".join([*filter(None, [values.get("notas")]), *lines])}


def _name_of(header: Fila, index: int) -> str:
    text = clean_text(header.celdas[index]) if index < len(header.celdas) else ""
    return text or f"Columna {index + 1}"


def _find_header(hoja: Hoja, layout: Layout) -> tuple[Hoja, int, dict[int, str]]:
    """Return the position of the row that names most fields, the first of equals."""
    position, guess = 0, dict[int, str]()
    for candidate, row in enumerate(hoja.filas[:HEADER_WITHIN]):
        found = layout.guess(row.celdas)
        if len(found) > len(guess):
            position, guess = candidate, found
    return hoja, position, guess


def _split_totals(
    below: Sequence[Fila],
    header: Fila,
    layout: Layout,
    guess: Mapping[int, str],
    over: Sequence[Fila] = (),
) -> tuple[list[Fila], list[str], dict[int, Mapping[str, str]]]:
    """Return the rows of the list, sentences on the lines of totals and headers between them, and
    by its number what the line over its group says of a row: one between them, or ``over`` them.

    What only looks filled is neither.
    """
    rows, totals, again = [], [], []
    given: dict[int, Mapping[str, str]] = {}
    of_group, sentences = _told_over(over, layout, guess)
    totals += sentences
    heads = [header_key(cell) for cell in header.celdas]
    for row in below:
        if row.is_start:
            of_group, sentences = _told_over([row], layout, guess)
            totals += sentences
            continue
        filled = [cell for cell in row.celdas if _says_something(cell)]
        if not filled:
            continue
        if _repeats(row, heads):
            again.append(row.numero)
            continue
        is_total = fold(clean_text(filled[0])).startswith(("total", "subtotal"))
        values = _values(row, guess)
        if layout.of_group is not None and len(set(filled)) == 1:
            # A cell that is merged over the whole row says the same in each column.
            told = layout.of_group(clean_text(filled[0]))
            if told is not None:
                of_group = told
                totals.append(
                    f"La fila {row.numero} («{_joined(filled[:1], 80)}») no es un caso: lo que "
                    "dice vale para las filas que siguen."
                )
                continue
        if is_total and not layout.is_entry(values, len(filled)):
            totals.append(
                f"La fila {row.numero} («{_joined(filled, 40)}») es un total y no se importa."
            )
        elif layout.is_of_list and not layout.is_of_list(values, len(filled)):
            totals.append(
                f"La fila {row.numero} («{_joined(filled, 80)}») no es un caso y no se importa."
            )
        else:
            rows.append(row)
            if of_group:
                given[row.numero] = of_group
    if again:
        totals.append(tell_headers(again))
    return rows, totals, given


def _told_over(
    over: Sequence[Fila], layout: Layout, guess: Mapping[int, str]
) -> tuple[Mapping[str, str], list[str]]:
    """What the name of a sheet and the titles over its headers say of each of its rows where no
    column says it, the title before the name; and a sentence that tells so.
    """
    found: Mapping[str, str] = {}
    told: list[str] = []
    for row in over if layout.of_group is not None else ():
        filled = {clean_text(cell) for cell in row.celdas if _says_something(cell)}
        if len(filled) != 1:
            continue
        text = filled.pop()
        said = layout.of_group(text) if layout.of_group is not None else None
        if said and not set(said) & set(guess.values()):
            where = "El nombre de la hoja" if row.is_start else f"La fila {row.numero}"
            found = said
            told = [f"{where} («{text[:80]}») vale para las filas que siguen."]
    return found, told


def _says_something(cell: str) -> bool:
    """Whether anything is left of a cell once it is cleaned; of 100,000 cells few need cleaning."""
    return bool(cell) and ((cell.isprintable() and not cell.isspace()) or bool(clean_text(cell)))


def _joined(cells: Sequence[str], limit: int) -> str:
    return " ".join(map(clean_text, cells))[:limit]


def _repeats(row: Fila, heads: Sequence[str]) -> bool:
    """Whether a row is the header again; most differ in their first cell."""
    if len(row.celdas) != len(heads):
        return False
    return all(header_key(cell) == head for cell, head in zip(row.celdas, heads, strict=True))


def _values(
    row: Fila,
    guess: Mapping[int, str],
    layout: Layout | None = None,
    header: Fila | None = None,
    given: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """A row's texts by field; with ``layout``, also what it makes of them. ``given`` is what the
    line over its group says, where the row itself says nothing.
    """
    found: dict[str, str] = {}
    for index, campo in guess.items():
        if not 0 <= index < len(row.celdas) or not row.celdas[index].strip():
            continue
        text = row.celdas[index]
        if layout is not None and campo in layout.shared:
            line = f"{_name_of(header or Fila(0, ()), index)}: {clean_text(text)}"
            text = f"{found[campo]}\n{line}" if campo in found else line
        found[campo] = text
    if given:
        found = {**given, **found}
    return layout.as_fields(found) if layout is not None and layout.as_fields else found


def _with_bands(rows: Sequence[Fila], position: int, layout: Layout) -> list[str]:
    """The headers, each with the band over it («AVAL» over «Nombre») where there is a row of them.

    A band counts from where it stands to the next one.
    """
    heads = [clean_text(cell) for cell in rows[position].celdas]
    if position == 0 or rows[position].numero - rows[position - 1].numero > 1:
        return heads
    above = [clean_text(cell) for cell in rows[position - 1].celdas]
    if sum(map(bool, above)) < 2:
        return heads
    band, found = "", []
    for index, head in enumerate(heads):
        band = above[index] if index < len(above) and above[index] else band
        both = f"{head} {band}"
        # A mere number is what its band says, where that says anything.
        is_named = _is_of_someone(head) or (
            header_key(head) in _NUMBER and layout.reads is not None and layout.reads(both)
        )
        found.append(both if band and head and is_named else head)
    return found


def _is_of_someone(head: str) -> bool:
    """Whether a header needs its band to tell whose it is: «Nombre», «RUT», «Teléfono»."""
    return bool(
        re.fullmatch(
            r"(nombres?|r u t|rut|run|apellidos?|direccion|domicilio|comuna|telefono|fono|celular|"
            r"correo|e ?mail|mail|n rut|fecha)",
            header_key(head),
        )
    )


def _columns(
    header: Fila, rows: list[Fila], guess: Mapping[int, str], by_header: Mapping[int, str]
) -> tuple[Columna, ...]:
    width = max(len(row.celdas) for row in (header, *rows))
    names = [clean_text(cell)[:80] for cell in header.celdas] + [""] * width
    columns = [
        Columna(
            index,
            names[index],
            guess.get(index),
            *_contents(rows, index),
            None if by_header.get(index) == guess.get(index) else by_header.get(index),
        )
        for index in range(width)
    ]
    return tuple(one for one in columns if one.encabezado or one.campo or one.ejemplo)


def _contents(rows: list[Fila], index: int) -> tuple[str, int, tuple[str, ...]]:
    """The first text of a column, how many of its cells say something, and three of its texts."""
    written = Counter(row.celdas[index] for row in rows if index < len(row.celdas))
    texts = [(text, count) for cell, count in written.items() if (text := clean_text(cell))]
    examples = list(dict.fromkeys(text for text, _ in texts))[:3]
    first = examples[0][:40] if examples else ""
    return first, sum(count for _, count in texts), tuple(text[:40] for text in examples)
