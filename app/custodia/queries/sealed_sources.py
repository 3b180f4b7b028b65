"""What is sealed. Features above bring their sources in ``Feature.sealed``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.feature import current_features


@dataclass(frozen=True)
class SealedKind:
    """A kind of row that is sealed."""

    #: As links name it; at most 20 characters.
    tipo: str
    #: How a row is called in a finding: «la entrada de la bitácora».
    label: str
    #: The rows of an oficio as they are now, by id, with the content that a seal holds.
    load: Callable[[int], Iterable[tuple[int, Mapping[str, Any]]]]


def list_sources() -> list[SealedKind]:
    """Every kind of row that is sealed."""
    return list(current_features().sealed.values())


def row_label(tipo: str) -> str:
    """How a row of that kind is called; a kind that no longer exists keeps its bare name."""
    source = current_features().sealed.get(tipo)
    return source.label if source else tipo
