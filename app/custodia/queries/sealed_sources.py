"""What is sealed: what the models of the running application declare."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from app.core.sealed import OFFICE_CHAIN, Sealed
from app.custodia.rules import ERASURE
from app.feature import current_features

if TYPE_CHECKING:
    from app.db import Model


_PLAIN: dict[type[Any], type[Any]] = {sa.Boolean: bool, sa.Integer: int, sa.Float: float}


@dataclass(frozen=True)
class SealSource:
    """A declaration, and the tables that it speaks of."""

    sealed: Sealed
    model: type[Model]

    @property
    def tipo(self) -> str:
        """As links name it."""
        return self.sealed.tipo

    @functools.cached_property
    def mapper(self) -> sa.orm.Mapper[Any]:
        """How the rows are stored."""
        return sa.inspect(self.model)

    @functools.cached_property
    def table(self) -> sa.Table:
        """Where the rows are."""
        return self.model.metadata.tables[self.model.__tablename__]

    @functools.cached_property
    def kinds(self) -> dict[str, type | None]:
        """Of each column that a seal holds, the kind of its values; None where any will do."""
        names = (*self.sealed.fields, *self.sealed.hashed)
        return {name: _PLAIN.get(type(self.table.c[name].type)) for name in names}

    @functools.cached_property
    def plain_names(self) -> tuple[str, ...]:
        """Those columns whose values are written as they are."""
        return tuple(name for name, kind in self.kinds.items() if kind is None)

    @functools.cached_property
    def kind_by_name(self) -> tuple[tuple[str, type], ...]:
        """The others, each with the kind of its values."""
        return tuple((name, kind) for name, kind in self.kinds.items() if kind is not None)

    @functools.cached_property
    def is_versioned(self) -> bool:
        """Whether a change is refused on what somebody else changed meanwhile."""
        return self.mapper.version_id_col is not None

    @functools.cached_property
    def chain_column(self) -> sa.ColumnElement[int]:
        """The number of a row's chain, in ``from_clause``."""
        if self.sealed.chain is None:
            return sa.literal(OFFICE_CHAIN)
        column = self._case_column
        return sa.func.coalesce(column, OFFICE_CHAIN) if column.nullable else column

    @property
    def _case_column(self) -> sa.Column[int]:
        """Where a row names its oficio; only for what may belong to one."""
        return self._chain_table.c[str(self.sealed.chain)]

    def may_be_in(self, cadena: int) -> bool:
        """Whether rows of this kind can stand in the office's chain, or in an oficio's."""
        if self.sealed.chain is None:
            return cadena == OFFICE_CHAIN
        return cadena != OFFICE_CHAIN or bool(self._chain_table.c[self.sealed.chain].nullable)

    @functools.cached_property
    def from_clause(self) -> sa.FromClause:
        """The rows, with what tells their chain."""
        if self.sealed.through is None:
            return self.table
        (key,) = self.table.c[self.sealed.through].foreign_keys
        return self.table.join(self._chain_table, key.parent == key.column)

    @functools.cached_property
    def _statement(self) -> sa.Select[Any]:
        """Chain, id and sealed columns of the rows."""
        columns = [self.table.c[name] for name in (*self.sealed.fields, *self.sealed.hashed)]
        return (
            sa.select(self.chain_column.label("_cadena"), self.table.c.id.label("_id"), *columns)
            .select_from(self.from_clause)
            .order_by(self.table.c.id)
        )

    @functools.cached_property
    def rows_statement(self) -> sa.Select[Any]:
        """The same of the rows with ``ids``; built once, as every change of evidence asks it."""
        return self._statement.where(self.table.c.id.in_(sa.bindparam("ids", expanding=True)))

    @functools.cached_property
    def chains_statement(self) -> sa.Select[Any]:
        """The same of all rows of ``cadenas``."""
        return self._statement.where(self.chain_column.in_(sa.bindparam("cadenas", expanding=True)))

    @functools.cached_property
    def cases_statement(self) -> sa.Select[Any]:
        """The same for chains of oficios alone: by the index of the column itself."""
        return self._statement.where(self._case_column.in_(sa.bindparam("cadenas", expanding=True)))

    @property
    def _chain_table(self) -> sa.Table:
        if self.sealed.through is None:
            return self.table
        (key,) = self.table.c[self.sealed.through].foreign_keys
        return key.column.table

    @functools.cached_property
    def lists(self) -> dict[str, sa.Table]:
        """The tables of its lists: the first column is the row's id, the second the other's."""
        found = {}
        for name in self.sealed.lists:
            secondary = self.mapper.relationships[name].secondary
            found[name] = cast("sa.Table", secondary)
        return found


def sources_of(model: type[Any]) -> tuple[SealSource, ...]:
    """What a model declares; nothing when it is no evidence."""
    found = _sources.get(model)
    if found is None:
        declared = getattr(model, "__sealed__", ())
        found = _sources[model] = tuple(SealSource(sealed, model) for sealed in declared)
    return found


#: Made once for each model: their statements are built on first use.
_sources: dict[type[Any], tuple[SealSource, ...]] = {}


def list_sources() -> list[SealSource]:
    """Every kind of row that is sealed."""
    return list(_by_tipo().values())


def find_source(tipo: str) -> SealSource | None:
    """One of them; None for a kind that no longer exists."""
    return _by_tipo().get(tipo)


def row_label(tipo: str) -> str:
    """How a row of that kind is called; a kind that no longer exists keeps its bare name."""
    if tipo == ERASURE:
        return "el borrado por ley"
    source = find_source(tipo)
    return source.sealed.label if source else tipo


def _by_tipo() -> dict[str, SealSource]:
    return {
        source.tipo: source
        for model in dict.fromkeys(current_features().sealed.values())
        for source in sources_of(model)
    }
