"""What an erasure did, counted step by step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.custodia.service import count_unsalted, erase_sealed
from app.feature import current_features

#: Rows that one transaction changes: others wait to write meanwhile.
_AT_ONCE = 20


@dataclass
class Recuento:
    """What an erasure did, by the names of tables and the keys of rows."""

    vaciadas: dict[str, list[Any]] = field(default_factory=dict)
    borradas: dict[str, list[Any]] = field(default_factory=dict)
    #: Table, key and columns of rows from which words were cut.
    recortadas: list[list[Any]] = field(default_factory=list)
    #: The same of rows whose text somebody decided to empty.
    decididas: list[list[Any]] = field(default_factory=list)
    #: Kind and row of seals that were destroyed.
    sellos: dict[str, list[int]] = field(default_factory=dict)
    eslabones: int = 0
    #: Of those, links without a salt: their hash stays, and what was sealed can be guessed by it.
    sin_sal: int = 0
    archivos: list[list[str]] = field(default_factory=list)
    por_juzgar: list[dict[str, Any]] = field(default_factory=list)
    #: What other machines were told, which no erasure here can reach.
    copias: list[str] = field(default_factory=list)

    def seal_gone(self, tipo: str, ids: Collection[int], reason: str, now: datetime) -> None:
        """Destroy what links hold of rows, and count it."""
        if not ids or tipo not in current_features().sealed:
            return
        self.sin_sal += count_unsalted(tipo, ids)
        self.eslabones += erase_sealed(tipo, ids, reason=reason, now=now)
        known = self.sellos.setdefault(tipo, [])
        known += sorted(set(ids) - set(known))

    def add(self, more: Mapping[str, Any]) -> None:
        """Count also what another step did."""
        for mine, other in (
            (self.vaciadas, more.get("vaciadas", {})),
            (self.borradas, more.get("borradas", {})),
            (self.sellos, more.get("sellos", {})),
        ):
            for name, ids in other.items():
                mine[name] = list(dict.fromkeys([*mine.get(name, ()), *ids]))
        self.recortadas += more.get("recortadas", ())
        self.decididas += more.get("decididas", ())
        self.eslabones += more.get("eslabones", 0)
        self.sin_sal += more.get("sin_sal", 0)
        self.archivos += more.get("archivos", ())
        self.copias = list(dict.fromkeys([*self.copias, *more.get("copias", ())]))
        judged = self.por_juzgar  # a step that is done again finds the same once more
        self.por_juzgar += [each for each in more.get("por_juzgar", ()) if each not in judged]


#: Opens a transaction, and gives the count to which what is done in it is added and stored.
Step = Callable[[], AbstractContextManager[Recuento]]


def few(keys: list[Any], most: int = _AT_ONCE) -> Iterator[list[Any]]:
    """Rows in parts that one transaction changes."""
    for start in range(0, len(keys), most):
        yield keys[start : start + most]
