"""A list becomes cases: ordered by a person, written by a job in parts, shown all at once.

Each part is a short transaction, so that others can write in between. Its cases are unseen
(``Carga``) until the last one is there; then one transaction reveals all of them. Whatever kills
the job, the next attempt goes on with the rows that have no case yet.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.buffets.models import Buffet
from app.core.errors import Refused
from app.db import change_many, db, insert_many, release, transaction
from app.jobs.queue import enqueue
from app.oficios.models import Investigacion, Oficio
from app.oficios.service import announce, draft_cases, reveal, store_unseen
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
from app.planillas.service.new_oficios import case_from_text, case_of, text_of_case
from app.planillas.service.told import on_imported, on_stored
from app.planillas.service.updating import StoredUpdate, apply_update, text_of_update
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

#: The job that writes the cases of a list.
IMPORT_JOB = "planillas.importar"
#: Rows that one transaction stages, and cases that one stores or announces: fewer on SQLite, where
#: everybody else waits meanwhile.
STAGED_AT_ONCE = 500
CASES_AT_ONCE = {"sqlite": 100, "postgresql": 250}

_FILAS = FilaEnCarga.metadata.tables[FilaEnCarga.__tablename__]
_TAKEN = "Alguien ingresó un oficio con este número mientras se importaba; no se crea de nuevo."
_IMPORTED = [one.value for one in Resultado if one.is_imported]


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


def stage(importacion_id: int, filas: Sequence[FilaOficio]) -> None:
    """Keep what becomes of each row, as it stands beside the others and the database now."""
    rows = [
        {
            "importacion_id": importacion_id,
            "orden": orden,
            "resultado": (fila.resultado or Resultado.ERROR).value,
            "datos": _text_of(fila),
            "linea": json.dumps(OFICIOS.report_line(fila, None), ensure_ascii=False),
        }
        for orden, fila in enumerate(filas)
    ]
    release()
    with transaction():
        db.session.execute(sa.delete(FilaEnCarga).where(_of(importacion_id)))
    for start in range(0, len(rows), STAGED_AT_ONCE):
        with transaction():
            insert_many(_FILAS, rows[start : start + STAGED_AT_ONCE])
    with transaction():
        db.session.get_one(Importacion, importacion_id).total = len(rows)


def store_part(importacion_id: int, *, actor_id: int, now: datetime) -> bool:
    """Store some of the cases that wait; False when none waits any more.

    What takes time is done before the transaction begins.
    """
    waiting = db.session.execute(
        sa.select(_FILAS.c.orden, _FILAS.c.datos)
        .where(_of(importacion_id), _waits())
        .order_by(_FILAS.c.orden)
        .limit(_cases_at_once())
    ).all()
    if not waiting:
        release()
        return False
    buffet_id = db.session.get_one(Importacion, importacion_id).buffet_id
    places = [row.orden for row in waiting]
    casos = [case_from_text(row.datos) for row in waiting]
    release()
    lote = draft_cases(casos, buffet_id=buffet_id, actor_id=actor_id, now=now)
    with transaction():
        if not _is_still_waiting(importacion_id, places):
            return True  # another attempt of this job stored them
        there = _vehicles_there(buffet_id, [caso.oficio.numero_oficio for caso in casos])
        taken = [
            orden
            for orden, caso in zip(places, casos, strict=True)
            if caso.vehiculo.patente in there.get(caso.oficio.numero_oficio, {})
        ]
        if taken:
            _leave_out(importacion_id, taken)
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


def announce_part(importacion_id: int, *, now: datetime) -> bool:
    """Tell who watches of some of the new cases; False when all are announced."""
    with transaction():
        draft = lock_list(importacion_id)
        rows = db.session.execute(
            sa.select(_FILAS.c.orden, _FILAS.c.caso_id)
            .where(_of(importacion_id), _FILAS.c.caso_id.is_not(None))
            .order_by(_FILAS.c.orden)
            .limit(_cases_at_once())
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
                _of(importacion_id), _FILAS.c.orden.in_([row.orden for row in rows])
            )
        )
    return True


def lock_list(importacion_id: int) -> Importacion:
    """A list as it is now, which nobody else changes until the commit."""
    draft = db.session.get_one(Importacion, importacion_id)
    db.session.refresh(draft, with_for_update=True)
    return draft


def note_stop(importacion_id: int, cause: str) -> None:
    """Say on the page of a list why its job gave up; what it did so far stays unseen."""
    draft = db.session.get(Importacion, importacion_id)
    if draft is not None and draft.estado.is_busy:
        draft.problema = cause[:500]


def _cases_at_once() -> int:
    return CASES_AT_ONCE[db.engine.dialect.name]


def _of(importacion_id: int) -> sa.ColumnElement[bool]:
    return _FILAS.c.importacion_id == importacion_id


def _waits() -> sa.ColumnElement[bool]:
    return sa.and_(_FILAS.c.caso_id.is_(None), _FILAS.c.resultado.in_(_IMPORTED))


def _text_of(fila: FilaOficio) -> str:
    """What waits to be stored of a row; empty where nothing does."""
    if fila.resultado is Resultado.ACTUALIZA:
        return text_of_update(fila)
    is_made = fila.resultado is not None and fila.resultado.is_imported
    return text_of_case(case_of(fila)) if is_made else ""


def _is_still_waiting(importacion_id: int, places: Sequence[int]) -> bool:
    """Lock the list, and tell whether none of these rows was stored meanwhile."""
    draft = lock_list(importacion_id)
    count = sa.select(sa.func.count()).where(
        _of(importacion_id), _waits(), _FILAS.c.orden.in_(places)
    )
    is_open = draft.estado is EstadoImportacion.IMPORTANDO
    return is_open and db.session.scalar(count) == len(places)


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
