"""Sealing what was there before it was sealed, once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.ajustes.queries import find_setting
from app.ajustes.service import set_setting
from app.core.clock import utcnow
from app.core.sealed import OFFICE_CHAIN
from app.custodia.queries import newest_links
from app.custodia.queries.sealed_rows import iterate_rows, read_rows
from app.custodia.queries.sealed_sources import SealSource, list_sources
from app.custodia.rules import MIGRATED, canonical, changed_fields, is_tomb, lacks_fields
from app.custodia.service.appending import Fila, append
from app.db import release, transaction

#: In version 0.1: set once what was there before the chains existed had been sealed.
_BEGUN = "custodia_desde"
_BEGUN_THEN = ("bitacora", "estado", "adjunto", "notificacion", "ubicacion")
#: Which kinds have been begun, with a digest of their fields then, and how far the next one is.
_STATE = "custodia_tipos"
#: Where a migration says, by the kind, which sealed fields of its rows it changed: as JSON
#: ``{"campos": ["comuna"], "por": "migración 0022"}``.
MIGRATED_SETTING = "custodia_migrado:"
#: Rows that one transaction seals: others wait for it.
_AT_ONCE = 300


@dataclass
class _State:
    #: Digest of the fields of each kind that was begun.
    begun: dict[str, str]
    #: The kind that is being begun, and the last of its rows that were looked at.
    tipo: str | None = None
    after: int = 0
    #: Kinds of version 0.1, which had no chain of the office.
    caseless: list[str] = field(default_factory=list)


def begin(now: datetime) -> int:
    """Seal once what was there before its kind, or one of its fields, was sealed.

    Returns how many rows that were. It goes on where it was stopped, and does nothing when all is
    begun: a row that comes without a seal later was not written by the application, and stays a
    finding, as does one that contradicts its seal. Call it outside ``transaction()``: it has many
    short ones.
    """
    state, count = _read_state(), 0
    for source in list_sources():
        if state.begun.get(source.tipo) == _digest(source) and not _migration(source.tipo):
            continue
        if state.tipo != source.tipo:
            state.tipo, state.after = source.tipo, 0
        count += _begin_kind(source, state, now)
    release()
    return count


def begin_at_start(_config: object) -> dict[str, object]:
    """The same at each start of the installation."""
    begin(utcnow())
    return {}


def is_beginning() -> bool:
    """Whether what is there without a seal may only not have had its turn yet."""
    return _read_state().tipo is not None


def _begin_kind(source: SealSource, state: _State, now: datetime) -> int:
    count = 0
    for ids in iterate_rows(source, after=state.after, size=_AT_ONCE):
        with transaction():
            filas = _unsealed(source, ids, state)
            append(filas, now)
            count += len(filas)
            state.after = ids[-1]
            _keep(state)
    with transaction():
        state.begun[source.tipo] = _digest(source)
        state.tipo, state.after = None, 0
        if source.tipo in state.caseless:
            state.caseless.remove(source.tipo)
        _keep(state)
        if _migration(source.tipo):
            set_setting(MIGRATED_SETTING + source.tipo, "")
    return count


def _unsealed(source: SealSource, ids: list[int], state: _State) -> list[Fila]:
    """The rows of a part that are to be sealed, with what is sealed of them."""
    newest, migration = newest_links(source.tipo, ids), _migration(source.tipo)
    is_first = source.tipo not in state.begun
    found: list[Fila] = []
    for cadena, pk, content in read_rows(source, ids):
        link = newest.get(pk)
        if link is None:
            if is_first or (cadena == OFFICE_CHAIN and source.tipo in state.caseless):
                found.append((cadena, source.tipo, pk, content))
        elif link.contenido is not None and not is_tomb(link.contenido):
            changed = changed_fields(link.contenido, content).keys()
            if changed and migration and changed <= set(migration["campos"]):
                content = canonical({**json.loads(content), MIGRATED: migration["por"]})
                found.append((cadena, source.tipo, pk, content))
            elif not changed and lacks_fields(link.contenido, source.sealed.names):
                found.append((cadena, source.tipo, pk, content))
    return found


def _read_state() -> _State:
    stored = find_setting(_STATE)
    if stored:
        return _State(**json.loads(stored))
    if find_setting(_BEGUN) is None:
        return _State({})
    return _State(dict.fromkeys(_BEGUN_THEN, ""), caseless=list(_BEGUN_THEN))


def _keep(state: _State) -> None:
    set_setting(_STATE, json.dumps(vars(state), separators=(",", ":")))


def _migration(tipo: str) -> dict[str, Any] | None:
    stored = find_setting(MIGRATED_SETTING + tipo)
    return json.loads(stored) if stored else None


def _digest(source: SealSource) -> str:
    return hashlib.sha256(" ".join(sorted(source.sealed.names)).encode()).hexdigest()[:8]
