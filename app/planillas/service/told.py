"""Who is told that a list was imported, without being known here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.feature import asked_above
from app.planillas.models import Importacion
from app.usuarios.models import Usuario


@asked_above
def on_stored(importacion_id: int, oficio_ids: Collection[int], now: datetime) -> None:
    """Some cases of a list were stored, in the transaction that stores them; nobody sees them."""


@asked_above
def on_imported(
    importacion: Importacion,
    oficio_ids: Collection[int],
    actor: Usuario,
    now: datetime,
) -> None:
    """A list was imported, in the transaction that makes its cases; nobody has to know."""


@asked_above
def on_undone(importacion: Importacion, removed: int, actor: Usuario, now: datetime) -> None:
    """The cases of a list were taken back, in the transaction that says so; ``removed`` many."""
