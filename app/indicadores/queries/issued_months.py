"""The issued monthly reports, for who lists them, and who verifies, moves and sweeps files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.adjuntos.queries.file_owners import Guardado
from app.db import db, seeing_all
from app.indicadores.models import CasoMensual, InformeMensual
from app.indicadores.rules.periodo import name_month


def months_statement(buffet_id: int | None = None) -> sa.Select[Any]:
    """The monthly reports of a buffet or of all, the newest first."""
    statement = (
        sa.select(InformeMensual)
        .options(joinedload(InformeMensual.buffet), joinedload(InformeMensual.trabajo))
        .order_by(InformeMensual.mes.desc(), InformeMensual.buffet_id)
    )
    if buffet_id is None:
        return statement
    return statement.where(InformeMensual.buffet_id == buffet_id)


def list_issued(buffet_id: int) -> Sequence[InformeMensual]:
    """The months that a buffet is shown: those that were issued, also if they had to go."""
    statement = months_statement(buffet_id).where(InformeMensual.emitido_at.is_not(None))
    return db.session.scalars(statement).all()


def list_done(month: date) -> Sequence[int]:
    """The buffets whose report of a month is there or is being made."""
    statement = sa.select(InformeMensual.buffet_id).where(
        InformeMensual.mes == month,
        sa.or_(InformeMensual.pdf_key.is_not(None), InformeMensual.emitido_at.is_(None)),
    )
    return db.session.scalars(statement).all()


def list_named(informe_id: int) -> Sequence[int]:
    """The cases that a report names."""
    statement = sa.select(CasoMensual.oficio_id).where(CasoMensual.informe_id == informe_id)
    return db.session.scalars(statement).all()


def list_withheld(ids: Sequence[int]) -> set[int]:
    """Those of some reports that name a case with which nobody may work now: it is blocked."""
    counted = (
        sa.select(CasoMensual.informe_id, sa.func.count())
        .where(CasoMensual.informe_id.in_(ids))
        .group_by(CasoMensual.informe_id)
    )
    with seeing_all():
        whole = {row[0]: row[1] for row in db.session.execute(counted)}
    shown = {row[0]: row[1] for row in db.session.execute(counted)}
    return {pk for pk, amount in whole.items() if shown.get(pk, 0) < amount}


def list_month_files() -> list[Guardado]:
    """Every issued report with its two files."""
    rows = db.session.execute(
        sa.select(
            InformeMensual.id,
            InformeMensual.mes,
            InformeMensual.buffet_id,
            InformeMensual.almacen,
            InformeMensual.pdf_key,
            InformeMensual.pdf_sha256,
            InformeMensual.xlsx_key,
            InformeMensual.xlsx_sha256,
        )
        .where(InformeMensual.pdf_key.is_not(None))
        .order_by(InformeMensual.id)
    )
    return [
        Guardado(
            nombre=f"informe de {name_month(row.mes)}, buffet {row.buffet_id}",
            almacen=row.almacen or "",
            keys=[(row.pdf_key or "", row.pdf_sha256), (row.xlsx_key or "", row.xlsx_sha256)],
            mover=partial(_move_month, row.id),
        )
        for row in rows
    ]


def _move_month(informe_id: int, source: str, target: str) -> bool:
    moved = db.session.scalar(
        sa.update(InformeMensual)
        .where(InformeMensual.id == informe_id, InformeMensual.almacen == source)
        .values(almacen=target)
        .returning(InformeMensual.id)
    )
    return moved is not None
