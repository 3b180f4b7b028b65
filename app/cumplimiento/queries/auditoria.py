"""The page of the audit: deeds, entries of cases and readings in one order, the newest first.

Each of the three tables gives the few rows that a page may need, by an index that leads to them in
their order, and they are merged here: a page costs the same after five million rows as after five.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.auditoria.models import Auditoria, Divulgacion, DivulgacionCaso
from app.auditoria.rules import CanalDivulgacion
from app.core.clock import start_of_day
from app.core.errors import InvalidValue
from app.core.patente import parse_patente
from app.cumplimiento.queries import find_cases
from app.cumplimiento.rules.auditoria import ClaseHecho, FuenteHecho, acciones_of, canales_of
from app.db import db
from app.oficios.models import Investigacion
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

PAGE = 50
#: Rows that a file holds at most.
EXPORT_LIMIT = 50_000
_PART = 500
#: Rows that are counted; of more it is said that there are more.
COUNT_LIMIT = 10_000
#: Cases that a number or a plate may stand for.
_MOST_CASES = 200
#: Stands for no account: Rastro itself, or whoever holds a link.
SISTEMA = 0


class PuntoHecho(NamedTuple):
    """Where in the order a page begins: after this row."""

    momento: datetime
    fuente: FuenteHecho
    id: int


@dataclass(frozen=True)
class HechoFilter:
    """Which deeds; the empty one wants all."""

    #: None: anybody. ``SISTEMA``: what no account did.
    usuario_id: int | None = None
    clase: ClaseHecho | None = None
    #: None: any or none. Empty: a case was asked for that is not there.
    oficio_ids: tuple[int, ...] | None = None
    #: Days of Santiago, both included.
    desde: date | None = None
    hasta: date | None = None
    #: Of the deeds of a kind, only these.
    acciones: tuple[str, ...] = ()


@dataclass(frozen=True)
class HechoRow:
    """A deed as the tables hold it."""

    fuente: FuenteHecho
    id: int
    momento: datetime
    usuario_id: int | None
    oficio_id: int | None
    #: Of ``FuenteHecho.REGISTRO``: the word of the audit.
    accion: str = ""
    entidad: str | None = None
    entidad_id: int | None = None
    detalle: dict[str, Any] = field(default_factory=dict)
    #: Of ``FuenteHecho.SALIDA``: the way, what, and to whom.
    canal: CanalDivulgacion | None = None
    que: str = ""
    destinatario: str = ""
    lugar: str | None = None
    equipo: str | None = None

    @property
    def place(self) -> PuntoHecho:
        """Where in the order it stands."""
        return PuntoHecho(self.momento, self.fuente, self.id)


def list_deeds(
    wanted: HechoFilter, *, after: PuntoHecho | None = None, limit: int = PAGE
) -> list[HechoRow]:
    """The newest deeds that fit, after a place in the order."""
    found = [_load(fuente, wanted, after, limit) for fuente in FuenteHecho]
    return list(islice(merge(*found, key=_order), limit))


def iter_deeds(wanted: HechoFilter, *, limit: int = EXPORT_LIMIT) -> Iterator[list[HechoRow]]:
    """The rows of a file, some hundreds at a time; each is read once."""
    found = [_iter_source(fuente, wanted) for fuente in FuenteHecho]
    newest = islice(merge(*found, key=_order), limit)
    while rows := list(islice(newest, _PART)):
        yield rows


def _iter_source(fuente: FuenteHecho, wanted: HechoFilter) -> Iterator[HechoRow]:
    """What of one table fits, the newest first."""
    after: PuntoHecho | None = None
    while rows := _load(fuente, wanted, after, _PART):
        yield from rows
        if len(rows) < _PART:
            return
        after = rows[-1].place


def count_deeds(wanted: HechoFilter, most: int = COUNT_LIMIT) -> int:
    """How many deeds fit, up to one more than ``most``."""
    total = 0
    for fuente in FuenteHecho:
        for statement in statements_of(fuente, wanted):
            rows = statement.order_by(None).limit(most + 1 - total).subquery()
            total += db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0
            if total > most:
                return most + 1
    return total


def find_deed(fuente: FuenteHecho, deed_id: int) -> HechoRow | None:
    """One deed, by its permanent address."""
    model = _MODELS[fuente]
    row = db.session.execute(_select(fuente).where(model.id == deed_id)).one_or_none()
    return _row(fuente, row) if row else None


def find_newest(acciones: Sequence[str], sobre: tuple[str, int] | None = None) -> HechoRow | None:
    """The newest of some deeds of the audit; with ``sobre`` of those about one thing.

    One statement, which asks the index for the newest of each.
    """
    about: list[sa.ColumnElement[bool]] = []
    if sobre is not None:
        about = [Auditoria.entidad == sobre[0], Auditoria.entidad_id == sobre[1]]
    order = (Auditoria.created_at.desc(), Auditoria.id.desc())
    newest = [
        sa.select(Auditoria.id).where(Auditoria.accion == accion, *about).order_by(*order).limit(1)
        for accion in acciones
    ]
    ids = sa.union_all(*(sa.select(each.subquery().c.id) for each in newest))
    statement = _select(FuenteHecho.REGISTRO).where(Auditoria.id.in_(ids))
    row = db.session.execute(statement.order_by(None).order_by(*order).limit(1)).one_or_none()
    return _row(FuenteHecho.REGISTRO, row) if row else None


def list_around(deed: HechoRow, *, each: int = 3) -> list[HechoRow]:
    """What was done in the same case shortly before and after, and the deed itself between."""
    if deed.oficio_id is None:
        return []
    same = HechoFilter(oficio_ids=(deed.oficio_id,))
    before = list_deeds(same, after=deed.place, limit=each)
    later: list[HechoRow] = []
    for fuente in FuenteHecho:
        for statement in statements_of(fuente, same):
            model = _MODELS[fuente]
            rows = db.session.execute(
                statement.where(_is_newer(model, fuente, deed.place))
                .order_by(None)
                .order_by(model.created_at, model.id)
                .limit(each)
            )
            later += [_row(fuente, row) for row in rows]
    newer = sorted({row.place: row for row in later}.values(), key=_order)[-each:]
    return [*newer, deed, *before]


def find_cases_named(text: str) -> tuple[int, ...]:
    """The cases of a number or a plate that somebody typed."""
    found = find_cases(text) or find_cases(text.upper())
    try:
        plate = parse_patente(text).valor
    except InvalidValue:
        return tuple(found)
    plates = sa.select(Vehiculo.oficio_id).where(Vehiculo.patente == plate).limit(_MOST_CASES)
    return tuple(dict.fromkeys([*found, *db.session.scalars(plates)]))


def list_people() -> list[tuple[int, str]]:
    """Every account, for the filter."""
    rows = db.session.execute(sa.select(Usuario.id, Usuario.nombre).order_by(Usuario.nombre))
    return [(row.id, row.nombre) for row in rows]


def name_people(ids: Sequence[int]) -> dict[int, str]:
    """The names of some accounts."""
    if not ids:
        return {}
    rows = db.session.execute(sa.select(Usuario.id, Usuario.nombre).where(Usuario.id.in_(ids)))
    return {row.id: row.nombre for row in rows}


def load_entries(ids: Sequence[int]) -> dict[int, Investigacion]:
    """The entries of bitácoras behind some rows."""
    if not ids:
        return {}
    rows = db.session.scalars(sa.select(Investigacion).where(Investigacion.id.in_(ids)))
    return {row.id: row for row in rows}


_MODELS: dict[FuenteHecho, Any] = {
    FuenteHecho.REGISTRO: Auditoria,
    FuenteHecho.ENTRADA: Investigacion,
    FuenteHecho.SALIDA: Divulgacion,
}


def _order(row: HechoRow) -> tuple[float, int, int]:
    return -row.momento.timestamp(), row.fuente.rank, -row.id


def _load(
    fuente: FuenteHecho, wanted: HechoFilter, after: PuntoHecho | None, limit: int
) -> list[HechoRow]:
    model = _MODELS[fuente]
    found: dict[int, HechoRow] = {}
    for statement in statements_of(fuente, wanted):
        if after is not None:
            statement = statement.where(_is_older(model, fuente, after))
        for row in db.session.execute(statement.limit(limit)):
            found[row.id] = _row(fuente, row)
    return sorted(found.values(), key=_order)[:limit]


def statements_of(fuente: FuenteHecho, wanted: HechoFilter) -> list[sa.Select[Any]]:
    """What of a table fits, each statement by one index and in its order."""
    if wanted.oficio_ids is not None and not wanted.oficio_ids:
        return []
    statements = [_narrowed(fuente, wanted)]
    if wanted.oficio_ids is not None and fuente is FuenteHecho.SALIDA:
        listed = sa.select(DivulgacionCaso.divulgacion_id).where(
            DivulgacionCaso.oficio_id.in_(wanted.oficio_ids)
        )
        own = sa.func.coalesce(Divulgacion.oficio_id, 0)
        statements.append(
            _narrowed(fuente, replace(wanted, oficio_ids=None)).where(
                Divulgacion.id.in_(listed), own.not_in(wanted.oficio_ids)
            )
        )
    if wanted.clase is None:
        return statements
    column, values = _kinds(fuente, wanted.clase, wanted.acciones)
    if column is None:
        return statements if values else []
    return [each.where(column == value) for each in statements for value in values]


def _kinds(
    fuente: FuenteHecho, clase: ClaseHecho, acciones: Sequence[str]
) -> tuple[Any, Sequence[Any]]:
    """The column that tells kinds of deeds apart, and its values; no column: all or none are."""
    if fuente is FuenteHecho.REGISTRO:
        return Auditoria.accion, acciones or acciones_of(clase)
    if acciones:
        return None, ()
    if fuente is FuenteHecho.SALIDA:
        return Divulgacion.canal, canales_of(clase)
    return None, ("all",) if clase is ClaseHecho.CASO else ()


def _narrowed(fuente: FuenteHecho, wanted: HechoFilter) -> sa.Select[Any]:
    """The rows of a table by person, case and days."""
    model, statement = _MODELS[fuente], _select(fuente)
    if wanted.usuario_id is not None:
        statement = statement.where(model.usuario_id == (wanted.usuario_id or None))
    if wanted.oficio_ids is not None:
        statement = statement.where(model.oficio_id.in_(wanted.oficio_ids))
    if wanted.desde:
        statement = statement.where(model.created_at >= start_of_day(wanted.desde))
    if wanted.hasta:
        end = start_of_day(wanted.hasta + timedelta(days=1))
        statement = statement.where(model.created_at < end)
    return statement


def _is_older(model: Any, fuente: FuenteHecho, place: PuntoHecho) -> Any:
    """Whether a row of a table stands after a place in the order."""
    if fuente.rank > place.fuente.rank:
        return model.created_at <= place.momento
    if fuente.rank < place.fuente.rank:
        return model.created_at < place.momento
    return sa.tuple_(model.created_at, model.id) < _pair(model, place)


def _is_newer(model: Any, fuente: FuenteHecho, place: PuntoHecho) -> Any:
    """Whether a row of a table stands before a place in the order."""
    if fuente.rank < place.fuente.rank:
        return model.created_at >= place.momento
    if fuente.rank > place.fuente.rank:
        return model.created_at > place.momento
    return sa.tuple_(model.created_at, model.id) > _pair(model, place)


def _pair(model: Any, place: PuntoHecho) -> Any:
    return sa.tuple_(
        sa.literal(place.momento, model.created_at.type), sa.literal(place.id, model.id.type)
    )


def _select(fuente: FuenteHecho) -> sa.Select[Any]:
    """The columns of a table that its rows need, the newest first."""
    model = _MODELS[fuente]
    own: tuple[Any, ...] = {
        FuenteHecho.REGISTRO: (
            Auditoria.accion,
            Auditoria.entidad,
            Auditoria.entidad_id,
            Auditoria.detalle,
        ),
        FuenteHecho.ENTRADA: (),
        FuenteHecho.SALIDA: (Divulgacion.canal, Divulgacion.que, Divulgacion.destinatario),
    }[fuente]
    return sa.select(
        model.id,
        model.created_at.label("momento"),
        model.usuario_id,
        model.oficio_id,
        model.lugar,
        model.equipo,
        *own,
    ).order_by(model.created_at.desc(), model.id.desc())


def _row(fuente: FuenteHecho, row: Any) -> HechoRow:
    return HechoRow(fuente=fuente, **row._mapping)
