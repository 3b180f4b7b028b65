"""What a chain of custody is made of, and how it is told whether it still holds.

Each link seals the content of one row as it was, and the link before it of the same chain: that of
an oficio, or the office's. Whoever changes a row by hand leaves a row that its link contradicts, or
a link that the next one contradicts. A link is a SHA-256 over JSON, so that anybody can check a
chain with other tools. What it holds of the content is a commitment: the SHA-256 of a random salt
and the content. Where a law orders to erase a content, both are destroyed, nobody can guess it from
what remains, and the chain still holds; a tomb says why.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from app.core.labels import Labelled
from app.core.sealed import OFFICE_CHAIN

#: What the first link of a chain stands on.
GENESIS = "0" * 64
#: How a link is made: without a salt, as in version 0.1, or with one.
UNSALTED, SALTED = 1, 2
#: The kind of link that says which earlier links were erased, and by which rule or request.
ERASURE = "borrado"
#: What a tomb says of a row that was removed, before the reason; fields never begin so.
_REMOVED = "_retirada"
#: Why a row was sealed anew although nobody changed it: the migration that did.
MIGRATED = "_migracion"
#: What was sealed of fields that already said something else when the application changed others.
_ALTERED = "_antes"
#: A disclosure younger than this may still get cases: a look is added to for an hour.
SETTLED = timedelta(hours=2)
#: So many disclosures have their digests in one row. Fewer: there were no more then.
DIGESTS = 500
#: A clock that is wrong by less says nothing about who wrote a row.
_CLOCK_ERROR = timedelta(days=1)
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
    #: The link's number in its chain, when there is one.
    secuencia: int | None = None
    tipo: str | None = None
    fila_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """As a review keeps it."""
        return {**vars(self), "hallazgo": self.hallazgo.value}


@dataclass(frozen=True)
class Anchored:
    """Where a chain ended in a night whose root somebody outside may hold."""

    secuencia: int
    hash: str
    #: Number and night of the anchor.
    numero: int
    fecha: date


@dataclass(frozen=True)
class Sello:
    """A link as it is stored. Two with the same fields have the same hash."""

    #: The id of its oficio, or ``OFFICE_CHAIN``.
    cadena: int
    secuencia: int
    tipo: str
    fila_id: int
    formato: int
    #: Canonical JSON of the row; None once it was erased.
    contenido: str | None
    #: 32 random bytes as hexadecimal digits; erased with the content.
    sal: str | None
    contenido_hash: str
    anterior_hash: str
    hash: str
    created_at: datetime


def chain_name(cadena: int) -> str:
    """How a chain is called: «oficio 12», «la oficina»."""
    return "la oficina" if cadena == OFFICE_CHAIN else f"oficio {cadena}"


def canonical(content: Mapping[str, Any]) -> str:
    """The one way of writing a content as text: sorted keys, no spaces, UTC, plain values.

    Raises:
        TypeError: it holds something that JSON does not know.
        ValueError: it holds a number that is none.
    """
    return _CANONICAL.encode(content)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"a seal cannot hold a {type(value).__name__}")


# Made once: an import writes sixty thousand of these texts.
_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
)


def text_hash(text: str | None) -> str | None:
    """The SHA-256 of a long text, sealed instead of the text itself."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def tomb(reason: str) -> str:
    """The content of the link that says that a row was removed, and why."""
    return canonical({_REMOVED: reason})


def is_tomb(contenido: str | None) -> bool:
    """Whether a link says that its row was removed."""
    return contenido is not None and contenido.startswith(TOMB_START)


#: How the content of every such link begins, for who selects them.
TOMB_START = f'{{"{_REMOVED}":'


def content_hash(contenido: str, sal: str | None) -> str:
    """The commitment to a content: SHA-256 of the salt's bytes, if any, and the text."""
    return hashlib.sha256(bytes.fromhex(sal or "") + contenido.encode()).hexdigest()


def _link_hash(link: Sello, secuencia: int) -> str:
    return hashlib.sha256(link_text(link, secuencia).encode()).hexdigest()


def link_text(link: Sello, secuencia: int) -> str:
    """What the hash of a link at that place is over: all that it says and the link before it."""
    return _text_of_link(vars(link), secuencia)


def _text_of_link(link: Mapping[str, Any], secuencia: int) -> str:
    chain = (
        {"oficio": link["cadena"]}
        if link["formato"] == UNSALTED
        else {"cadena": link["cadena"], "formato": link["formato"]}
    )
    return canonical(
        {
            **chain,
            "anterior": link["anterior_hash"],
            "contenido": link["contenido_hash"],
            "creado": link["created_at"],
            "fila": link["fila_id"],
            "secuencia": secuencia,
            "tipo": link["tipo"],
        }
    )


class ContenidoSellado(NamedTuple):
    """A content with its commitment, which can be made before the link that holds it."""

    contenido: str
    #: 32 random bytes as hexadecimal digits.
    sal: str
    contenido_hash: str


def commit_to(contenido: str, sal: str | None = None) -> ContenidoSellado:
    """Commit to a content, with a salt of its own."""
    sal = sal or os.urandom(32).hex()
    return ContenidoSellado(contenido, sal, content_hash(contenido, sal))


def make_sello(
    cadena: int,
    tipo: str,
    fila_id: int,
    contenido: str,
    previous: tuple[int, str],
    now: datetime,
    *,
    sal: str | None = None,
) -> Sello:
    """The link that follows ``previous`` (its number and hash), with a salt of its own."""
    row = (cadena, tipo, fila_id, commit_to(contenido, sal))
    return Sello(**next(make_links([row], {cadena: previous}, now)))


#: Chain, kind and id of a row, and what its link commits to.
NewLink = tuple[int, str, int, ContenidoSellado]


def make_links(
    rows: Iterable[NewLink], heads: dict[int, tuple[int, str]], now: datetime
) -> Iterator[dict[str, Any]]:
    """The link of each row, as it is stored (:class:`Sello`), in their order.

    ``heads`` are number and hash of the last link of each chain, and are kept up to date.
    """
    created = _plain(now)
    for cadena, tipo, fila_id, (contenido, sal, contenido_hash) in rows:
        last, anterior = heads[cadena]
        link: dict[str, Any] = {
            "cadena": cadena,
            "secuencia": last + 1,
            "tipo": tipo,
            "fila_id": fila_id,
            "formato": SALTED,
            "contenido": contenido,
            "sal": sal,
            "contenido_hash": contenido_hash,
            "anterior_hash": anterior,
            "created_at": now,
        }
        text = _text_of_new(link, created)
        link["hash"] = hashlib.sha256(text.encode()).hexdigest()
        heads[cadena] = (last + 1, link["hash"])
        yield link


def _text_of_new(link: Mapping[str, Any], created: str) -> str:
    """The text of a link that is made here, as :func:`_text_of_link` writes it, in a fifth of the
    time: all that it says are numbers, and words without a sign that JSON escapes.
    """
    if not link["anterior_hash"].isalnum() or not link["tipo"].replace("_", "").isalnum():
        return _text_of_link(link, link["secuencia"])
    return (
        f'{{"anterior":"{link["anterior_hash"]}","cadena":{link["cadena"]},'
        f'"contenido":"{link["contenido_hash"]}","creado":"{created}",'
        f'"fila":{link["fila_id"]},"formato":{link["formato"]},'
        f'"secuencia":{link["secuencia"]},"tipo":"{link["tipo"]}"}}'
    )


class ChainCheck:
    """Reads a chain link by link, by number, and says what is wrong with the links themselves.

    It keeps nothing of a link but what was erased, so that a chain of any length can be read.
    """

    #: So many findings are told apart as «moved»; a chain that is all wrong is not searched.
    _SEARCHED = 20

    def __init__(self, head: tuple[int, str] | None, is_known: Callable[[str], bool]) -> None:
        """``head`` is the last number and hash as the application left them; ``is_known`` tells
        whether a hash is that of any link of the chain."""
        self.problems: list[ChainProblem] = []
        #: Number and hash of the last link that was read.
        self.last = (0, GENESIS)
        self._head = head or (0, GENESIS)
        self._is_known = is_known
        #: Links without content, by number; those that tombs name, by the number of the tomb.
        self._blank: dict[int, Sello] = {}
        self._erased: dict[int, int] = {}

    def read(self, link: Sello) -> None:
        """Take the next link."""
        if problem := self._find_problem(link):
            self.problems.append(problem)
        elif link.contenido is not None and f'"{_ALTERED}":' in link.contenido:
            self._tell_altered(link)
        elif link.tipo == ERASURE and link.contenido is not None:
            for number in json.loads(link.contenido)["eslabones"]:
                self._erased[number] = link.secuencia
        if link.contenido is None:
            self._blank[link.secuencia] = link
        self.last = (link.secuencia, link.hash)

    def is_erased(self, secuencia: int) -> bool:
        """Whether a tomb says that the content of that link was erased."""
        return self._erased.get(secuencia, 0) > secuencia

    def end(self) -> list[ChainProblem]:
        """All that is wrong, once every link was read."""
        for number, link in self._blank.items():
            if not self.is_erased(number):
                text = f"El contenido sellado del eslabón {number} no está y nada dice por qué."
                self.problems.append(_found(link, Hallazgo.FALTA, text))
        head_number = self._head[0]
        if head_number > self.last[0]:
            self.problems.append(_missing(self.last[0] + 1, head_number))
        elif self._head != self.last and not self.problems:
            self.problems.append(
                ChainProblem(
                    Hallazgo.ALTERADO,
                    f"La cadena termina en el eslabón {self.last[0]}, pero Rastro dejó anotado "
                    f"otro final (el {head_number}).",
                    self.last[0],
                )
            )
        return self.problems

    def _tell_altered(self, link: Sello) -> None:
        content = json.loads(link.contenido or "{}")
        altered = content.get(_ALTERED)
        if altered:
            told = "; ".join(
                f"{name}: se selló {_quote(value)} y decía {_quote(content.get(name))}"
                for name, value in altered.items()
            )
            text = f"Antes del eslabón {link.secuencia} alguien ya había cambiado su fila: {told}."
            self.problems.append(_found(link, Hallazgo.ALTERADO, text))

    def _find_problem(self, link: Sello) -> ChainProblem | None:
        """The first thing that is wrong with a link, or None."""
        number, expected = link.secuencia, self.last[0] + 1
        if link.contenido is not None and _has_other_content(link):
            text = f"El contenido sellado del eslabón {number} fue cambiado."
            return _found(link, Hallazgo.ALTERADO, text)
        if _link_hash(link, number) != link.hash:
            if original := self._find_place(link):
                text = f"El eslabón {number} fue cambiado de lugar: era el {original}."
                return _found(link, Hallazgo.DESORDEN, text)
            return _found(link, Hallazgo.ALTERADO, f"El eslabón {number} fue cambiado.")
        if number > expected:
            return _missing(expected, number - 1)
        if link.anterior_hash != self.last[1]:
            if self._is_known(link.anterior_hash):
                text = f"El eslabón {number} no sigue al que está antes de él."
                return _found(link, Hallazgo.DESORDEN, text)
            text = f"El eslabón {number} seguía a uno que ya no está o que fue cambiado."
            return _found(link, Hallazgo.FALTA, text)
        return None

    def _find_place(self, link: Sello) -> int | None:
        if len(self.problems) > self._SEARCHED:
            return None
        limit = max(link.secuencia, self._head[0])
        return next((n for n in range(1, limit + 1) if _link_hash(link, n) == link.hash), None)


def check_chain(links: Collection[Sello], head: tuple[int, str] | None) -> list[ChainProblem]:
    """What is wrong with the links of a whole chain, which come by number."""
    hashes = {link.hash for link in links}
    check = ChainCheck(head, hashes.__contains__)
    for link in links:
        check.read(link)
    return check.end()


def _has_other_content(link: Sello) -> bool:
    try:
        return content_hash(link.contenido or "", link.sal) != link.contenido_hash
    except ValueError:
        return True  # what stands for the salt is none


def _found(link: Sello, hallazgo: Hallazgo, text: str) -> ChainProblem:
    return ChainProblem(hallazgo, text, link.secuencia, link.tipo, link.fila_id)


def _missing(first: int, last: int) -> ChainProblem:
    text = (
        f"Falta el eslabón {first}." if first == last else f"Faltan los eslabones {first} a {last}."
    )
    return ChainProblem(Hallazgo.FALTA, text, first)


def differences(sealed: str, current: str) -> list[str]:
    """What a row says now that its seal contradicts, field by field, in words.

    Both are canonical JSON. A field that is younger than the seal is not in it and is not compared.
    """
    after = json.loads(current)
    return [
        f"{name}: se selló {_quote(value)} y ahora dice {_quote(after.get(name))}"
        for name, value in changed_fields(sealed, current).items()
    ]


def changed_fields(sealed: str, current: str) -> dict[str, Any]:
    """What a seal holds of the fields in which it contradicts a row, by their names."""
    before, after = json.loads(sealed), json.loads(current)
    return {
        name: value
        for name, value in before.items()
        if not name.startswith("_") and after.get(name) != value
    }


def with_altered(sealed: str, current: str, changed: Collection[str]) -> str:
    """The content of a row, with what was sealed of fields that somebody else altered before.

    ``changed`` are those that the application itself changes now. So its next change of a row does
    not cover up what was done behind its back.
    """
    altered = {
        name: value
        for name, value in changed_fields(sealed, current).items()
        if name not in changed
    }
    return canonical({**json.loads(current), _ALTERED: altered}) if altered else current


def lacks_fields(sealed: str, names: Iterable[str]) -> bool:
    """Whether a seal is older than one of these fields."""
    return not json.loads(sealed).keys() >= set(names)


#: Salt and digest of rows, by their numbers; None where a row was removed.
Digests = dict[int, tuple[str, str] | None]


def digest_of(contenido: str) -> tuple[str, str]:
    """A salt and the digest of a content with it: nobody can guess the content once both go."""
    sal = os.urandom(16).hex()
    return sal, content_hash(contenido, sal)


def write_digests(digests: Digests) -> str:
    """Digests as they are stored and sealed."""
    return canonical({str(key): digests[key] for key in sorted(digests)})


def read_digests(stored: str) -> Digests:
    """What ``write_digests`` wrote.

    Raises:
        ValueError: somebody else wrote it.
    """
    try:
        return {
            int(key): None if pair is None else (str(pair[0]), str(pair[1]))
            for key, pair in json.loads(stored).items()
        }
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError("these are no digests") from error


def check_digests(digests: Digests, contents: Mapping[int, str]) -> Iterator[ChainProblem]:
    """What is wrong with disclosures that were sealed together, row by row."""
    for key in sorted(digests.keys() | contents.keys()):
        pair, content = digests.get(key), contents.get(key)
        name = f"la divulgación n.º {key}"
        if content is None:
            if pair is not None:
                yield _of_row(Hallazgo.FALTA, key, f"Ya no está {name}, que se había sellado.")
        elif key not in digests:
            text = f"Nadie selló {name}: se puso entre otras que ya estaban selladas."
            yield _of_row(Hallazgo.SIN_SELLO, key, text)
        elif pair is None:
            yield _of_row(Hallazgo.ALTERADO, key, f"Volvió a aparecer {name}, que se retiró.")
        elif not _is_digest(pair, content):
            text = f"Se cambió {name}, o los casos que nombra, después de sellarla."
            yield _of_row(Hallazgo.ALTERADO, key, text)


def check_moments(
    moments: Mapping[int, datetime], sealed_until: datetime
) -> Iterator[ChainProblem]:
    """Disclosures that say to be older than what had been sealed when they were written."""
    for key, moment in moments.items():
        if moment < sealed_until - SETTLED - _CLOCK_ERROR:
            text = (
                f"La divulgación n.º {key} dice ser del {moment:%d-%m-%Y}, y se escribió después "
                f"de lo que se selló el {sealed_until:%d-%m-%Y}."
            )
            yield _of_row(Hallazgo.DESORDEN, key, text)


def _is_digest(pair: tuple[str, str], content: str) -> bool:
    try:
        return content_hash(content, pair[0]) == pair[1]
    except ValueError:
        return False  # what stands for the salt is none


def _of_row(hallazgo: Hallazgo, key: int, text: str) -> ChainProblem:
    return ChainProblem(hallazgo, text, None, "divulgacion", key)


def _quote(value: Any) -> str:
    if value is None:
        return "vacío"
    if isinstance(value, bool):
        return "«sí»" if value else "«no»"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"«{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}»"
