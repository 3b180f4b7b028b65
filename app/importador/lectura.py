"""A buffet's list from its bytes to rows that the preview shows and the import takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.core.errors import InvalidValue
from app.core.texto import clean_text, fold
from app.importador.archivo import MAX_FILAS, Fila, Hoja, Planilla, open_planilla
from app.importador.campos import ETIQUETAS, OBLIGATORIOS, guess_columns, header_key
from app.importador.filas import read_fila
from app.importador.rules import INCLUIR, FilaLeida

#: A title, an address, a date and some air may stand above the header.
_HEADER_WITHIN = 20
#: One word may be chance; a header names at least so many fields.
_FEWEST_FIELDS = 2


@dataclass(frozen=True)
class Columna:
    """A column of the list: its header and the field it is taken for, None where it is left out."""

    indice: int
    encabezado: str
    campo: str | None
    #: Its first filled cell, so that a wrong column is seen at once.
    ejemplo: str = ""


@dataclass(frozen=True)
class Lectura:
    """A whole list, read but not yet compared with the database."""

    tipo: str
    hoja: str
    fila_encabezado: int
    columnas: tuple[Columna, ...]
    filas: tuple[FilaLeida, ...]
    #: Sentences about what was left out (a row of totals, other sheets).
    avisos: tuple[str, ...]

    @property
    def mapeo(self) -> dict[int, str]:
        """Which column holds which field, to be sent back with corrections."""
        return {c.indice: c.campo for c in self.columnas if c.campo}


def leer_planilla(
    contenido: bytes,
    nombre: str,
    *,
    hoy: date,
    mapeo: Mapping[int, str] | None = None,
    correcciones: Mapping[tuple[int, str], str] | None = None,
) -> Lectura:
    """Read an uploaded list: open the file, then :func:`interpretar` it.

    Raises:
        InvalidValue: the file or its header cannot be read, there are more than 5,000 rows or
            none, or the mapping makes no sense. Problems of a row stay with the row.
    """
    planilla = open_planilla(contenido, nombre)
    return interpretar(planilla, hoy=hoy, mapeo=mapeo, correcciones=correcciones)


def interpretar(
    planilla: Planilla,
    *,
    hoy: date,
    mapeo: Mapping[int, str] | None = None,
    correcciones: Mapping[tuple[int, str], str] | None = None,
) -> Lectura:
    """Tell what the rows of an opened list mean.

    ``mapeo`` (column index from 0 to field) replaces the guess from the headers as a whole;
    ``correcciones`` holds what a person typed over a cell, by row number and field, and is applied
    before reading. The same bytes with the same arguments always give the same rows, so that the
    import may read again what the preview showed.

    Raises:
        InvalidValue: the header cannot be found, there are more than 5,000 rows or none, or the
            mapping makes no sense. Problems of a row stay with the row.
    """
    hoja, position, guess = max(
        (_find_header(hoja) for hoja in planilla.hojas if hoja.filas),
        key=lambda found: len(found[2]),
    )
    if mapeo is not None:
        _check_mapping(mapeo)
        guess = dict(mapeo)
    elif len(guess) < _FEWEST_FIELDS or not set(OBLIGATORIOS) & set(guess.values()):
        raise InvalidValue(
            "No se encontró la fila de encabezados. La planilla debe tener, entre sus primeras 20 "
            "filas, una con los nombres de las columnas, como «N° Oficio» y «Patente»."
        )
    header = hoja.filas[position]
    avisos = [
        f"La hoja «{other.nombre}» no se leyó; se usó «{hoja.nombre}»."
        for other in planilla.hojas
        if other is not hoja and other.filas
    ]
    rows = [
        row for row in hoja.filas[position + 1 :] if not _is_left_out(row, header, guess, avisos)
    ]
    if not rows:
        raise InvalidValue("La planilla tiene encabezados, pero ninguna fila debajo de ellos.")
    if len(rows) > MAX_FILAS:
        raise InvalidValue(
            "La planilla tiene más de 5.000 filas. Divídala en varias y súbalas una por una."
        )
    typed: dict[int, dict[str, str]] = {}
    for (numero, campo), text in (correcciones or {}).items():
        typed.setdefault(numero, {})[campo] = text
    return Lectura(
        tipo=planilla.tipo,
        hoja=hoja.nombre,
        fila_encabezado=header.numero,
        columnas=_columns(header, rows, guess),
        filas=tuple(
            _read_row(row, _values(row, guess), hoy, typed.get(row.numero, {})) for row in rows
        ),
        avisos=tuple(avisos),
    )


def _read_row(row: Fila, values: dict[str, str], hoy: date, typed: dict[str, str]) -> FilaLeida:
    corregidos = {campo: text for campo, text in typed.items() if campo != INCLUIR}
    fila = read_fila(row.numero, values, hoy=hoy, corregidos=corregidos)
    return replace(fila, oculta=row.oculta, incluida=INCLUIR in typed)


def _find_header(hoja: Hoja) -> tuple[Hoja, int, dict[int, str]]:
    """Return the position of the row that names most fields, the first of equals."""
    position, guess = 0, dict[int, str]()
    for candidate, row in enumerate(hoja.filas[:_HEADER_WITHIN]):
        found = guess_columns(row.celdas)
        if len(found) > len(guess):
            position, guess = candidate, found
    return hoja, position, guess


def _check_mapping(mapeo: Mapping[int, str]) -> None:
    campos = list(mapeo.values())
    if unknown := set(campos) - set(ETIQUETAS):
        raise InvalidValue(f"El campo «{min(unknown)[:40]}» no existe. Elija uno de la lista.")
    for campo in ETIQUETAS:
        if campos.count(campo) > 1:
            raise InvalidValue(
                f"«{ETIQUETAS[campo]}» está elegido en más de una columna. Deje una sola."
            )
    for campo in OBLIGATORIOS:
        if campo not in campos:
            raise InvalidValue(f"Elija qué columna tiene el campo «{ETIQUETAS[campo]}».")


def _is_left_out(row: Fila, header: Fila, guess: dict[int, str], avisos: list[str]) -> bool:
    """Tell whether a row is no order: the header again on a new page, or a line of totals."""
    if [header_key(cell) for cell in row.celdas] == [header_key(cell) for cell in header.celdas]:
        return True
    filled = [clean_text(cell) for cell in row.celdas if clean_text(cell)]
    if not filled:
        return True
    is_total = (
        fold(filled[0]).startswith(("total", "subtotal"))
        and len(filled) <= 4
        # A sum may stand under the plates, a plate never without letters.
        and not re.search("[A-Za-z]", _values(row, guess).get("patente", ""))
    )
    if is_total:
        avisos.append(
            f"La fila {row.numero} («{' '.join(filled)[:40]}») es un total y no se importa."
        )
    return is_total


def _values(row: Fila, guess: Mapping[int, str]) -> dict[str, str]:
    """Return field to text of a row, without its empty cells."""
    return {
        campo: row.celdas[index]
        for index, campo in guess.items()
        if 0 <= index < len(row.celdas) and row.celdas[index].strip()
    }


def _columns(header: Fila, rows: list[Fila], guess: Mapping[int, str]) -> tuple[Columna, ...]:
    width = max(len(row.celdas) for row in (header, *rows))
    names = [clean_text(cell)[:80] for cell in header.celdas] + [""] * width
    return tuple(
        Columna(index, names[index], guess.get(index), _first_text(rows, index))
        for index in range(width)
        if names[index]
        or index in guess
        or any(row.celdas[index : index + 1] != () for row in rows)
    )


def _first_text(rows: list[Fila], index: int) -> str:
    texts = (clean_text("".join(row.celdas[index : index + 1])) for row in rows)
    return next((text[:40] for text in texts if text), "")
