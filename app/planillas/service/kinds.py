"""What the engine asks of a kind of list."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from app.avistamientos.models import Listado
from app.planillas.models import Importacion
from app.planillas.rules.layout import Layout, Lectura
from app.planillas.rules.rows import FilaLeida, Review
from app.planillas.rules.sheets import Planilla
from app.usuarios.models import Usuario

#: A list on its way in.
Draft = TypeVar("Draft", Importacion, Listado)
#: A row of it as its kind reads it.
Fila = TypeVar("Fila", bound=FilaLeida[Any])


class Kind(ABC, Generic[Draft, Fila]):
    """One kind of list: its fields, how a row is judged and stored, and what the report says.

    Nothing here knows a request, so that a job may read and import as well as a page. A draft tells
    all that its reading depends on, and ``store`` takes any part of the rows.
    """

    model: type[Draft]
    layout: Layout
    outcomes: type[enum.Enum]
    #: The states of a draft that was imported, and of one that was discarded.
    imported: Any
    discarded: Any
    #: What somebody is told who imports what they have not seen, and who changes what is imported.
    stale: str
    closed: str

    @abstractmethod
    def review_of(self, draft: Draft) -> Review:
        """What people changed of the reading of a draft so far."""

    @abstractmethod
    def keep_review(self, draft: Draft, review: Review) -> None:
        """Store what a person changed of the reading."""

    @abstractmethod
    def read(
        self, planilla: Planilla, draft: Draft, review: Review, *, now: datetime
    ) -> Lectura[Fila]:
        """Judge every row of an opened list by itself.

        Raises:
            InvalidValue: the list as a whole makes no sense.
        """

    @abstractmethod
    def classify(self, draft: Draft, filas: Sequence[Fila], *, now: datetime) -> list[Fila]:
        """Tell what becomes of each row beside the others and the database, in the same order."""

    @abstractmethod
    def lock(self, draft: Draft) -> None:
        """Lock what must not change while rows are stored, before the draft itself is locked."""

    @abstractmethod
    def prepare(self, draft: Draft, filas: Sequence[Fila], *, now: datetime) -> None:
        """Make ready for the import of these rows.

        Raises:
            Refused: the list cannot be imported as things stand.
        """

    @abstractmethod
    def store(
        self, draft: Draft, filas: Sequence[Fila], *, actor: Usuario, now: datetime
    ) -> Mapping[int, Any]:
        """Make what the classified rows tell of; return the new objects by number of row."""

    @abstractmethod
    def close(
        self,
        draft: Draft,
        lectura: Lectura[Fila],
        made: Collection[Any],
        *,
        actor: Usuario,
        now: datetime,
    ) -> None:
        """Mark a list as imported whose ``resultado`` and ``informe`` are known, and tell of it."""

    @abstractmethod
    def discard(self, draft: Draft, *, actor: Usuario, now: datetime) -> None:
        """Mark a list as discarded, and write down who did."""

    @abstractmethod
    def report_line(self, fila: Fila, made: Any = None) -> dict[str, Any]:
        """What became of a row, as JSON: at least ``fila``, ``resultado`` and ``detalle``."""
