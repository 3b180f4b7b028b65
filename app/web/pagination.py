"""Pages of a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import request, url_for

from app.db import COUNTED, count_some, db

PAGE_SIZE = 50
#: Maximum page number; a larger one would overflow the database's integer.
LAST_PAGE = 1_000_000


@dataclass(frozen=True)
class Page:
    """One page of rows, numbered from 1."""

    rows: list[Any]
    number: int
    #: ``COUNTED + 1`` for any number above ``COUNTED``, where they were not all counted.
    total: int
    size: int = PAGE_SIZE
    #: Where the list lives, with its filters; empty: at the address of this request. A list that
    #: also answers a form needs it, for its other pages are not where the form was sent.
    address: str = field(default="", kw_only=True)
    #: Whether a page follows, where the rows were counted up to ``COUNTED`` only.
    follows: bool | None = field(default=None, kw_only=True)

    @property
    def pages(self) -> int | None:
        """How many pages there are; an empty list has one. None: nobody counted them."""
        return None if self.follows is not None else max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        if self.follows is not None:
            return self.follows
        return self.number * self.size < self.total

    @property
    def is_one_of_many(self) -> bool:
        """Whether there are others, before or after it."""
        return self.number > 1 or self.has_next

    def url_for(self, number: int) -> str:
        """The address of another page of the same list with the same filters."""
        address = self.address or _here()
        return f"{address}{'&' if '?' in address else '?'}pagina={number}"


def _here() -> str:
    """The address of this request without its page, whatever words a stranger put into it."""
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    query = urlencode([pair for pair in request.args.items(multi=True) if pair[0] != "pagina"])
    return f"{path}?{query}" if query else path


def paginate(
    statement: sa.Select[Any],
    *,
    size: int = PAGE_SIZE,
    scalars: bool = True,
    address: str = "",
) -> Page:
    """Run a select for the page that the request asks for (``?pagina=``).

    The total is counted as far as anybody reads it, for a list that only grows stays as quick.
    """
    number = min(max(1, request.args.get("pagina", 1, type=int)), LAST_PAGE)
    total = count_some(statement)
    # One more than is shown tells whether a page follows.
    sliced = statement.limit(size + 1).offset((number - 1) * size)
    rows: list[Any] = list(db.session.scalars(sliced) if scalars else db.session.execute(sliced))
    follows = len(rows) > size if total > COUNTED else None
    return Page(rows[:size], number, total, size, address=address, follows=follows)
