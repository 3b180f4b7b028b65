"""What a column of a buffet's list may mean, and how to tell from its header."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from app.core.text import clean_text
from app.core.tribunales import find_tribunal
from app.oficios.rules.campos import CAMPOS
from app.planillas.rules.column_content import refine_columns, tell_columns
from app.planillas.rules.header_guess import header_key
from app.planillas.rules.layout import Layout
from app.planillas.rules.oficio_headers import A_NOTAS, PARTES, field_of_header
from app.planillas.rules.row_parts import as_fields

#: Field to the words for the screen, in the order of a form.
ETIQUETAS = {name: campo.label for name, campo in CAMPOS.items()}
#: Required fields: without a number, an order is named by its rol and plate.
OBLIGATORIOS = ("patente",)
#: What a column may be taken for: a field, a part of one, or a line of the notes.
COLUMNAS = {**ETIQUETAS, **PARTES, A_NOTAS: "A las notas, con su encabezado"}

#: Minimum recognised fields for a row to be a header; a single word may be a coincidence.
_FEWEST_FIELDS = 2
#: Headers seen in lists.
_SYNONYMS = {
    **{name: campo.headers for name, campo in CAMPOS.items()},
    **{name: header_key(label) for name, label in COLUMNAS.items() if name not in CAMPOS},
}
#: What sentences are about that are about no field.
_SENTENCES = {
    "vehiculo_conocido": "Datos del vehículo",
    "union": "Filas unidas",
    "tachada": "Fila tachada",
}
_LIKE_PLATE = re.compile(
    r"(?i)\b(?!(?:de|del|el|al)\b)[a-z]{2}[.\- ·]?[a-z0-9]{2}[.\- ·]?\d{1,2}(?![a-z0-9])"
)
_NAMING = frozenset({"numero_oficio", "patente"})


def label_of(name: str) -> str:
    """The words for a field, a part of one, or what several rows or persons say of one."""
    plain = re.sub(r"_\d+$", "", name)
    if name in _SENTENCES:
        return _SENTENCES[name]
    label = COLUMNAS.get(name) or COLUMNAS.get(plain)
    if label is None and plain.startswith("otro_"):
        label = f"Otra persona o dirección: {COLUMNAS.get(plain.removeprefix('otro_'), plain)}"
    return label or name


def _is_header(campos: Collection[str]) -> bool:
    return len(campos) >= _FEWEST_FIELDS and bool(_NAMING & set(campos))


def _ask_missing(campos: Collection[str]) -> str:
    for campo in OBLIGATORIOS:
        # A vehicle's cell may say the plate, too, and two columns may share it.
        if not {campo, "marca_modelo", "patente_letras"} & set(campos):
            return f"Elija qué columna tiene el campo «{ETIQUETAS[campo]}»."
    return ""


def _is_entry(values: Mapping[str, str], filled: int) -> bool:
    # A sum may stand under the plates, a plate never without letters.
    plate = values.get("patente", "") + values.get("patente_letras", "")
    return filled > 4 or bool(re.search("[A-Za-z]", plate))


def _is_of_list(values: Mapping[str, str], filled: int) -> bool:
    """A line under the list (a greeting, a signature, a footnote) is no order: it fills one cell or
    two, with words alone where a number or a plate belongs.
    """
    plate = clean_text(values.get("patente", "") or values.get("patente_letras", ""))
    if filled > 2 or (plate and filled > 1):
        return True
    if plate:
        # A greeting may stand under the plates where they are the first column.
        return bool(_LIKE_PLATE.search(plate) or (re.search("[0-9]", plate) and " " not in plate))
    number = values.get("numero_oficio", "")
    others = {name for name in values if name != "numero_oficio"}
    return bool(others) or bool(re.search("[0-9]", number) and len(number.split()) < 4)


def _of_group(text: str) -> dict[str, str] | None:
    """A court over its cases, as in «TRIBUNAL: 1º Juzgado Civil de Santiago»."""
    name = re.sub(r"(?i)^(?:tribunal|juzgado)\s*:\s*", "", text)
    return {"tribunal": name} if find_tribunal(name) else None


def _tell(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[int, str]:
    return tell_columns(headers, rows, LAYOUT.guess(headers))


LAYOUT = Layout(
    labels=COLUMNAS,
    synonyms=_SYNONYMS,
    example="«N° Oficio» y «Patente»",
    is_header=_is_header,
    ask_missing=_ask_missing,
    is_entry=_is_entry,
    reads=field_of_header,
    refine=refine_columns,
    tell=_tell,
    as_fields=as_fields,
    shared=(A_NOTAS,),
    is_of_list=_is_of_list,
    of_group=_of_group,
)
