"""Tables that only grow: the database itself refuses to change or remove their rows.

Triggers of the migrations hold it (``auditoria``, and ``custodia``: the links of the chains). They
stop accidents, and statements that do not know of the door. Who may run any SQL as the application
can open the door, and who owns the database can take the triggers off: then chain and anchors tell.
The door is for what a law orders to erase, and for a restore, which puts a backup in the place of
all rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import sqlalchemy as sa

#: Name of the function that SQLite's triggers ask; only our own connections have it.
SQLITE_DOOR = "rastro_puerta"
_OPEN = sa.text("SELECT set_config('rastro.puerta', 'abierta', true)")
_SHUT = sa.text("SELECT set_config('rastro.puerta', '', true)")

_is_open: ContextVar[bool] = ContextVar("is_open", default=False)


def is_door_open() -> int:
    """Whether rows may be changed now, as SQLite's triggers ask it."""
    return int(_is_open.get())


@contextmanager
def append_only_door(connection: sa.Connection) -> Iterator[None]:
    """Let the statements of this block change rows of such tables, in the open transaction."""
    token = _is_open.set(True)
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        connection.execute(_OPEN)
    try:
        yield
        if is_postgresql:
            connection.execute(_SHUT)
    finally:
        # After an error the transaction is rolled back, and the setting with it.
        _is_open.reset(token)
