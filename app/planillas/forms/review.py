"""What a person changes of the reading of a list, from the selects and inputs of its preview."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from app.core.text import clean_text
from app.planillas.outside.book_reader import MAX_CELL
from app.planillas.outside.sheet_reader import CODIFICACIONES
from app.planillas.rules.layout import Lectura
from app.planillas.rules.oficio_fields import ETIQUETAS
from app.planillas.rules.oficio_headers import A_NOTAS
from app.planillas.rules.oficio_outcomes import INCLUIR, SALTAR, SEPARAR, UNIR, FilaOficio
from app.planillas.rules.repeats import REPETIDA, Eleccion, Elegido
from app.planillas.rules.rows import CODIFICACION, HOJA, LISTA, Review
from app.planillas.rules.sheets import TODAS

_CELL = re.compile(r"c-(\d{1,9})-([a-z_]+)")
_LONGEST_COMPANY = 120
_LONGEST_ROW = 12


def read_oficios_review(
    values: Mapping[str, str],
    kept: Review,
    lectura: Lectura[FilaOficio],
    may_change: Callable[[int], bool] = lambda _oficio_id: True,
    repeated: Collection[str] = (),
) -> Review:
    """Take the selects and inputs of the preview; what it does not show stays as it is.

    A cell that says what the file says is no correction. A field that moves to another column
    loses its corrections: they were made over other cells. ``may_change`` tells whether whoever
    reviews the list may change a case; ``repeated`` are the rows, by ``clave``, that repeat a case
    and can make one of their own.
    """
    sheet = values.get("hoja", "")
    if sheet in {TODAS, *(other.nombre for other in lectura.otras_hojas)} and lectura.otras_hojas:
        # Another sheet has other columns and other rows.
        return Review(correcciones={**_of_the_list(kept), (LISTA, HOJA): sheet})
    encoding = values.get("codificacion", "")
    if encoding in CODIFICACIONES and lectura.codificacion not in {"", encoding}:
        # Other letters make other headers and other texts.
        return Review(correcciones={**_of_the_list(kept), (LISTA, CODIFICACION): encoding})
    shown = [f"m-{columna.indice}" in values for columna in lectura.columnas]
    chosen = _read_columns(values, lectura)
    is_moved = all(shown) and chosen != lectura.mapeo
    moved = {campo for _, campo in chosen.items() ^ lectura.mapeo.items()} if is_moved else set()
    correcciones = dict(kept.correcciones)
    originals = {fila.numero_fila: fila.valores for fila in reversed(lectura.filas)}
    for name, value in values.items():
        match = _CELL.fullmatch(name)
        if match is None:
            continue
        fila, campo = int(match[1]), match[2]
        if fila not in originals or campo not in ETIQUETAS:
            continue
        is_long = campo == "notas"
        text = clean_text(value, multiline=is_long)[:MAX_CELL]
        if text == clean_text(originals[fila].get(campo, ""), multiline=is_long):
            correcciones.pop((fila, campo), None)
        else:
            correcciones[fila, campo] = text
    _choose_hidden(values, lectura, correcciones)
    _choose_skipped(values, lectura, correcciones)
    _choose_joined(values, lectura, correcciones)
    _choose_repeats(values, lectura, correcciones, may_change, repeated)
    _take_proposals(values.get("propuesta", ""), lectura, correcciones)
    return Review(
        mapeo=chosen if is_moved else kept.mapeo,
        correcciones={cell: text for cell, text in correcciones.items() if cell[1] not in moved},
    )


def read_pasos_review(values: Mapping[str, str], lectura: Lectura[Any]) -> Review:
    """Take the selects of the preview, and the company of rows that name none."""
    empresa = clean_text(values.get("empresa", ""))[:_LONGEST_COMPANY] or None
    return Review(_read_columns(values, lectura), empresa=empresa)


def _read_columns(values: Mapping[str, str], lectura: Lectura[Any]) -> dict[int, str]:
    to_notes = values.get("a_notas", "")
    return {
        columna.indice: campo
        for columna in lectura.columnas
        if (
            campo := A_NOTAS
            if to_notes in {str(columna.indice), "todas"} and not columna.campo and columna.llenas
            else values.get(f"m-{columna.indice}", "")
        )
    }


def _choose_hidden(
    values: Mapping[str, str],
    lectura: Lectura[FilaOficio],
    correcciones: dict[tuple[int, str], str],
) -> None:
    """Take which hidden rows are asked for: ticked one by one, or all or none by a button."""
    every = values.get("ocultas", "")
    for fila in lectura.filas:
        if not fila.oculta:
            continue
        if every in {"todas", "ninguna"}:
            is_asked = every == "todas"
        elif f"h-{fila.numero_fila}" in values:
            is_asked = f"o-{fila.numero_fila}" in values
        else:
            continue
        if is_asked:
            correcciones[fila.numero_fila, INCLUIR] = "1"
        else:
            correcciones.pop((fila.numero_fila, INCLUIR), None)


def _of_the_list(kept: Review) -> dict[tuple[int, str], str]:
    return {cell: text for cell, text in kept.correcciones.items() if cell[0] == LISTA}


def _choose_skipped(
    values: Mapping[str, str],
    lectura: Lectura[FilaOficio],
    correcciones: dict[tuple[int, str], str],
) -> None:
    """Leave out the rows whose button says so, or take one in again."""
    for name, is_left_out in (("saltar", True), ("tomar", False)):
        asked = values.get(name, "")
        for numero in {
            fila.numero_fila for fila in lectura.filas if str(fila.numero_fila) == asked
        }:
            if is_left_out:
                correcciones[numero, SALTAR] = "1"
            else:
                correcciones.pop((numero, SALTAR), None)


def _choose_joined(
    values: Mapping[str, str],
    lectura: Lectura[FilaOficio],
    correcciones: dict[tuple[int, str], str],
) -> None:
    """Separate the row whose button says so from the one that it belongs to; join it again; or join
    it with the row whose number stands beside the button.
    """
    for fila in lectura.filas:
        apart = fila.numero_fila, f"{SEPARAR}{fila.parte}"
        joined = fila.numero_fila, f"{UNIR}{fila.parte}"
        if values.get("separar") == fila.clave:
            if correcciones.pop(joined, None) is None:
                correcciones[apart] = "1"
        elif values.get("volver") == fila.clave:
            correcciones.pop(apart, None)
        elif values.get("unir") == fila.clave:
            row = clean_text(values.get(f"u-{fila.clave}", ""))[:_LONGEST_ROW]
            if row:
                correcciones.pop(apart, None)
                correcciones[joined] = row


def _choose_repeats(
    values: Mapping[str, str],
    lectura: Lectura[FilaOficio],
    correcciones: dict[tuple[int, str], str],
    may_change: Callable[[int], bool],
    repeated: Collection[str],
) -> None:
    """Take what becomes of repeated rows: of one that is shown, with the fields that it changes;
    of all that can make a case, from the select over them.
    """
    every = values.get("repetidas") or None
    for fila in lectura.filas:
        asked = every if every and fila.clave in repeated else values.get(f"r-{fila.clave}")
        if asked is None:
            continue
        chosen = Elegido()
        case = re.fullmatch(r"(\d{1,18}):(\d{1,9})", values.get(f"rv-{fila.clave}", ""))
        if asked == Eleccion.NUEVO.value:
            chosen = Elegido(Eleccion.NUEVO)
        elif asked == Eleccion.ACTUALIZAR.value and case and may_change(int(case[1])):
            campos = tuple(name for name in ETIQUETAS if f"ra-{fila.clave}-{name}" in values)
            chosen = Elegido(Eleccion.ACTUALIZAR, int(case[1]), int(case[2]), campos)
        place = fila.numero_fila, f"{REPETIDA}{fila.parte}"
        if chosen.texto:
            correcciones[place] = chosen.texto
        else:
            correcciones.pop(place, None)


def _take_proposals(
    asked: str, lectura: Lectura[FilaOficio], correcciones: dict[tuple[int, str], str]
) -> None:
    """Write what a row's proposal says over its cell: of one cell («12:comuna»), of all that say
    the same («iguales:12:comuna»), or of every misspelling of the list («todas»).
    """
    of_all = asked == "todas"
    place = asked.removeprefix("iguales:")
    alike = None
    if place != asked:
        alike = next(
            (
                (campo, proposal.escrito, proposal.texto)
                for fila in lectura.filas
                for campo, proposal in fila.propuestas.items()
                if f"{fila.clave}:{campo}" == place
            ),
            None,
        )
    for fila in lectura.filas:
        for campo, proposal in fila.propuestas.items():
            is_asked = (
                (of_all and proposal.en_grupo)
                or f"{fila.clave}:{campo}" == asked
                or alike == (campo, proposal.escrito, proposal.texto)
            )
            if not is_asked:
                continue
            before = correcciones.get((fila.numero_fila, campo), fila.texto(campo))
            whole = clean_text(before, multiline=True)
            correcciones[fila.numero_fila, campo] = (
                whole.replace(proposal.escrito, proposal.texto, 1)
                if proposal.escrito in whole
                else proposal.texto
            )
