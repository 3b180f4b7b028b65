"""Which tables a request wrote for good."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

_WRITING = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)


class Writes:
    """Listens to an engine: what a connection wrote counts once it is committed."""

    def __init__(self, engine: sa.Engine) -> None:
        self._pending: dict[int, set[str]] = {}
        self._committed: set[str] = set()
        sa.event.listen(engine, "after_cursor_execute", self._on_statement)
        sa.event.listen(engine, "commit", self._on_commit)
        sa.event.listen(engine, "rollback", self._on_rollback)
        self._engine = engine

    def close(self) -> None:
        sa.event.remove(self._engine, "after_cursor_execute", self._on_statement)
        sa.event.remove(self._engine, "commit", self._on_commit)
        sa.event.remove(self._engine, "rollback", self._on_rollback)

    @contextmanager
    def watch(self) -> Iterator[set[str]]:
        """Yields a set that holds, after the block, the tables that were written in it."""
        written: set[str] = set()
        self._committed = written
        yield written

    def _on_statement(
        self, connection: sa.Connection, _cursor: Any, statement: str, *_rest: Any
    ) -> None:
        found = _WRITING.match(statement)
        if found:
            self._pending.setdefault(id(connection), set()).add(found[1])

    def _on_commit(self, connection: sa.Connection) -> None:
        self._committed |= self._pending.pop(id(connection), set())

    def _on_rollback(self, connection: sa.Connection) -> None:
        self._pending.pop(id(connection), None)
