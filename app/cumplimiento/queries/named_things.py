"""What a record of the audit is about, by the name that people know it by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from app.buffets.models import Buffet, Enlace
from app.cumplimiento.models.retencion import ReglaRetencion
from app.db import db
from app.indicadores.models import InformeMensual
from app.indicadores.rules.periodo import name_month
from app.notificaciones.models.receptores import Receptor
from app.porticos.models import Portico
from app.titulares.models import Solicitud

#: What a record is about: the word of its kind, and its number.
Cosa = tuple[str, int]
_Rows = sa.Select[*tuple[Any, ...]]
_Names = Callable[[Any], str]


def name_things(wanted: Iterable[Cosa]) -> dict[Cosa, str]:
    """The names of these, one statement for each kind among them.

    Left out is what has no name of its own, and what is gone.
    """
    by_kind: dict[str, set[int]] = defaultdict(set)
    for entidad, pk in wanted:
        by_kind[entidad].add(pk)
    found: dict[Cosa, str] = {}
    for entidad, ids in by_kind.items():
        if entidad in _KINDS:
            statement, write = _KINDS[entidad]
            for row in db.session.execute(statement(ids)):
                found[entidad, row[0]] = write(row)
    return found


def _plain(column: Any) -> tuple[Callable[[Collection[int]], _Rows], _Names]:
    """Of a table with a column that names its rows."""
    pk = column.class_.id
    return lambda ids: sa.select(pk, column).where(pk.in_(ids)), lambda row: str(row[1] or "")


def _links(ids: Collection[int]) -> _Rows:
    return (
        sa.select(Enlace.id, Enlace.etiqueta, Buffet.nombre)
        .join(Buffet, Buffet.id == Enlace.buffet_id)
        .where(Enlace.id.in_(ids))
    )


def _months(ids: Collection[int]) -> _Rows:
    return (
        sa.select(InformeMensual.id, InformeMensual.mes, Buffet.nombre)
        .join(Buffet, Buffet.id == InformeMensual.buffet_id)
        .where(InformeMensual.id.in_(ids))
    )


def _rules(ids: Collection[int]) -> _Rows:
    return (
        sa.select(ReglaRetencion.id, Buffet.nombre)
        .outerjoin(Buffet, Buffet.id == ReglaRetencion.buffet_id)
        .where(ReglaRetencion.id.in_(ids))
    )


def _join(parts: Sequence[str | None]) -> str:
    return " · ".join(part for part in parts if part)


_KINDS: dict[str, tuple[Callable[[Collection[int]], _Rows], _Names]] = {
    "buffet": _plain(Buffet.nombre),
    "enlace": (_links, lambda row: _join([row[1], row[2]])),
    "informe_mensual": (_months, lambda row: f"{row[2]}, {name_month(row[1])}"),
    "portico": _plain(Portico.codigo),
    "receptor": _plain(Receptor.nombre),
    "retencion_regla": (_rules, lambda row: row[1] or "Todos los buffets"),
    "solicitud": _plain(Solicitud.numero),
}
