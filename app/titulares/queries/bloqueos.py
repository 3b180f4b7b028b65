"""What is blocked: the one rule by which pages, API and jobs do not see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, with_loader_criteria

from app.db import Model, db
from app.oficios.models import Oficio, Propietario, in_transit
from app.titulares.models import Bloqueo
from app.usuarios.models import Usuario

#: Rows of a case that stay to be seen: the ledger finishes what it began, and who did what is shown
#: to admins whatever happens to the case.
_SEEN = frozenset({"trabajos", "auditoria", "bloqueos"})


def standing() -> sa.Select[tuple[int]]:
    """The cases that are blocked now; a small table, which the database reads once."""
    table = Bloqueo.__table__
    return sa.select(table.c.oficio_id).where(table.c.levantado_at.is_(None))


def hiding_option() -> Any:
    """What leaves the rows of blocked cases out of a SELECT, whichever models it reads.

    One lambda for all models: one option for each cost a page 20 % of its time, this one 3 %.
    """
    return with_loader_criteria(
        Model, lambda cls: _is_free(cls), include_aliases=True, track_closure_variables=False
    )


def is_hidden(model: type[Model]) -> bool:
    """Whether rows of a model disappear with the case that they belong to."""
    name = model.__tablename__
    return name == Oficio.__tablename__ or ("oficio_id" in model.__table__.c and name not in _SEEN)


def _is_free(model: type[Model]) -> sa.ColumnElement[bool]:
    """The condition that a row belongs to no blocked case, and to none that a list is still
    bringing in or taking back; asked for once for each model.
    """
    if getattr(model, "__table__", None) is None or not is_hidden(model):
        return sa.true()
    name = "id" if model.__tablename__ == Oficio.__tablename__ else "oficio_id"
    column = getattr(model, name)
    is_free: sa.ColumnElement[bool] = column.not_in(standing().union_all(in_transit()))
    return sa.or_(column.is_(None), is_free) if model.__table__.c[name].nullable else is_free


@dataclass(frozen=True)
class BloqueoMostrado:
    """A block, as admins see it."""

    id: int
    oficio_id: int
    numero_oficio: str
    solicitud_id: int | None
    motivo: str
    bloqueado_at: datetime
    bloqueado_por: str
    levantado_at: datetime | None
    levantado_motivo: str | None


def list_blocks(limit: int = 200) -> list[BloqueoMostrado]:
    """The blocks, standing ones first, then the newest. Call it seeing all rows."""
    quien = aliased(Usuario)
    statement = (
        sa.select(
            Bloqueo.id,
            Bloqueo.oficio_id,
            Oficio.numero_oficio,
            Bloqueo.solicitud_id,
            Bloqueo.motivo,
            Bloqueo.bloqueado_at,
            quien.nombre,
            Bloqueo.levantado_at,
            Bloqueo.levantado_motivo,
        )
        .join(Oficio, Oficio.id == Bloqueo.oficio_id)
        .join(quien, quien.id == Bloqueo.bloqueado_por_id)
        .order_by(Bloqueo.levantado_at.is_not(None), Bloqueo.id.desc())
        .limit(limit)
    )
    return [BloqueoMostrado(*row) for row in db.session.execute(statement)]


def list_arrivals() -> list[tuple[int, str]]:
    """Cases that came after the block of another case of the same RUT, and are not blocked.

    The id and the number of each, the oldest first. Cases that were there when somebody chose what
    to block are not among them: that person saw them.
    """
    theirs = Propietario.__table__.alias("theirs")
    new = Propietario.__table__.alias("new")
    blocks, cases = Bloqueo.__table__, Oficio.__table__
    statement = (
        sa.select(cases.c.id, cases.c.numero_oficio)
        .distinct()
        .select_from(blocks)
        .join(theirs, theirs.c.oficio_id == blocks.c.oficio_id)
        .join(new, new.c.rut == theirs.c.rut)
        .join(cases, cases.c.id == new.c.oficio_id)
        .where(
            blocks.c.levantado_at.is_(None),
            new.c.created_at > blocks.c.bloqueado_at,
            new.c.oficio_id.not_in(standing().union_all(in_transit())),
        )
        .order_by(cases.c.id)
    )
    return [(row.id, row.numero_oficio) for row in db.session.execute(statement)]


def find_free_case(oficio_id: int) -> tuple[int, str] | None:
    """The id and number of a case that is not blocked, for whoever decides on that."""
    cases = Oficio.__table__
    statement = sa.select(cases.c.id, cases.c.numero_oficio).where(
        cases.c.id == oficio_id, cases.c.id.not_in(standing())
    )
    row = db.session.execute(statement).first()
    return (row.id, row.numero_oficio) if row else None


def tell_block(oficio_id: int) -> str | None:
    """Why nothing is done for a case, in a sentence; None: it is not blocked."""
    if not blocked_among([oficio_id]):
        return None
    return "El caso está bloqueado a petición de una persona: no se trabaja con él."


def blocked_among(oficio_ids: Sequence[int]) -> set[int]:
    """Those of these cases that are blocked."""
    table = Bloqueo.__table__
    return set(db.session.scalars(standing().where(table.c.oficio_id.in_(oficio_ids))))
