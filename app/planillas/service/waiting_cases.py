"""The cases of a list that its job has still to store, in the order of their rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable

import sqlalchemy as sa

from app.db import db, release
from app.oficios.service import CasoData
from app.planillas.models import FilaEnCarga
from app.planillas.rules.oficio_outcomes import Resultado
from app.planillas.service.new_oficios import case_from_text

#: Rows that one question reads after a job was interrupted.
_READ_AT_ONCE = 500
_FILAS = FilaEnCarga.metadata.tables[FilaEnCarga.__tablename__]
_IMPORTED = [one.value for one in Resultado if one.is_imported]


class WaitingCases:
    """Cases by the place of their row: those that were just staged, or what the database keeps."""

    def __init__(
        self, importacion_id: int, staged: Iterable[tuple[int, CasoData]] | None = None
    ) -> None:
        """``staged`` are all of them, as who staged them still knows them."""
        self.importacion_id = importacion_id
        self._known = deque(staged or ())
        self._is_all = staged is not None

    def first(self, count: int) -> list[tuple[int, CasoData]]:
        """So many of them, or as many as there are; they go on waiting."""
        if len(self._known) < count and not self._is_all:
            self._read_on(count)
        return [self._known[index] for index in range(min(count, len(self._known)))]

    def drop(self, count: int) -> None:
        """The first ones wait no more."""
        for _ in range(count):
            self._known.popleft()

    def leave_out(self, places: Collection[int]) -> None:
        """These rows make no case."""
        self._known = deque(one for one in self._known if one[0] not in places)

    def read_anew(self) -> None:
        """Forget what is known: the database has been changed by another attempt of the job."""
        self._known.clear()
        self._is_all = False

    def _read_on(self, count: int) -> None:
        after = self._known[-1][0] if self._known else -1
        rows = db.session.execute(
            sa.select(_FILAS.c.orden, _FILAS.c.datos)
            .where(*are_waiting(self.importacion_id), _FILAS.c.orden > after)
            .order_by(_FILAS.c.orden)
            .limit(max(count, _READ_AT_ONCE))
        ).all()
        release()
        self._is_all = len(rows) < max(count, _READ_AT_ONCE)
        self._known.extend((row.orden, case_from_text(row.datos)) for row in rows)


def are_waiting(importacion_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """What holds for the rows of a list that have still to become a case."""
    return (
        _FILAS.c.importacion_id == importacion_id,
        _FILAS.c.caso_id.is_(None),
        _FILAS.c.resultado.in_(_IMPORTED),
    )
