"""Which cases somebody sees who sees only those that they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import with_loader_criteria

from app.acceso.models import Apertura
from app.ajustes.queries import text_setting
from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.core.patente import parse_patente
from app.db import Model, db, limited_reader, seeing_others
from app.oficios.models import Oficio
from app.usuarios.models import Usuario
from app.usuarios.rules.por_necesidad import ACCESS_MODE, is_limited
from app.vehiculos.models import Vehiculo

#: Who reads, asked when a statement runs; other packages limit their own rows by it, too.
READER = sa.bindparam("lector", callable_=lambda: limited_reader() or 0, type_=sa.Integer)
_NOW = sa.bindparam("ahora", callable_=utcnow, type_=Apertura.__table__.c.hasta_at.type)
#: Rows that name a case and are not of it: what was recorded of somebody's own deeds.
_SEEN = frozenset({"auditoria", "divulgaciones", "aperturas"})


def limiting_option() -> Any:
    """What leaves the rows of other people's cases out of a SELECT, whichever models it reads.

    Who reads is asked when the statement runs, so that one option serves everybody.
    """
    return with_loader_criteria(
        Model, lambda cls: _is_needed(cls), include_aliases=True, track_closure_variables=False
    )


def _is_needed(model: type[Model]) -> sa.ColumnElement[bool]:
    table = getattr(model, "__table__", None)
    if table is None or table.name in _SEEN:
        return sa.true()
    if table.name == Oficio.__tablename__:
        column: Any = getattr(model, "id")  # noqa: B009 - of a class that is known here alone
    elif "oficio_id" in table.c:
        column = getattr(model, "oficio_id")  # noqa: B009
    else:
        return sa.true()
    needed: sa.ColumnElement[bool] = column.in_(needed_cases())
    is_optional = table.name != Oficio.__tablename__ and table.c.oficio_id.nullable
    return sa.or_(column.is_(None), needed) if is_optional else needed


def needed_cases() -> sa.CompoundSelect[int]:
    """The cases that the reader has, wrote in while nobody has them, or opened with a reason."""
    cases, opened = Oficio.__table__.c, Apertura.__table__.c
    own = sa.select(cases.id).where(
        sa.or_(
            cases.investigador_id == READER,
            sa.and_(cases.investigador_id.is_(None), cases.creado_por_id == READER),
        )
    )
    return own.union_all(
        sa.select(opened.oficio_id).where(opened.usuario_id == READER, opened.hasta_at > _NOW)
    )


def may_know_case(usuario: Usuario, oficio_id: int) -> bool:
    """Whether somebody of the office may be told of a case: as they see it, with their mode."""
    if not is_limited(usuario.rol, text_setting(ACCESS_MODE)):
        return True
    cases, opened = Oficio.__table__.c, Apertura.__table__.c
    own = sa.select(cases.id).where(
        cases.id == oficio_id,
        sa.or_(
            cases.investigador_id == usuario.id,
            sa.and_(cases.investigador_id.is_(None), cases.creado_por_id == usuario.id),
        ),
    )
    by_reason = sa.select(opened.oficio_id).where(
        opened.oficio_id == oficio_id, opened.usuario_id == usuario.id, opened.hasta_at > _NOW
    )
    return db.session.execute(own.union_all(by_reason)).first() is not None


def find_exact(text: str) -> Sequence[int]:
    """The cases of exactly that plate or number, whoever has them; blocked ones are none."""
    words = text.strip()
    try:
        plate = parse_patente(words).valor
    except InvalidValue:
        plate = ""
    statement = (
        sa.select(Oficio.id)
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(sa.or_(Vehiculo.patente == plate, Oficio.numero_oficio == words))
        .order_by(Oficio.id.desc())
        .limit(20)
    )
    with seeing_others():
        return db.session.scalars(statement).all()


def is_there(oficio_id: int) -> bool:
    """Whether there is such a case, whoever has it."""
    with seeing_others():
        return db.session.scalar(sa.select(Oficio.id).where(Oficio.id == oficio_id)) is not None


def list_openings(oficio_id: int) -> Sequence[Apertura]:
    """Who opened a case with a reason, the newest first."""
    return db.session.scalars(
        sa.select(Apertura).where(Apertura.oficio_id == oficio_id).order_by(Apertura.id.desc())
    ).all()
