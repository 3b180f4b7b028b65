"""Emptying a case: its rows, files and words, in steps that each open their transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.bandeja.models import Origen
from app.core.personal_data import Borrado, Dato
from app.db import Model, db, release
from app.eventos.models import Entrega, Evento
from app.indicadores.models import CasoMensual, InformeMensual
from app.jobs.models import Trabajo
from app.jobs.rules import WAITING_STATES
from app.jobs.service import cancel_job
from app.oficios.models import Oficio
from app.supresion.service.emptied_rows import empty_rows, files_of, remove_rows
from app.supresion.service.emptied_tray import empty_items, with_packages
from app.supresion.service.recuento import Recuento, Step, few
from app.titulares.queries.lugares import list_models, primary_key, within

#: Rows of a case that one transaction changes: whole rows go, so others wait less.
_ROWS_OF_A_CASE = 100


def empty_case(
    oficio_id: int,
    step: Step,
    *,
    reason: str,
    now: datetime,
    gone: Mapping[str, Collection[Any]] | None = None,
    keeps_facts: bool = False,
) -> None:
    """Empty a case: its rows stay as numbers, its people, places and texts go with their files.

    However large it is, no transaction changes more than some hundred rows. ``gone`` are rows, by
    their tables, that were done before this was cut off. The case itself is the last: until then
    it can be found by what it still says. With ``keeps_facts`` what identifies nobody stays, to be
    counted (``Dato.HECHO``).
    """
    with step() as done:
        waiting = sa.select(Trabajo).where(
            Trabajo.oficio_id == oficio_id, Trabajo.estado.in_(WAITING_STATES)
        )
        for trabajo in db.session.scalars(waiting):
            cancel_job(trabajo, now=now, cause="Los datos del caso se borraron por ley.")
        db.session.flush()
        _empty_originals(oficio_id, done, reason, now)
    _remove_deliveries(oficio_id, step, reason, now)
    seen = {table: set(ids) for table, ids in (gone or {}).items()}
    models = sorted(list_models(), key=lambda model: model is Oficio)
    # Somebody may add a row while others are emptied: it is found in the next round.
    has_more = True
    while has_more:
        kept = frozenset({Dato.HECHO}) if keeps_facts else frozenset()
        found = [_empty_table(model, oficio_id, seen, step, kept, reason, now) for model in models]
        has_more = any(found)


def _empty_table(
    model: type[Model],
    oficio_id: int,
    seen: dict[str, set[Any]],
    step: Step,
    kept: Collection[Dato],
    reason: str,
    now: datetime,
) -> bool:
    """Empty the rows of a case in a table that nobody has done yet; whether there were any."""
    condition = within(model, [oficio_id])
    if condition is None or model.__personal__.borrado in {Borrado.GUARDAR, Borrado.SELLO}:
        return False
    known = seen.setdefault(model.__tablename__, set())
    keys = db.session.scalars(sa.select(primary_key(model)).where(condition))
    ids = [key for key in keys if key not in known]
    release()
    for part in few(ids, _ROWS_OF_A_CASE):
        with step() as done:
            done.archivos += files_of(model, part)
            if model.__personal__.borrado is Borrado.FILA:
                remove_rows(model, part, done, reason=reason, now=now)
            else:
                empty_rows(model, part, done, reason=reason, now=now, kept=kept)
        known |= set(part)
    return bool(ids)


def _empty_originals(oficio_id: int, done: Recuento, reason: str, now: datetime) -> None:
    """Empty the files of the tray that a case was made of, and the packages that they came in.

    Such a file tells of other cases too: it goes for all of them, as an uploaded list does.
    """
    above = set(
        db.session.scalars(sa.select(Origen.ingreso_id).where(Origen.oficio_id == oficio_id))
    )
    empty_items(with_packages(above), done, reason, now)
    _withdraw_months(oficio_id, done, reason, now)


def _withdraw_months(oficio_id: int, done: Recuento, reason: str, now: datetime) -> None:
    """Take back the monthly reports that name a case: their files tell of others too, and go."""
    named = sa.select(CasoMensual.__table__.c.informe_id).where(
        CasoMensual.__table__.c.oficio_id == oficio_id
    )
    reports = InformeMensual.__table__.c
    ids = list(db.session.scalars(sa.select(reports.id).where(reports.id.in_(named))))
    done.archivos += files_of(InformeMensual, ids)
    empty_rows(InformeMensual, ids, done, reason=reason, now=now)


def _remove_deliveries(oficio_id: int, step: Step, reason: str, now: datetime) -> None:
    """Forget what programs outside were told of a case, and were still to be told."""
    events = sa.select(Evento.id).where(Evento.oficio_id == oficio_id)
    jobs = sa.select(Trabajo.id).where(Trabajo.oficio_id == oficio_id)
    which = sa.or_(Entrega.evento_id.in_(events), Entrega.trabajo_id.in_(jobs))
    ids = list(db.session.scalars(sa.select(Entrega.id).where(which)))
    release()
    for part in few(ids, _ROWS_OF_A_CASE):
        with step() as done:
            remove_rows(Entrega, part, done, reason=reason, now=now)
