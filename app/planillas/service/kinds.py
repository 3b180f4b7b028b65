"""What the engine is told of a kind of list."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Kind(Generic[Draft, Fila]):
    """One kind of list: its fields, how a row is judged and stored, and what the report says.

    Nothing here knows a request, so that a job may read as well as a page. A draft tells all that
    its reading depends on.
    """

    model: type[Draft]
    layout: Layout
    outcomes: type[enum.Enum]
    #: The states of a draft that waits, of one that was imported, and of one that was discarded.
    draft: enum.Enum
    imported: enum.Enum
    discarded: enum.Enum
    #: The column that tells since when a draft waits; where it is empty, ``created_at`` does.
    dated: str
    #: What somebody is told who imports what they have not seen, and who changes what is imported.
    stale: str
    closed: str
    #: Read a draft's corrections by people, and store them.
    review_of: Callable[[Draft], Review]
    keep_review: Callable[[Draft, Review], None]
    #: Parse and validate each row of an opened list; raises InvalidValue for the list as a whole.
    read: Callable[[Planilla, Draft, Review, datetime], Lectura[Fila]]
    #: Tell what becomes of each row beside the others and the database, in the same order.
    classify: Callable[[Draft, Sequence[Fila], datetime], list[Fila]]
    #: Mark a draft as discarded, and write down who did it.
    discard: Callable[[Draft, Usuario, datetime], None]
    #: What became of a row and which object was made of it, as JSON: at least ``fila``,
    #: ``resultado`` and ``detalle``.
    report_line: Callable[[Fila, Any], dict[str, Any]]
    #: Those of a report's lines that may be shown: none tells of a case that nobody works with.
    shown: Callable[[Draft, Sequence[dict[str, Any]]], list[dict[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class DirectKind(Kind[Draft, Fila]):
    """A kind of list whose rows are stored in one transaction, by whoever presses the button."""

    #: Make ready to import these rows: lock what must not change, raise Refused if it cannot be.
    #: Takes by name what a page asks for at that moment.
    prepare: Callable[..., None]
    #: Create the objects of the classified rows; returns them by the rows' ``clave``.
    store: Callable[[Draft, Sequence[Fila], Usuario, datetime], Mapping[str, Any]]
    #: Mark a draft, whose ``resultado`` and ``informe`` are set, as imported, and record it.
    close: Callable[[Draft, Lectura[Fila], Collection[Any], Usuario, datetime], None]
