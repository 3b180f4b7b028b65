"""What a chain of custody is made of, and how it is told whether it still holds.

Each link seals the content of one row as it was, and the link before it of the same oficio. A link
is a plain SHA-256 over JSON, so that anybody can check a chain with other tools; whoever changes a
row by hand leaves a row that its link contradicts, or a link that the next one contradicts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from app.core.labels import Labelled

#: What the first link of an oficio stands on.
GENESIS = "0" * 64
#: A text in a finding is cut here; the whole one is in the row and in the link.
_SHOWN = 80


class Hallazgo(Labelled):
    """What can be wrong with a chain."""

    ALTERADO = "alterado", "Alterado"
    FALTA = "falta", "Falta"
    SIN_SELLO = "sin_sello", "Sin sello"
    DESORDEN = "desorden", "Fuera de orden"


@dataclass(frozen=True)
class ChainProblem:
    """One thing that was done behind the application's back, and where."""

    hallazgo: Hallazgo
    #: A Spanish sentence that names the place.
    texto: str
    #: The link's number in its oficio, when there is one.
    secuencia: int | None = None
    tipo: str | None = None
    fila_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As a review keeps it."""
        return {**vars(self), "hallazgo": self.hallazgo.value}


@dataclass(frozen=True)
class Sello:
    """A link as it is stored. Two with the same fields have the same hash."""

    oficio_id: int
    secuencia: int
    tipo: str
    fila_id: int
    #: Canonical JSON of the row.
    contenido: str
    contenido_hash: str
    anterior_hash: str
    hash: str
    created_at: datetime


def canonical(content: Mapping[str, Any]) -> str:
    """The one way of writing a content as text: sorted keys, no spaces, UTC, plain values.

    Raises:
        TypeError: it holds something that JSON does not know.
        ValueError: it holds a number that is none.
    """
    return json.dumps(
        content,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=_plain,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"a seal cannot hold a {type(value).__name__}")


def text_hash(text: str | None) -> str | None:
    """The SHA-256 of a long text, sealed instead of the text itself."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def link_hash(
    oficio_id: int,
    secuencia: int,
    tipo: str,
    fila_id: int,
    contenido_hash: str,
    anterior_hash: str,
    created_at: datetime,
) -> str:
    """The hash of a link, over all that it says and the link before it."""
    text = canonical(
        {
            "anterior": anterior_hash,
            "contenido": contenido_hash,
            "creado": created_at,
            "fila": fila_id,
            "oficio": oficio_id,
            "secuencia": secuencia,
            "tipo": tipo,
        }
    )
    return hashlib.sha256(text.encode()).hexdigest()


def make_sello(
    oficio_id: int,
    tipo: str,
    fila_id: int,
    content: Mapping[str, Any],
    previous: tuple[int, str],
    now: datetime,
) -> Sello:
    """The link that follows ``previous`` (its number and hash)."""
    secuencia, anterior_hash = previous[0] + 1, previous[1]
    contenido = canonical(content)
    contenido_hash = hashlib.sha256(contenido.encode()).hexdigest()
    digest = link_hash(oficio_id, secuencia, tipo, fila_id, contenido_hash, anterior_hash, now)
    return Sello(
        oficio_id, secuencia, tipo, fila_id, contenido, contenido_hash, anterior_hash, digest, now
    )


def check_chain(links: Sequence[Sello], head: tuple[int, str] | None) -> list[ChainProblem]:
    """What is wrong with the links themselves. ``links`` come by number; ``head`` is the last
    number and hash as the application left them."""
    problems = []
    previous, expected = GENESIS, 1
    hashes = {link.hash for link in links}
    for link in links:
        if problem := _check_link(link, previous, expected, hashes, head):
            problems.append(problem)
        previous, expected = link.hash, link.secuencia + 1
    last = (links[-1].secuencia, links[-1].hash) if links else (0, GENESIS)
    head_number, head_hash = head or (0, GENESIS)
    if head_number > last[0]:
        problems.append(_missing(last[0] + 1, head_number))
    elif (head_number, head_hash) != last and not problems:
        problems.append(
            ChainProblem(
                Hallazgo.ALTERADO,
                f"La cadena termina en el eslabón {last[0]}, pero Rastro dejó anotado otro final "
                f"(el {head_number}).",
                last[0],
            )
        )
    return problems


def _check_link(
    link: Sello, previous: str, expected: int, hashes: set[str], head: tuple[int, str] | None
) -> ChainProblem | None:
    """The first thing that is wrong with a link, or None."""

    def found(hallazgo: Hallazgo, text: str) -> ChainProblem:
        return ChainProblem(hallazgo, text, link.secuencia, link.tipo, link.fila_id)

    number = link.secuencia
    if hashlib.sha256(link.contenido.encode()).hexdigest() != link.contenido_hash:
        return found(Hallazgo.ALTERADO, f"El contenido sellado del eslabón {number} fue cambiado.")
    if _hash_as(link, number) != link.hash:
        limit = max(number, head[0] if head else 0)
        original = next((n for n in range(1, limit + 1) if _hash_as(link, n) == link.hash), None)
        if original is not None:
            return found(
                Hallazgo.DESORDEN, f"El eslabón {number} fue cambiado de lugar: era el {original}."
            )
        return found(Hallazgo.ALTERADO, f"El eslabón {number} fue cambiado.")
    if number > expected:
        return _missing(expected, number - 1)
    if link.anterior_hash != previous:
        if link.anterior_hash in hashes:
            return found(
                Hallazgo.DESORDEN, f"El eslabón {number} no sigue al que está antes de él."
            )
        return found(
            Hallazgo.FALTA, f"El eslabón {number} seguía a uno que ya no está o que fue cambiado."
        )
    return None


def _hash_as(link: Sello, secuencia: int) -> str:
    return link_hash(
        link.oficio_id,
        secuencia,
        link.tipo,
        link.fila_id,
        link.contenido_hash,
        link.anterior_hash,
        link.created_at,
    )


def _missing(first: int, last: int) -> ChainProblem:
    text = (
        f"Falta el eslabón {first}." if first == last else f"Faltan los eslabones {first} a {last}."
    )
    return ChainProblem(Hallazgo.FALTA, text, first)


def differences(sealed: str, current: Mapping[str, Any]) -> list[str]:
    """What a row says now that its seal contradicts, field by field, in words.

    A field that is younger than the seal is not in it and is not compared.
    """
    before: dict[str, Any] = json.loads(sealed)
    after: dict[str, Any] = json.loads(canonical(current))
    return [
        f"{name}: se selló {_quote(value)} y ahora dice {_quote(after.get(name))}"
        for name, value in before.items()
        if after.get(name) != value
    ]


def _quote(value: Any) -> str:
    if value is None:
        return "vacío"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"«{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}»"
