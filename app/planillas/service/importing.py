"""A list becomes cases: ordered by a person, written by a job in parts, shown all at once.

Each part is a short transaction, so that others can write in between. Its cases are unseen
(``Carga``) until the last one is there; then one transaction reveals all of them. Whatever kills
the job, the next attempt goes on with the rows that have no case yet.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.buffets.models import Buffet
from app.core.errors import Refused
from app.db import change_many, db, insert_many, release, transaction
from app.jobs.pace import Pace
from app.jobs.queue import enqueue
from app.oficios.models import Investigacion, Oficio
from app.oficios.service import CasoData, announce, draft_cases, reveal, store_unseen
from app.planillas.models import FilaEnCarga, Importacion
from app.planillas.rules.layout import Lectura
from app.planillas.rules.memory import remember
from app.planillas.rules.oficio_outcomes import (
    EstadoImportacion,
    FilaOficio,
    Resultado,
)
from app.planillas.service.drafts import claim_draft
from app.planillas.service.import_oficios import OFICIOS, audit_list
from app.planillas.service.new_oficios import case_of, text_of_case
from app.planillas.service.told import on_imported, on_stored
from app.planillas.service.updating import StoredUpdate, apply_update, text_of_update
from app.planillas.service.waiting_cases import WaitingCases, are_waiting
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

#: The job that writes the cases of a list.
IMPORT_JOB = "planillas.importar"
#: Rows that one transaction stages, and cases that the first one stores or announces: fewer on
#: SQLite, where everybody else waits meanwhile. How many the next ones take is told by its time.
STAGED_AT_ONCE = 500
CASES_AT_ONCE = {"sqlite": 100, "postgresql": 250}
#: The fewest: below, a part costs what it costs whatever it stores. On PostgreSQL only who works
#: with the same list waits for it.
LEAST_AT_ONCE = {"sqlite": 40, "postgresql": 250}

_FILAS = FilaEnCarga.metadata.tables[FilaEnCarga.__tablename__]
_TAKEN = "Alguien ingresó un oficio con este número mientras se importaba; no se crea de nuevo."


def order_import(
    draft: Importacion,
    lectura: Lectura[Any],
    version: int,
    *,
    actor: Usuario,
    now: datetime,
) -> None:
    """Have a job make the cases of a list. A second press finds it ordered and does nothing.

    Raises:
        Stale: somebody corrected the draft since the actor saw it.
        Refused: it was discarded, or its buffet is closed.
    """
    if not claim_draft(OFICIOS, draft, version):
        return
    buffet = db.session.get_one(Buffet, draft.buffet_id)
    if not buffet.activo:
        raise Refused("No se importó: el buffet está cerrado. Pida que lo reabran.")
    draft.estado = EstadoImportacion.IMPORTANDO
    learned = remember(lectura.columnas, buffet.mapeo_importacion) if draft.mapeo else {}
    draft.aprendido = learned
    draft.total = draft.problema = draft.destino_id = None
    draft.version += 1
    enqueue_list(IMPORT_JOB, draft, actor=actor, now=now)


def enqueue_list(name: str, draft: Importacion, *, actor: Usuario, now: datetime) -> None:
    """Put the job of a list into the ledger, once for each version of the list."""
    enqueue(
        name,
        key=f"{name}:{draft.id}:{draft.version}",
        now=now,
        args={"importacion": draft.id, "usuario": actor.id},
        usuario_id=actor.id,
    )


def go_on(draft: Importacion, name: str, *, actor: Usuario, now: datetime) -> None:
    """Have a job that stopped go on where it was; nothing where it did not stop."""
    db.session.refresh(draft, with_for_update=True)
    if not draft.estado.is_busy or draft.problema is None:
        return
    draft.problema = None
    draft.version += 1
    enqueue_list(name, draft, actor=actor, now=now)


def stage(importacion_id: int, filas: Sequence[FilaOficio]) -> WaitingCases:
    """Keep what becomes of each row, as it stands beside the others and the database now.

    Returns the cases to store, which so need not be read again.
    """
    cases = [(orden, _case_of(fila)) for orden, fila in enumerate(filas)]
    rows = [
        {
            "importacion_id": importacion_id,
            "orden": orden,
            "resultado": (fila.resultado or Resultado.ERROR).value,
            "datos": text_of_case(caso) if caso else _text_of_other(fila),
            "linea": json.dumps(OFICIOS.report_line(fila, None), ensure_ascii=False),
        }
        for fila, (orden, caso) in zip(filas, cases, strict=True)
    ]
    release()
    with transaction():
        db.session.execute(sa.delete(FilaEnCarga).where(_of(importacion_id)))
    for start in range(0, len(rows), STAGED_AT_ONCE):
        with transaction():
            insert_many(_FILAS, rows[start : start + STAGED_AT_ONCE])
    with transaction():
        db.session.get_one(Importacion, importacion_id).total = len(rows)
    return WaitingCases(importacion_id, [(orden, caso) for orden, caso in cases if caso])


def new_pace() -> Pace:
    """How many cases a transaction takes, for a job that begins."""
    kind = db.engine.dialect.name
    return Pace(CASES_AT_ONCE[kind], least=LEAST_AT_ONCE[kind])


def store_part(waiting: WaitingCases, pace: Pace, *, actor_id: int, now: datetime) -> bool:
    """Store some of the cases that wait; False when none waits any more.

    What takes time is done before the transaction begins.
    """
    some = waiting.first(pace.size)
    if not some:
        return False
    importacion_id = waiting.importacion_id
    buffet_id = _buffet_of(importacion_id)
    places = [orden for orden, _ in some]
    casos = [caso for _, caso in some]
    lote = draft_cases(casos, buffet_id=buffet_id, actor_id=actor_id, now=now)
    with transaction():
        if _lock_state(importacion_id) is not EstadoImportacion.IMPORTANDO:
            return False  # it was taken back while this attempt was thought dead
        if not _are_still_waiting(importacion_id, places):
            waiting.read_anew()  # another attempt of this job stored them
            return True
        began = time.monotonic()
        there = _vehicles_there(buffet_id, [caso.oficio.numero_oficio for caso in casos])
        taken = [
            orden
            for orden, caso in some
            if caso.vehiculo.patente in there.get(caso.oficio.numero_oficio, {})
        ]
        if taken:
            _leave_out(importacion_id, taken)
            waiting.leave_out(set(taken))
            return True
        for row, caso in zip(lote.oficios.rows, casos, strict=True):
            others = there.setdefault(caso.oficio.numero_oficio, {})
            row["vehiculo_n"] = 1 + max(others.values(), default=0)
            others[caso.vehiculo.patente] = row["vehiculo_n"]
        ids = store_unseen(lote, importacion_id=importacion_id, now=now)
        change_many(
            _FILAS,
            [
                {"importacion_id": importacion_id, "orden": orden, "caso_id": pk}
                for orden, pk in zip(places, ids, strict=True)
            ],
        )
        on_stored(importacion_id, ids, now)
    pace.note(len(some), time.monotonic() - began)
    waiting.drop(len(some))
    return True


def update_part(importacion_id: int, *, actor_id: int, now: datetime) -> bool:
    """Change the case of one row whose review says so; False when none waits any more.

    The change, its entry in the bitácora and that the row is done are one transaction: whatever
    kills the job, nothing is changed twice. A case that somebody changed since it was reviewed, or
    that nobody may work with by now, stays as it is, and the row says so.
    """
    with transaction():
        draft = lock_list(importacion_id)
        fila = db.session.scalar(
            sa.select(FilaEnCarga)
            .where(
                _of(importacion_id),
                _FILAS.c.resultado == Resultado.ACTUALIZA.value,
                _FILAS.c.datos != "",
            )
            .order_by(_FILAS.c.orden)
            .limit(1)
        )
        if fila is None or draft.estado is not EstadoImportacion.IMPORTANDO:
            return False
        update = StoredUpdate.from_text(fila.datos)
        actor = db.session.get_one(Usuario, actor_id)
        done, told = apply_update(update, buffet_id=draft.buffet_id, actor=actor, now=now)
        line: dict[str, Any] = json.loads(fila.linea)
        if done:
            line |= {"actualizado_id": update.oficio_id, "detalle": told}
        else:
            fila.resultado = Resultado.SALTADA.value
            line |= {"resultado": fila.resultado, "detalle": told}
        fila.linea, fila.datos = json.dumps(line, ensure_ascii=False), ""
    return True


def finish_import(importacion_id: int, *, actor_id: int, now: datetime) -> None:
    """Show all cases of a list, in one transaction, and write down what became of its rows."""
    rows = db.session.execute(
        sa.select(_FILAS.c.linea, _FILAS.c.resultado, _FILAS.c.caso_id)
        .where(_of(importacion_id))
        .order_by(_FILAS.c.orden)
    ).all()
    informe = [{**json.loads(row.linea), "oficio_id": row.caso_id} for row in rows]
    counts = {one.value: 0 for one in Resultado if one is not Resultado.DESHECHA}
    for row in rows:
        counts[row.resultado] += 1
    made = [row.caso_id for row in rows if row.caso_id is not None]
    release()
    with transaction():
        draft = lock_list(importacion_id)
        if draft.estado is not EstadoImportacion.IMPORTANDO:
            return
        actor = db.session.get_one(Usuario, actor_id)
        draft.estado = EstadoImportacion.IMPORTADA
        draft.importada_at, draft.deshecha_at, draft.problema = now, None, None
        draft.resultado, draft.informe = counts, informe
        draft.version += 1
        if draft.aprendido:
            draft.buffet.mapeo_importacion = dict(draft.aprendido)
        reveal(importacion_id)
        audit_list("importacion.importada", draft, actor, now, **counts)
        on_imported(draft, made, actor, now)


def announce_part(importacion_id: int, pace: Pace, *, now: datetime) -> bool:
    """Tell who watches of some of the new cases; False when all are announced."""
    with transaction():
        draft = lock_list(importacion_id)
        began = time.monotonic()
        rows = db.session.execute(
            sa.select(_FILAS.c.orden, _FILAS.c.caso_id)
            .where(_of(importacion_id), _FILAS.c.caso_id.is_not(None))
            .order_by(_FILAS.c.orden)
            .limit(pace.size)
        ).all()
        if not rows:
            db.session.execute(sa.delete(FilaEnCarga).where(_of(importacion_id)))
            return False
        cases = [row.caso_id for row in rows]
        entries = db.session.execute(
            sa.select(Investigacion.oficio_id, sa.func.min(Investigacion.id))
            .where(Investigacion.oficio_id.in_(cases))
            .group_by(Investigacion.oficio_id)
            .order_by(Investigacion.oficio_id)
        )
        announce(
            [(oficio_id, entry) for oficio_id, entry in entries],
            # What was moved is told of to the buffet that it has now.
            buffet_id=draft.destino_id or draft.buffet_id,
            now=now,
        )
        db.session.execute(
            sa.delete(FilaEnCarga).where(
                _of(importacion_id),
                _FILAS.c.caso_id.is_not(None),
                _FILAS.c.orden.between(rows[0].orden, rows[-1].orden),
            )
        )
    pace.note(len(rows), time.monotonic() - began)
    return True


def lock_list(importacion_id: int) -> Importacion:
    """A list as it is now, which nobody else changes until the commit."""
    return db.session.get_one(
        Importacion, importacion_id, with_for_update=True, populate_existing=True
    )


def note_stop(importacion_id: int, cause: str) -> None:
    """Say on the page of a list why its job gave up; what it did so far stays unseen."""
    draft = db.session.get(Importacion, importacion_id)
    if draft is not None and draft.estado.is_busy:
        draft.problema = cause[:500]


def _of(importacion_id: int) -> sa.ColumnElement[bool]:
    return _FILAS.c.importacion_id == importacion_id


def _buffet_of(importacion_id: int) -> int:
    statement = sa.select(Importacion.buffet_id).where(Importacion.id == importacion_id)
    buffet_id = db.session.scalars(statement).one()
    release()
    return buffet_id


def _case_of(fila: FilaOficio) -> CasoData | None:
    """The case that a row makes; None where it makes none."""
    is_made = fila.resultado is not None and fila.resultado.is_imported
    return case_of(fila) if is_made else None


def _text_of_other(fila: FilaOficio) -> str:
    """What a row that makes no case has to change of one; mostly nothing."""
    return text_of_update(fila) if fila.resultado is Resultado.ACTUALIZA else ""


def _lock_state(importacion_id: int) -> EstadoImportacion | None:
    """Where a list stands, which nobody changes until the commit; without reading all of it."""
    statement = sa.select(Importacion.estado).where(Importacion.id == importacion_id)
    return db.session.scalar(statement.with_for_update())


def _are_still_waiting(importacion_id: int, places: Sequence[int]) -> bool:
    """Whether none of these rows was stored meanwhile: all that wait from the first to the last."""
    count = sa.select(sa.func.count()).where(
        *are_waiting(importacion_id), _FILAS.c.orden.between(places[0], places[-1])
    )
    return db.session.scalar(count) == len(places)


def _vehicles_there(buffet_id: int, numeros: Sequence[str]) -> dict[str, dict[str, int]]:
    """Of some numbers of a buffet, the plates of their cases and which vehicle each is.

    The buffet's row is locked, so that nobody takes one of them before the commit.
    """
    db.session.execute(
        sa.select(Buffet.id).where(Buffet.id == buffet_id).with_for_update(key_share=True)
    )
    rows = db.session.execute(
        sa.select(Oficio.numero_oficio, Vehiculo.patente, Oficio.vehiculo_n)
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(Oficio.buffet_id == buffet_id, Oficio.numero_oficio.in_(numeros))
    )
    there: dict[str, dict[str, int]] = {}
    for numero, patente, vehiculo_n in rows:
        there.setdefault(numero, {})[patente] = vehiculo_n
    return there


def _leave_out(importacion_id: int, places: Sequence[int]) -> None:
    """Rows whose number somebody took since they were judged make no case."""
    for orden in places:
        fila = db.session.get_one(FilaEnCarga, (importacion_id, orden))
        line: dict[str, Any] = json.loads(fila.linea)
        line |= {"resultado": Resultado.EXISTE.value, "detalle": _TAKEN}
        fila.resultado, fila.linea = Resultado.EXISTE.value, json.dumps(line, ensure_ascii=False)
        fila.datos = ""
    db.session.flush()
