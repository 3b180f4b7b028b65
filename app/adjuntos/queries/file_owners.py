"""Stored files of other features' rows; verification, moves and sweeps include them.

Features above name in ``Feature.keepers`` what lists their rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.feature import current_features


@dataclass(frozen=True)
class Guardado:
    """The files of one row of another feature."""

    #: What it is, for people: «expediente 7KQM-2R9P-XD3T, oficio 3».
    nombre: str
    almacen: str
    #: Key and SHA-256 of each file.
    keys: list[tuple[str, str | None]]
    #: Have the row name another storage, from and to, in the caller's transaction; False when the
    #: row does not name the first any more.
    mover: Callable[[str, str], bool]


Keeper = Callable[[], list[Guardado]]


def list_kept(almacen: str | None = None) -> list[Guardado]:
    """The rows of other features that name files, of one storage or of all."""
    rows = [row for keeper in current_features().keepers for row in keeper()]
    return [row for row in rows if almacen is None or row.almacen == almacen]
