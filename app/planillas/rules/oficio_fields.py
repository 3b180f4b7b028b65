"""What a column of a buffet's list may mean, and how to tell from its header."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from app.oficios.rules.campos import CAMPOS
from app.planillas.rules.layout import Layout

#: Field to the words for the screen, in the order of a form.
ETIQUETAS = {name: campo.label for name, campo in CAMPOS.items()}
#: Required fields.
OBLIGATORIOS = tuple(name for name, campo in CAMPOS.items() if campo.required)

#: Minimum recognised fields for a row to be a header; a single word may be a coincidence.
_FEWEST_FIELDS = 2
#: Headers seen in lists.
_SYNONYMS = {name: campo.headers for name, campo in CAMPOS.items()}


def _is_header(campos: Collection[str]) -> bool:
    return len(campos) >= _FEWEST_FIELDS and bool(set(OBLIGATORIOS) & set(campos))


def _ask_missing(campos: Collection[str]) -> str:
    for campo in OBLIGATORIOS:
        if campo not in campos:
            return f"Elija qué columna tiene el campo «{ETIQUETAS[campo]}»."
    return ""


def _is_entry(values: Mapping[str, str], filled: int) -> bool:
    # A sum may stand under the plates, a plate never without letters.
    return filled > 4 or bool(re.search("[A-Za-z]", values.get("patente", "")))


LAYOUT = Layout(
    labels=ETIQUETAS,
    synonyms=_SYNONYMS,
    example="«N° Oficio» y «Patente»",
    is_header=_is_header,
    ask_missing=_ask_missing,
    is_entry=_is_entry,
)
