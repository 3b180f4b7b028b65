"""What a transaction did to evidence is noted as it happens, and sealed before the commit.

Nobody calls this: the session tells of every row that is added, changed or removed. Only a
statement that changes rows behind the session's back (a bulk UPDATE, INSERT or DELETE) has to be
run by ``execute_sealed``; without it, it is refused.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core.clock import utcnow
from app.custodia.queries import newest_links, parts
from app.custodia.queries.sealed_rows import chain_of, content_of, current_content, read_rows
from app.custodia.queries.sealed_sources import SealSource, sources_of
from app.custodia.rules import is_tomb, tomb, with_altered
from app.custodia.service.appending import Fila, append
from app.db import Model, db, is_writing

#: What a tomb says where nothing else is said.
BY_A_PERSON = "retirada en Rastro; la bitácora o la auditoría dice por quién"
#: True while a statement runs of which the rows are noted.
_noting: ContextVar[bool] = ContextVar("noting", default=False)
#: Why rows are removed now.
_reason: ContextVar[str] = ContextVar("reason", default=BY_A_PERSON)
_KEY = "custodia"


class UnsealedWrite(RuntimeError):
    """A statement changes evidence and nobody noted which rows: run it by ``execute_sealed``."""


@dataclass
class _Touched:
    """A row that the transaction wrote or removed."""

    source: SealSource
    fila_id: int
    #: Chain and content, where the row told them; else they are read before the commit.
    cadena: int | None = None
    contenido: str | None = None
    #: Why it is not there, if it is not.
    removed: str | None = None
    #: What the application changed of it; None where that is not known.
    changed: frozenset[str] | None = None
    #: It was not there before this transaction.
    is_new: bool = False


@dataclass
class _Noted:
    """What the transaction of a session did, in the order in which it did it."""

    owner: Any
    rows: dict[tuple[str, int], _Touched] = field(default_factory=dict)
    #: Cases that were opened in it.
    new_chains: set[int] = field(default_factory=set)

    def put(self, row: _Touched) -> None:
        """Note a row; what it says now counts."""
        key = (row.source.tipo, row.fila_id)
        known = self.rows.get(key)
        if known is not None:
            del self.rows[key]
            if row.removed and known.is_new:
                return
            row.is_new, row.removed = known.is_new, row.removed or known.removed
            if row.changed is not None:
                row.changed = None if known.changed is None else row.changed | known.changed
        self.rows[key] = row


@contextmanager
def noting() -> Iterator[None]:
    """Let statements on evidence run in the block: whoever calls it has their rows sealed."""
    token = _noting.set(True)
    try:
        yield
    finally:
        _noting.reset(token)


def execute_sealed(statement: sa.Insert | sa.Update | sa.Delete, *args: Any) -> list[int]:
    """Run a statement that changes rows of a model that is evidence, and have them sealed.

    Returns the ids of the rows that it changed. The session's copies of them are read again.
    """
    db.session.flush()
    # The table of a statement on a model is a copy with remarks.
    model = next(one for one in _models() if one.__tablename__ == str(statement.table))
    with noting():
        found = db.session.scalars(
            statement.returning(sa.inspect(model).primary_key[0]),
            *args,
            execution_options={"synchronize_session": False},
        )
        ids = list(found)
    db.session.expire_all()
    touch(model, ids, removed=_reason.get() if statement.is_delete else None)
    return ids


def touch(
    model: type[Model], ids: list[int], *, removed: str | None = None, tipo: str | None = None
) -> None:
    """Have rows sealed as they are when the transaction commits, whoever changed them.

    With ``tipo`` by that declaration of their model alone.
    """
    noted = _noted(db.session())
    for source in sources_of(model):
        for pk in ids if tipo in {None, source.tipo} else ():
            noted.put(_Touched(source, pk, removed=removed))


@contextmanager
def removal_reason(reason: str) -> Iterator[None]:
    """Let the tombs of what is removed in the block name a rule or request; no personal data."""
    token = _reason.set(reason)
    try:
        yield
    finally:
        _reason.reset(token)


def current_reason() -> str:
    """Why rows are removed now, as ``removal_reason`` says it."""
    return _reason.get()


def _noted(session: Session) -> _Noted:
    """What the open transaction did so far; what one that was rolled back did is forgotten."""
    noted = session.info.get(_KEY)
    if noted is None or noted.owner is not session.get_transaction():
        noted = session.info[_KEY] = _Noted(session.get_transaction())
    return noted


@event.listens_for(Session, "after_flush")
def _note(session: Session, _context: object) -> None:
    for row in session.new:
        for source in sources_of(type(row)):
            state = sa.inspect(row)
            content = content_of(source, state)
            noted = _noted(session)
            noted.put(_Touched(source, row.id, chain_of(source, state), content, is_new=True))
            if source.sealed.chain == "id":
                noted.new_chains.add(row.id)
    for row in session.dirty:
        for source in sources_of(type(row)):
            state = sa.inspect(row)
            changed = _changed_names(source, state)
            if changed:
                # What others changed meanwhile is in the database, unless a version guards it.
                content = current_content(source, state) if source.is_versioned else None
                cadena = chain_of(source, state)
                _noted(session).put(_Touched(source, row.id, cadena, content, changed=changed))
    for row in session.deleted:
        for source in sources_of(type(row)):
            _noted(session).put(_Touched(source, row.id, removed=_reason.get()))


def _changed_names(source: SealSource, state: Any) -> frozenset[str]:
    """What of a row the flush changed that its seal holds."""
    # A column whose value was set is remembered with the old one; lists may wait unread.
    names = [name for name in source.kinds if name in state.committed_state]
    return frozenset(
        name for name in (*names, *source.sealed.lists) if state.attrs[name].history.has_changes()
    )


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    """Append the links of what the transaction did, as one of its last deeds.

    The heads of the chains are locked so late that nobody waits for a row while holding one.
    """
    session.flush()
    noted = session.info.pop(_KEY, None)
    if noted is None or noted.owner is not session.get_transaction() or not noted.rows:
        return
    append(_links(list(noted.rows.values())), utcnow(), new=frozenset(noted.new_chains))


def _links(rows: list[_Touched]) -> list[Fila]:
    """The rows with their chains and contents, in the same order."""
    unread: dict[SealSource, list[_Touched]] = {}
    for row in rows:
        if row.cadena is None or row.contenido is None:
            unread.setdefault(row.source, []).append(row)
    for source, some in unread.items():
        for part in parts(some):
            _complete(source, part)
    _keep_altered(rows)
    return [
        (row.cadena, row.source.tipo, row.fila_id, row.contenido)
        for row in rows
        if row.cadena is not None and row.contenido is not None
    ]


def _complete(source: SealSource, rows: Sequence[_Touched]) -> None:
    """Read the chain and content of some rows of a kind; of those that are gone, write a tomb."""
    found = {
        pk: (cadena, text) for cadena, pk, text in read_rows(source, [r.fila_id for r in rows])
    }
    gone = [row for row in rows if row.fila_id not in found]
    newest = newest_links(source.tipo, [row.fila_id for row in gone]) if gone else {}
    for row in rows:
        if row.fila_id in found:
            row.cadena, row.contenido = found[row.fila_id]
        elif (link := newest.get(row.fila_id)) and not is_tomb(link.contenido):
            row.cadena, row.contenido = link.cadena, tomb(row.removed or _reason.get())


def _keep_altered(rows: list[_Touched]) -> None:
    """Compare what the application did not change of rows with what was sealed of it."""
    partly: dict[SealSource, list[_Touched]] = {}
    for row in rows:
        if row.changed is not None and row.changed < set(row.source.sealed.names):
            partly.setdefault(row.source, []).append(row)
    for source, some in partly.items():
        for part in parts(some):
            newest = newest_links(source.tipo, [row.fila_id for row in part])
            for row in part:
                sealed = newest[row.fila_id].contenido if row.fila_id in newest else None
                if sealed is not None and row.contenido is not None and row.changed is not None:
                    row.contenido = _with_altered(sealed, row.contenido, row.changed)


def _with_altered(sealed: str, current: str, changed: frozenset[str]) -> str:
    try:
        return with_altered(sealed, current, changed)
    except ValueError:
        return current  # the seal itself was changed, which the chain tells


@event.listens_for(sa.Engine, "before_cursor_execute")
def _refuse_unnoted(
    _connection: object, _cursor: object, text: str, _values: object, context: Any, _many: object
) -> None:
    """Refuse a statement of the application that changes evidence of which nobody is told.

    Raises:
        UnsealedWrite: it changes a sealed column, adds a row or removes one.
    """
    if not is_writing() or _noting.get() or db.session()._flushing:
        return
    compiled = context.compiled
    if compiled is None or not (context.isinsert or context.isupdate or context.isdelete):
        for table in _written_tables(text):
            if table in _sealed_columns():
                raise UnsealedWrite(f"{table} is evidence: {text[:80]}")
        return
    statement = compiled.statement
    columns = _sealed_columns().get(statement.table.name)
    if columns is None:
        return
    if context.isupdate:
        # What it sets by an expression, and what by a value that comes with it.
        keys = [*(statement._values or ()), *compiled.column_keys]
        if not columns & {getattr(key, "key", key) for key in keys}:
            return
    raise UnsealedWrite(f"{statement.table.name} is evidence: {text[:80]}")


_WRITES = re.compile(
    r"\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|MERGE\s+INTO|UPDATE(?:\s+OR\s+\w+)?"
    r'|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?(?:"?\w+"?\s*\.\s*)?"?(\w+)',
    re.IGNORECASE,
)


@functools.lru_cache(1024)
def _written_tables(text: str) -> tuple[str, ...]:
    """The tables that a statement writes to, wherever in it: also below WITH."""
    return tuple({name.lower() for name in _WRITES.findall(text)})


@functools.cache
def _sealed_columns() -> dict[str, set[str]]:
    """The columns that seals hold, by the name of their table."""
    found: dict[str, set[str]] = {}
    for model in _models():
        for source in sources_of(model):
            where = {source.sealed.chain or "id", source.sealed.through or "id"}
            found.setdefault(source.table.name, set()).update(source.sealed.names, where - {"id"})
            for table in source.lists.values():
                found[table.name] = set(table.c.keys())
    return found


def _models() -> Iterator[type[Model]]:
    for mapper in Model.registry.mappers:
        yield mapper.class_
