"""Writing the cases of a list, taking them back and moving them, in parts that let others write."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from app.core.errors import InvalidValue
from app.db import db, release
from app.jobs.models import Trabajo
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun
from app.planillas.models import Importacion
from app.planillas.outside.sheet_reader import open_planilla
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.planillas.service.import_oficios import OFICIOS
from app.planillas.service.importing import (
    IMPORT_JOB,
    announce_part,
    finish_import,
    new_pace,
    note_stop,
    stage,
    store_part,
    update_part,
)
from app.planillas.service.moving_buffet import MOVE_JOB, change_part, finish_change
from app.planillas.service.undoing import UNDO_JOB, finish_undo, remove_part
from app.planillas.service.waiting_cases import WaitingCases

#: Seconds of work after which the lease is renewed.
_RENEWED_EVERY = 20
#: Seconds between two transactions, in which everybody who waits for SQLite's lock looks again
#: (``app.db.engines``).
_PAUSE = 0.01


def note_stopped(trabajo: Trabajo, cause: str, _now: datetime) -> None:
    """The job was given up: its page says so, and offers to go on or to take all back."""
    note_stop(int(trabajo.argumentos.get("importacion", 0)), cause)


@job(
    IMPORT_JOB,
    "Importar una planilla",
    on_failed=note_stopped,
    lease_seconds=120,
    sees_all=True,
)
def import_list(run: JobRun) -> None:
    """Make the cases of a list, show them all at once, and tell who watches."""
    pk, actor_id = run.args["importacion"], run.args["usuario"]
    state, total = _where(pk)
    if state is EstadoImportacion.IMPORTANDO:
        waiting = WaitingCases(pk)
        if total is None:
            waiting = _stage(pk, run.clock())
            run.note_progress()
        pace = new_pace()
        _repeat(run, lambda: store_part(waiting, pace, actor_id=actor_id, now=run.clock()))
        _repeat(run, lambda: update_part(pk, actor_id=actor_id, now=run.clock()))
        finish_import(pk, actor_id=actor_id, now=run.clock())
        state, _ = _where(pk)
    if state is EstadoImportacion.IMPORTADA:
        pace = new_pace()
        _repeat(run, lambda: announce_part(pk, pace, now=run.clock()))
    with run.finish("Lista importada."):
        return


@job(
    UNDO_JOB,
    "Deshacer una importación",
    on_failed=note_stopped,
    lease_seconds=120,
    sees_all=True,
)
def take_back(run: JobRun) -> None:
    """Take back the cases that were hidden when somebody undid their list."""
    pk, actor_id = run.args["importacion"], run.args["usuario"]
    if _where(pk)[0] is EstadoImportacion.DESHACIENDO:
        _repeat(run, lambda: remove_part(pk))
    with run.finish("Importación deshecha."):
        finish_undo(pk, actor_id=actor_id, now=run.clock())


@job(
    MOVE_JOB,
    "Mover una importación a otro buffet",
    on_failed=note_stopped,
    lease_seconds=120,
    sees_all=True,
)
def move_to_buffet(run: JobRun) -> None:
    """Give the cases that were hidden for it to another buffet, show them, and tell who watches."""
    pk, actor_id = run.args["importacion"], run.args["usuario"]
    if _where(pk)[0] is EstadoImportacion.MOVIENDO:
        _repeat(run, lambda: change_part(pk))
        finish_change(pk, actor_id=actor_id, now=run.clock())
    if _where(pk)[0] is EstadoImportacion.IMPORTADA:
        pace = new_pace()
        _repeat(run, lambda: announce_part(pk, pace, now=run.clock()))
    with run.finish("Importación movida."):
        return


def _stage(importacion_id: int, now: datetime) -> WaitingCases:
    """Read the file again, which gives the rows that the preview showed, and keep them."""
    draft = db.session.get_one(Importacion, importacion_id)
    contenido, nombre = draft.contenido, draft.nombre_archivo
    review = OFICIOS.review_of(draft)
    release()
    try:
        planilla = open_planilla(contenido, nombre, OFICIOS.layout.guess, review.codificacion)
        draft = db.session.get_one(Importacion, importacion_id)
        lectura = OFICIOS.read(planilla, draft, review, now)
    except InvalidValue as error:
        raise JobError(str(error), retry=False) from error
    filas = OFICIOS.classify(draft, lectura.filas, now)
    release()
    return stage(importacion_id, filas)


def _where(importacion_id: int) -> tuple[EstadoImportacion | None, int | None]:
    """Where a list stands, and how many rows of it were kept to be stored."""
    statement = sa.select(Importacion.estado, Importacion.total).where(
        Importacion.id == importacion_id
    )
    row = db.session.execute(statement).one_or_none()
    release()
    return (row.estado, row.total) if row else (None, None)


def _repeat(run: JobRun, step: Callable[[], bool]) -> None:
    """Do a step until there is nothing left of it."""
    renewed = time.monotonic()
    while step():
        release()
        db.session.expunge_all()
        run.note_progress()
        time.sleep(_PAUSE)
        renewed = _renew(run, renewed)
    release()


def _renew(run: JobRun, renewed: float) -> float:
    """Renew the lease where that was long ago; when it was renewed last."""
    if time.monotonic() - renewed <= _RENEWED_EVERY:
        return renewed
    run.renew()
    return time.monotonic()
