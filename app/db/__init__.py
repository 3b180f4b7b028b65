"""The database. Others import its parts from here; how it works inside may change.

``model``: the base of every table. ``transactions``: the one place that commits. ``engines``: how
connections are opened. ``hiding``: rows that nobody works with. ``many_rows``: thousands at once.
``counting`` and ``kept_counts``: how many there are, without counting all of them.
"""

from app.db.append_only import append_only_door
from app.db.counting import COUNTED, count_some, some_of
from app.db.engines import LOCK_WAIT, creating, prepare_engine
from app.db.hiding import (
    hide_rows,
    limit_reader,
    limit_rows,
    limited_reader,
    not_seeing_hidden,
    seeing_all,
    seeing_others,
)
from app.db.hours_between import HoursBetween
from app.db.kept_counts import (
    ADDED,
    KEPT_OF,
    fold_counts,
    kept_last,
    kept_tables,
    kept_with,
)
from app.db.many_ids import is_among
from app.db.many_rows import change_many, insert_many, insert_one, put_many, put_one
from app.db.model import Model, ShortText, UtcDateTime, db
from app.db.prepared import Maker, Prepared, prepared, rows_of
from app.db.statistics import REOPEN_AFTER, refresh_statistics
from app.db.transactions import (
    DATABASE,
    LOCK_HELD_TOO_LONG,
    UNSEEN,
    ReadOnlyRequest,
    after_commit,
    commit_together,
    count_commits,
    delete_in_parts,
    dispensable_transaction,
    is_unavailable,
    is_writing,
    release,
    transaction,
    watch_transactions,
)

__all__ = [
    "ADDED",
    "COUNTED",
    "DATABASE",
    "KEPT_OF",
    "LOCK_HELD_TOO_LONG",
    "LOCK_WAIT",
    "REOPEN_AFTER",
    "UNSEEN",
    "HoursBetween",
    "Maker",
    "Model",
    "Prepared",
    "ReadOnlyRequest",
    "ShortText",
    "UtcDateTime",
    "after_commit",
    "append_only_door",
    "change_many",
    "commit_together",
    "count_commits",
    "count_some",
    "creating",
    "db",
    "delete_in_parts",
    "dispensable_transaction",
    "fold_counts",
    "hide_rows",
    "insert_many",
    "insert_one",
    "is_among",
    "is_unavailable",
    "is_writing",
    "kept_last",
    "kept_tables",
    "kept_with",
    "limit_reader",
    "limit_rows",
    "limited_reader",
    "not_seeing_hidden",
    "prepare_engine",
    "prepared",
    "put_many",
    "put_one",
    "refresh_statistics",
    "release",
    "rows_of",
    "seeing_all",
    "seeing_others",
    "some_of",
    "transaction",
    "watch_transactions",
]
