"""Cases with all that a list can bring, as a file in the headers that a list is read by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from app.oficios.rules.campos import CAMPOS, GrupoDeCampos
from app.planillas.rules.oficio_headers import JUNTO, PARTES
from app.planillas.rules.whole_rows import PartesDelCaso, rows_of_case
from app.web.table_files import CellKind, Column, Table

_DAYS = frozenset({"fecha_oficio", "fecha_ingreso", "fecha_limite"})
#: Texts of several lines.
_LINES = frozenset({"notas", "propietario_notas", "direccion_notas"})


def whole_rows(casos: Iterable[PartesDelCaso]) -> Iterator[dict[str, Any]]:
    """The rows of some cases, one case after the other."""
    for caso in casos:
        yield from rows_of_case(caso)


def _names() -> Iterator[str]:
    """The fields in the order of a form, what is said beside a person or a place after its own."""
    for grupo in GrupoDeCampos:
        yield from (name for name, campo in CAMPOS.items() if campo.grupo is grupo)
        start = {GrupoDeCampos.PERSONA: "propietario", GrupoDeCampos.DIRECCION: "direccion"}
        yield from (name for name in JUNTO if name.startswith(start.get(grupo, "-")))
    yield "un_dato"


def _column(name: str) -> Column[dict[str, Any]]:
    label = CAMPOS[name].label if name in CAMPOS else PARTES[name]
    kind = CellKind.DATE if name in _DAYS else CellKind.TEXT
    width = max(14, len(label) + 2)
    return Column(label, lambda row: row.get(name), kind, width, multiline=name in _LINES)


#: The last column is for people: a list is imported for one buffet.
WHOLE_TABLE: Table[dict[str, Any]] = Table(
    "Oficios",
    (*(_column(name) for name in _names()), Column("Buffet", lambda row: row["buffet"], width=28)),
)
