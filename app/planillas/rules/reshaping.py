"""Sheets that are no single table: forms of «label: value», lists on their side, two tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from app.core.text import clean_text
from app.planillas.rules.header_guess import header_key
from app.planillas.rules.plain_text import pairs_of_lines
from app.planillas.rules.sheets import HEADER_WITHIN, TODAS, Fila, Guess, Hoja, tell_headers

#: Fields that a row or a column of labels names at least, and the share of its cells that do.
_FEWEST, _SHARE = 3, 0.6
#: Fields that the second line of a header names at least, where both together name no more.
_LINE = 2
_FORMS = "La hoja «{}» está escrita como fichas, con un dato en cada línea: se leyó una por caso."
_ON_ITS_SIDE = "La hoja «{}» trae un caso en cada columna: se leyó así."


def reshape(hojas: Sequence[Hoja], guess: Guess) -> tuple[Hoja, ...]:
    """The sheets, each as one table with its headers in a row."""
    return tuple(_reshaped(hoja, guess) for hoja in hojas)


def join_sheets(hojas: Sequence[Hoja], guess: Guess) -> Hoja | None:
    """The sheets with headers as one table, under those of the first; None without such a sheet.

    Rows of further sheets are numbered on from the last one. Those of a hidden sheet are hidden.
    """
    joined: Hoja | None = None
    header: list[str] = []
    where: dict[str, int] = {}
    for hoja in hojas:
        named = [guess(row.celdas) for row in hoja.filas[:HEADER_WITHIN]]
        fields = max(map(len, named), default=0)
        if fields < 2:
            continue
        position = next(place for place, found in enumerate(named) if len(found) == fields)
        below = [
            replace(row, oculta=row.oculta or hoja.oculta) for row in hoja.filas[position + 1 :]
        ]
        # What stands over the headers of a further sheet may say something of its rows.
        above = [row for row in hoja.filas[:position] if sum(map(bool, row.celdas)) == 1]
        if joined is None:
            header = list(hoja.filas[position].celdas)
            where = {campo: index for index, campo in named[position].items()}
            named_so = Fila(0, (hoja.nombre,), is_start=True)
            kept = (named_so, *hoja.filas[: position + 1], *below)
            joined = replace(hoja, nombre=TODAS, filas=kept, oculta=False)
            continue
        places = _places(hoja.filas[position].celdas, named[position], header, where)
        start = Fila(joined.filas[-1].numero, (hoja.nombre,), is_start=True)
        last = start.numero + len(above)
        titles = [replace(row, numero=start.numero + n) for n, row in enumerate(above, 1)]
        rows = [
            replace(row, numero=last + number, celdas=_moved(row.celdas, places))
            for number, row in enumerate(below, 1)
        ]
        renumbered = {old.numero: new.numero for old, new in zip(below, rows, strict=True)}
        remarks = {
            (renumbered[row], places[column] if column < len(places) else column): text
            for (row, column), text in hoja.comentarios.items()
            if row in renumbered
        }
        told = (
            f"De la hoja «{hoja.nombre}» son las filas {last + 1} a {last + len(rows)}."
            if rows
            else f"La hoja «{hoja.nombre}» no tiene filas bajo sus encabezados."
        )
        joined = replace(
            joined,
            filas=(*joined.filas, start, *titles, *rows),
            comentarios={**joined.comentarios, **remarks},
            tachadas=joined.tachadas | _renumbered(hoja.tachadas, renumbered),
            con_color=joined.con_color | _renumbered(hoja.con_color, renumbered),
            # A column of the first sheet is another one of this sheet.
            columnas_ocultas=joined.columnas_ocultas
            | {places[one] for one in hoja.columnas_ocultas if one < len(places)},
            warnings=(*joined.warnings, *hoja.warnings, told),
        )
    if joined is None:
        return None
    filas = tuple(
        replace(row, celdas=tuple(header)) if place == _header_place(joined, guess) else row
        for place, row in enumerate(joined.filas)
    )
    return replace(joined, filas=filas)


def _renumbered(rows: Iterable[int], new: Mapping[int, int]) -> set[int]:
    return {new[row] for row in rows if row in new}


def _header_place(hoja: Hoja, guess: Guess) -> int:
    named = [guess(row.celdas) for row in hoja.filas[:HEADER_WITHIN]]
    return next(i for i, found in enumerate(named) if len(found) == max(map(len, named)))


def _reshaped(hoja: Hoja, guess: Guess) -> Hoja:
    named = [guess(row.celdas) for row in hoja.filas[:HEADER_WITHIN]]
    fields = max(map(len, named), default=0)
    if fields < _LINE and (labelled := _labelled(hoja, guess)):
        hoja = labelled
    if fields <= _FEWEST and (turned := _turned(hoja, fields, guess)):
        return turned
    if fields < 2:
        return hoja
    position = next(place for place, found in enumerate(named) if len(found) == fields)
    hoja, position = _joined_lines(hoja, position, fields, guess)
    return _united(hoja, position, guess(hoja.filas[position].celdas), guess)


def _joined_lines(hoja: Hoja, position: int, fields: int, guess: Guess) -> tuple[Hoja, int]:
    """Join a header of two lines («N°» over «Oficio») where both together name more fields."""
    for upper in (position, position - 1):
        if upper < 0 or upper + 1 >= len(hoja.filas):
            continue
        two = hoja.filas[upper : upper + 2]
        cells = [cell for row in two for cell in row.celdas]
        if two[1].numero - two[0].numero > 1 or any(map(_is_no_header, cells)):
            continue
        joined = tuple(
            clean_text(f"{one} {other}")
            for one, other in zip_longest(two[0].celdas, two[1].celdas, fillvalue="")
        )
        # A second line with names of fields, and no others than both lines together.
        goes_on = upper == position and len(guess(two[1].celdas)) >= _LINE
        if len(guess(joined)) > fields - goes_on:
            row = replace(two[1], celdas=joined)
            filas = (*hoja.filas[:upper], row, *hoja.filas[upper + 2 :])
            return replace(hoja, filas=filas), upper
    return hoja, position


def _is_no_header(cell: str) -> bool:
    return len(cell) > 40 or sum(char.isdigit() for char in cell) > 1


def _united(hoja: Hoja, position: int, first: dict[int, str], guess: Guess) -> Hoja:
    """Put the rows of a further table on the sheet under the headers of the first one."""
    header = list(hoja.filas[position].celdas)
    where = {campo: index for index, campo in first.items()}
    places: list[int] | None = None
    rows, again = [], []
    for row in hoja.filas[position + 1 :]:
        found = _as_header(row.celdas, guess)
        if found is not None:
            if found != first or places is not None:
                places = _places(row.celdas, found, header, where)
                again.append(row.numero)
            elif [header_key(cell) for cell in row.celdas] == [header_key(h) for h in header]:
                rows.append(row)  # the header again on a new page, which its reader leaves out
            else:
                again.append(row.numero)
            continue
        rows.append(row if places is None else replace(row, celdas=_moved(row.celdas, places)))
    if places is None and len(rows) == len(hoja.filas) - position - 1:
        return hoja
    above = hoja.filas[:position]
    first_row = replace(hoja.filas[position], celdas=tuple(header))
    told = (tell_headers(again, hoja.nombre),) if again else ()
    return replace(hoja, filas=(*above, first_row, *rows), warnings=(*hoja.warnings, *told))


def _as_header(cells: Sequence[str], guess: Guess) -> dict[int, str] | None:
    """The fields that a row names, where it does little else."""
    filled = sum(bool(cell.strip()) for cell in cells)
    # Nearly every row of a list has a number; only what may be a header is compared with headers.
    if filled < _FEWEST or any(map(_is_no_header, cells)):
        return None
    found = guess(cells)
    return found if len(found) >= max(_FEWEST, _SHARE * filled) else None


def _places(
    cells: Sequence[str], found: dict[int, str], header: list[str], where: dict[str, int]
) -> list[int]:
    """Where in the first table each column of a further one belongs; new ones go to its right."""
    keys = {header_key(text): index for index, text in enumerate(header) if text.strip()}
    places = []
    for index, text in enumerate(cells):
        campo = found.get(index)
        place = where.get(campo) if campo else keys.get(header_key(text))
        if place is None or place in places:
            place = len(header)
            header.append(text)
            if campo:
                where.setdefault(campo, place)
        places.append(place)
    return places


def _moved(cells: Sequence[str], places: Sequence[int]) -> tuple[str, ...]:
    width = max([*places, len(places) - 1, len(cells) - 1]) + 1
    extra = iter(range(width, width + len(cells)))
    moved: dict[int, str] = {}
    for index, cell in enumerate(cells):
        moved[places[index] if index < len(places) else next(extra)] = cell
    return tuple(moved.get(index, "") for index in range(max(moved, default=-1) + 1))


@dataclass
class _Form:
    """What one form of a sheet, or one column of a list on its side, says by its labels."""

    numero: int
    oculta: bool
    values: dict[str, str] = field(default_factory=dict)


def _turned(hoja: Hoja, fields: int, guess: Guess) -> Hoja | None:
    """A sheet whose labels stand in columns, as a table; None where they do not, or where its rows
    name as many ``fields``.
    """
    columns = _label_columns(hoja, guess)
    if not columns:
        return None
    width = max(len(row.celdas) for row in hoja.filas)
    beside = [
        [i for i in range(c + 1, after) if _is_filled(hoja, i)]
        for c, after in zip(columns, [*columns[1:], width], strict=True)
    ]
    is_on_its_side = len(columns) == 1 and len(beside[0]) > 1
    forms: list[_Form] = []
    lines: list[Fila] = []
    if is_on_its_side:
        block: list[_Form] = []
        for row in hoja.filas:
            label = _label(row, columns[0])
            texts = [row.celdas[i] if i < len(row.celdas) else "" for i in beside[0]]
            if (label and guess([label])) or any(text.strip() for text in texts):
                if not block or label in block[0].values:
                    # The first label again: further cases, under those before.
                    block = [_Form(len(forms) + index, False) for index in beside[0]]
                    forms += block
                for form, text in zip(block, texts, strict=True):
                    form.values[label or f"Línea {row.numero}"] = text
            else:
                lines.append(Fila(row.numero, (label,), row.oculta))
        forms = [form for form in forms if any(text.strip() for text in form.values.values())]
    elif _are_apart(hoja, columns):
        lines = _read_beside(hoja, columns, beside, forms)
    else:
        for row in hoja.filas:
            told = list(_pairs(row, columns, beside))
            if not told:
                text = " ".join(filter(None, map(clean_text, row.celdas)))
                lines.append(Fila(row.numero, (text,), row.oculta))
            for label, text in told:
                if not forms or label in forms[-1].values:
                    forms.append(_Form(row.numero, row.oculta))
                forms[-1].values[label] = text
    labels = list(dict.fromkeys(label for form in forms for label in form.values))
    if not forms or len(guess(labels)) <= max(_FEWEST - 1, fields):
        return None
    table = [
        Fila(form.numero, tuple(form.values.get(label, "") for label in labels), form.oculta)
        for form in forms
    ]
    return replace(
        hoja,
        filas=(Fila(0, tuple(labels)), *sorted([*table, *lines], key=lambda row: row.numero)),
        warnings=(
            (_ON_ITS_SIDE if is_on_its_side else _FORMS).format(hoja.nombre),
            *_told_remarks(hoja),
        ),
        comentarios={},
        columnas_ocultas=frozenset(),
    )


def _told_remarks(hoja: Hoja) -> list[str]:
    """Remarks on cells that are in no row any more: each in a sentence, so that none is lost."""
    return [
        f"No se importa el comentario de la fila {row}: «{clean_text(text)}»."
        for (row, _), text in sorted(hoja.comentarios.items())
    ]


def _are_apart(hoja: Hoja, columns: Sequence[int]) -> bool:
    """Whether each column of labels has the same ones: they belong to cases side by side."""
    labels = [{header_key(_label(row, column)) for row in hoja.filas} - {""} for column in columns]
    return len(columns) > 1 and all(len(one & labels[0]) >= _FEWEST for one in labels)


def _read_beside(
    hoja: Hoja, columns: Sequence[int], beside: Sequence[Sequence[int]], forms: list[_Form]
) -> list[Fila]:
    """Fill ``forms`` with those that stand side by side; return the lines that are of none."""
    open_forms: dict[int, _Form] = {}
    lines = []
    for row in hoja.filas:
        is_told = False
        for column, places in zip(columns, beside, strict=True):
            for label, text in _pairs(row, [column], [places]):
                is_told = True
                form = open_forms.get(column)
                if form is None or label in form.values:
                    # Several forms begin in one row: the number goes on to tell them.
                    number = max([row.numero, *(one.numero + 1 for one in forms)])
                    form = open_forms[column] = _Form(number, row.oculta)
                    forms.append(form)
                form.values[label] = text
        if not is_told:
            text = " ".join(filter(None, map(clean_text, row.celdas)))
            lines.append(Fila(row.numero, (text,), row.oculta))
    return lines


def _labelled(hoja: Hoja, guess: Guess) -> Hoja | None:
    """A sheet whose cells hold a label with its value each («Patente: HJKL21»), with both apart."""
    lines = [
        (row, line)
        for row in hoja.filas
        for cell in row.celdas
        for line in cell.split("\n")
        if line.strip()
    ]
    pairs = pairs_of_lines([line for _, line in lines], guess)
    if pairs is None:
        return None
    rows: list[Fila] = []
    for (row, line), told in zip(lines, pairs, strict=True):
        rows += [replace(row, celdas=pair) for pair in told]
        if not told:
            rows.append(replace(row, celdas=(clean_text(line),)))
    return replace(hoja, filas=tuple(rows))


def _label_columns(hoja: Hoja, guess: Guess) -> list[int]:
    """The columns of a sheet in which labels stand, one under the other."""
    width = max((len(row.celdas) for row in hoja.filas), default=0)
    found: list[int] = []
    named: set[str] = set()
    for index in range(min(width, 12)):
        texts = [text for row in hoja.filas if (text := _label(row, index))]
        fields = [next(iter(guess([text]).values()), "") for text in texts]
        known = {name for name in fields if name}
        share = sum(map(bool, fields)) / len(texts) if texts else 0
        if len(known) >= (_FEWEST if not found else 1) and share >= 0.5:
            found.append(index)
            named |= known
    return found


def _pairs(
    row: Fila, columns: Sequence[int], beside: Sequence[Sequence[int]]
) -> Iterator[tuple[str, str]]:
    """The labels of a line with what stands beside each."""
    for column, places in zip(columns, beside, strict=True):
        texts = [row.celdas[i] for i in places if i < len(row.celdas) and row.celdas[i].strip()]
        label = _label(row, column)
        if label and texts:
            yield label, " ".join(texts)


def _label(row: Fila, index: int) -> str:
    text = row.celdas[index] if index < len(row.celdas) else ""
    return clean_text(text).rstrip(" :") if len(text) <= 60 else ""


def _is_filled(hoja: Hoja, index: int) -> bool:
    return any(index < len(row.celdas) and row.celdas[index].strip() for row in hoja.filas)
