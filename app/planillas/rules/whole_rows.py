"""A case as rows of a list that, imported again, makes the same case: one thing in each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

#: What a row of a list has, by field.
Fila = Mapping[str, Any]


@dataclass(frozen=True)
class PartesDelCaso:
    """What papers say of a case, by field; persons and addresses in the order they came in."""

    buffet: str
    #: The order and its vehicle.
    oficio: Fila
    personas: Sequence[Fila] = ()
    direcciones: Sequence[Fila] = ()


def rows_of_case(caso: PartesDelCaso) -> list[dict[str, Any]]:
    """The rows of a case: the first with the order, the vehicle, a person and an address, each
    further one with a person or an address and the number and plate by which rows merge.

    Two persons, or two addresses, that say exactly the same are told once.
    """
    key = {name: caso.oficio[name] for name in ("numero_oficio", "patente")}
    pairs = list(zip_longest(_once(caso.personas), _once(caso.direcciones))) or [(None, None)]
    return [
        {
            **(key if index else caso.oficio),
            **(persona or {}),
            **(direccion or {}),
            "un_dato": "sí",
            "buffet": caso.buffet,
        }
        for index, (persona, direccion) in enumerate(pairs)
    ]


def _once(parts: Sequence[Fila]) -> list[Fila]:
    return [part for index, part in enumerate(parts) if part not in parts[:index]]
