"""Reading chains and their reviews."""

from __future__ import annotations

import sqlalchemy as sa

from app.custodia.models import Cabeza, Eslabon, Revision
from app.custodia.rules import Sello
from app.db import db

#: The table of a feature above this one: only its key is of interest here.
OFICIOS = sa.table("oficios", sa.column("id", sa.Integer))
_HEAD = sa.select(Cabeza.secuencia, Cabeza.hash).where(
    Cabeza.oficio_id == sa.bindparam("oficio_id")
)


def find_head(oficio_id: int) -> tuple[int, str] | None:
    """The number and the hash of an oficio's last link, as the application left them."""
    # On the connection: it is asked for with every link, and needs nothing of the session.
    row = db.session.connection().execute(_HEAD, {"oficio_id": oficio_id}).one_or_none()
    return (row.secuencia, row.hash) if row else None


def list_links(oficio_id: int) -> list[Sello]:
    """The chain of an oficio, by number."""
    columns = [getattr(Eslabon, name) for name in Sello.__dataclass_fields__]
    rows = db.session.execute(
        sa.select(*columns).where(Eslabon.oficio_id == oficio_id).order_by(Eslabon.secuencia)
    )
    return [Sello(*row) for row in rows]


def list_oficio_ids() -> list[int]:
    """Every oficio, and those that have a chain although the oficio itself is gone."""
    statement = sa.union(sa.select(OFICIOS.c.id), sa.select(Cabeza.oficio_id)).order_by("id")
    return list(db.session.scalars(statement))


def find_review(oficio_id: int) -> Revision | None:
    """The outcome of the last verification, for the mark on the case page."""
    return db.session.get(Revision, oficio_id)
