"""Sealing the log of what left the house, and of who looked, once its rows are settled."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from app.core.sealed import OFFICE_CHAIN
from app.custodia.models import SelloDivulgaciones
from app.custodia.queries.settled_rows import (
    iterate_seals,
    list_seals_of,
    list_settled,
    moments_after,
    newest_seal,
    read_between,
    read_disclosures,
)
from app.custodia.rules import (
    DIGESTS,
    ERASURE,
    ChainProblem,
    Digests,
    canonical,
    check_digests,
    check_moments,
    digest_of,
    read_digests,
    write_digests,
)
from app.custodia.service.appending import append
from app.custodia.service.collecting import current_reason
from app.db import db


def seal_settled(now: datetime) -> int:
    """Seal the next disclosures that nobody adds to any more; returns how many, 0 when all are.

    The next call goes on where this one ended, also when that was long ago.
    """
    newest = newest_seal()
    after = newest.hasta_id if newest else 0
    rows = list_settled(after, now)
    if not rows:
        return 0
    digests: Digests = {row.id: digest_of(row.contenido) for row in rows}
    db.session.add(
        SelloDivulgaciones(
            desde_id=after + 1,
            hasta_id=rows[-1].id,
            filas=len(rows),
            huellas=write_digests(digests),
            created_at=now,
        )
    )
    db.session.flush()
    return len(rows)


def seal_disclosures_anew(ids: Collection[int], now: datetime) -> None:
    """Seal disclosures as they are now that a law ordered to erase something of them.

    Call it in the transaction that changed them, after it did. Their old digests and salts go; a
    link «borrado por ley» names the rows, and why: what ``removal_reason`` says.
    """
    contents = {row.id: row.contenido for row in read_disclosures(ids)}
    for seal in list_seals_of(sorted(ids)):
        try:
            digests = read_digests(seal.huellas)
        except ValueError:
            continue  # somebody changed the seal, which the chain tells; what is erased goes anyway
        cut = sorted(set(ids) & digests.keys())
        if not cut:
            continue
        for pk in cut:
            digests[pk] = digest_of(contents[pk]) if pk in contents else None
        seal.huellas = write_digests(digests)
        told = {"eslabones": [], "filas": cut, "motivo": current_reason(), "tipo": "divulgacion"}
        append([(OFFICE_CHAIN, ERASURE, 0, canonical(told))], now)
    db.session.flush()


def check_settled() -> Iterator[ChainProblem]:
    """What is wrong with the disclosures that were sealed; the seals themselves the chain tells."""
    last, sealed_until = 0, None
    for seal in iterate_seals():
        # Whatever stands before the first one was put there.
        first = None if last == 0 and seal.desde_id <= 1 else seal.desde_id
        rows = read_between(first, seal.hasta_id)
        try:
            digests = read_digests(seal.huellas)
        except ValueError:
            digests = None  # of what was changed itself, the chain tells
        if digests is not None:
            yield from check_digests(digests, {row.id: row.contenido for row in rows})
        if sealed_until is not None:
            yield from check_moments({row.id: row.created_at for row in rows}, sealed_until)
        last = seal.hasta_id
        # A full one may have left older ones for the next.
        sealed_until = seal.created_at if seal.filas < DIGESTS else None
    if sealed_until is not None:
        yield from check_moments(moments_after(last), sealed_until)
