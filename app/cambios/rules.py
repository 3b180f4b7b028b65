"""What a statement reads and writes, and the tag of a page."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Self

from app.core.clock import local_today

#: Seconds after which a page is made anew although nothing was written: it says how long ago
#: something was, or leaves out what is over by now.
LONGEST = 60
#: The same for a part of an open page, which somebody watches: as long as between two heartbeats.
LONGEST_OPEN = 15
_WRITTEN = re.compile(
    r"\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|DELETE\s+FROM|(?<!FOR )UPDATE"
    r"(?:\s+OR\s+\w+)?)\s+(?:ONLY\s+)?\"?(\w+)",
    re.IGNORECASE,
)
_NAME = re.compile(r"\w+")
#: A table is named at the beginning of a statement that writes; its values may be megabytes.
_BEGINNING = 200
_TAG = re.compile(r'W/"([0-9a-f]+)-([0-9a-f]+)-([0-9a-f]{32})"')


def written_tables(statement: str) -> Iterable[str]:
    """The names that a statement writes to: one, or those of its ``WITH``."""
    kind = statement[:12].lstrip()[:6].upper()
    if kind in {"SELECT", "PRAGMA", "BEGIN ", "BEGIN"}:
        return ()
    if kind == "TRUNCA":
        return _NAME.findall(statement)
    if kind.startswith("WITH"):
        return _WRITTEN.findall(statement)
    return _named_at_its_beginning(statement[:_BEGINNING])


@lru_cache(maxsize=2048)
def _named_at_its_beginning(text: str) -> tuple[str, ...]:
    return tuple(_WRITTEN.findall(text))


def is_delete(statement: str) -> bool:
    """Whether a statement deletes rows, so that references to them may do something as well."""
    return statement[:_BEGINNING].lstrip()[:6].upper() in {"DELETE", "REPLAC", "TRUNCA"}


@lru_cache(maxsize=2048)
def named_in(statement: str, tables: frozenset[str]) -> frozenset[str]:
    """The tables whose name occurs in a statement: all that it reads, or more than these."""
    return tables.intersection(_NAME.findall(statement))


@lru_cache(maxsize=4)
def _bits(names: tuple[str, ...]) -> dict[str, int]:
    """Each table's bit, by its place."""
    return {name: 1 << place for place, name in enumerate(names)}


@lru_cache(maxsize=1024)
def _marked(names: tuple[str, ...], mask: int) -> tuple[str, ...]:
    """The tables of a mask: pages of a kind read the same ones."""
    return tuple(name for name, bit in _bits(names).items() if mask & bit)


@dataclass(frozen=True)
class Tag:
    """The ETag of a page: what it was made of, so that nothing has to be remembered of it."""

    #: The tables that were read, each a bit by its place among all of them.
    mask: int
    #: When it was made, in seconds.
    made: int
    digest: str

    @classmethod
    def read(cls, header: str) -> Self | None:
        """The tag that a browser sends; None for anything else."""
        found = _TAG.fullmatch(header.strip())
        if found is None:
            return None
        return cls(int(found[1], 16), int(found[2], 16), found[3])

    @classmethod
    def of(
        cls,
        key: bytes,
        about: str,
        tables: Collection[str],
        stamps: Mapping[str, str],
        names: tuple[str, ...],
        made: int,
    ) -> Self | None:
        """The tag of a page that shows ``tables``; None if one of them has no stamp.

        ``about`` is all else that it depends on, and ``names`` are all tables in a fixed order.
        """
        if any(name not in stamps for name in tables):
            return None
        bits = _bits(names)
        mask = sum([bits[name] for name in set(tables) if name in bits])
        shown = "\n".join(f"{name} {stamps[name]}" for name in sorted(tables))
        text = f"{about}\n{made}\n{shown}"
        return cls(mask, made, hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32])

    def tables(self, names: tuple[str, ...]) -> list[str]:
        """The tables that its page read."""
        return list(_marked(names, self.mask))

    def is_of_now(self, now: datetime, longest: int = LONGEST) -> bool:
        """Whether the clock alone changes nothing of note since it was made.

        What was shown to whom is recorded once an hour, so the first page of an hour is made anew.
        """
        moment = int(now.timestamp())
        if not 0 <= moment - self.made < longest:
            return False
        made = datetime.fromtimestamp(self.made, now.tzinfo)
        return local_today(made) == local_today(now) and made.hour == now.hour

    def __str__(self) -> str:
        return f'W/"{self.mask:x}-{self.made:x}-{self.digest}"'
