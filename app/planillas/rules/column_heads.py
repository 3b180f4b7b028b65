"""The heads of a list's preview: the sender's columns, the fields they fill, how they were read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.planillas.rules.layout import Columna
from app.planillas.rules.oficio_fields import ETIQUETAS, label_of
from app.planillas.rules.oficio_headers import A_NOTAS
from app.planillas.rules.oficio_outcomes import FilaOficio
from app.planillas.rules.row_parts import PARTES_DE_PATENTE

#: What a column fills that is a part of a field, or holds several.
_FILLS = {
    **dict.fromkeys((*PARTES_DE_PATENTE, "patente_dv", "patente_2"), ("patente",)),
    **dict.fromkeys(("rut_dv", "rut_sin_dv"), ("propietario_rut",)),
    **dict.fromkeys(("rol_letra", "rol_anio"), ("rol",)),
    **dict.fromkeys(("apellido_paterno", "apellido_materno"), ("propietario_nombre",)),
    **dict.fromkeys(("direccion_numero", "direccion_depto"), ("direccion",)),
    "marca_modelo": ("marca", "modelo"),
    "rol_tribunal": ("rol", "tribunal"),
    "nombre_rut": ("propietario_nombre", "propietario_rut"),
    "direccion_comuna": ("direccion", "comuna", "region"),
    "comuna": ("comuna", "region"),
}


@dataclass(frozen=True)
class CabezaColumna:
    """One head of the preview: the columns that fill the same fields stand under it together."""

    columnas: tuple[Columna, ...]
    #: The fields whose values its cells show.
    campos: tuple[str, ...]
    #: How many of the list's rows could be read in it, and how many leave a doubt.
    leidas: int = 0
    dudosas: int = 0

    @property
    def etiqueta(self) -> str:
        """What its cells are, in words."""
        first = self.columnas[0].campo or ""
        if len(self.columnas) > 1 and len(self.campos) == 1:
            return label_of(self.campos[0])
        return label_of(first)

    @property
    def vetadas(self) -> tuple[Columna, ...]:
        """The columns that are something else than their header says, by what their cells hold."""
        return tuple(
            one
            for one in self.columnas
            if one.por_encabezado and one.por_encabezado not in self.campos
        )

    @property
    def is_split(self) -> bool:
        """Whether one column of the sender's holds several fields."""
        return len(self.columnas) == 1 and len(_asked(self.campos)) > 1


def list_heads(columnas: Sequence[Columna], filas: Iterable[FilaOficio]) -> list[CabezaColumna]:
    """Return the heads over the rows, in the sender's order.

    A RUT and its digit in two columns are one head, and so is whatever else is put together. The
    columns that go to the notes or nowhere have none: they are told beside the rows.
    """
    joined: list[tuple[list[Columna], list[str]]] = []
    for columna in columnas:
        if columna.campo is None or columna.campo == A_NOTAS:
            continue
        fills = _FILLS.get(columna.campo, (columna.campo,))
        same = next((one for one in joined if set(one[1]) & set(fills)), None)
        if same is None:
            joined.append(([columna], list(fills)))
        else:
            same[0].append(columna)
            same[1].extend(campo for campo in fills if campo not in same[1])
    every = list(filas)
    return [_counted(tuple(columns), tuple(campos), every) for columns, campos in joined]


def _counted(
    columnas: tuple[Columna, ...], campos: tuple[str, ...], filas: Sequence[FilaOficio]
) -> CabezaColumna:
    doubtful, read = set(), set()
    for fila in filas:
        problems = {*fila.errores, *fila.advertencias, *fila.reparos}
        if not problems.isdisjoint(campos):
            doubtful.add(fila.numero_fila)
        elif any(campo in fila.datos or campo in fila.valores for campo in campos):
            read.add(fila.numero_fila)
    return CabezaColumna(columnas, campos, len(read - doubtful), len(doubtful))


def _asked(campos: Iterable[str]) -> list[str]:
    """The fields that a list may say; a region is deduced from its comuna where none is given."""
    return [campo for campo in campos if campo in ETIQUETAS and campo != "region"]
