"""What a list brought for the wrong buffet goes to the right one, all of it or a row.

Within a day and while nobody has done anything with a case, as for taking it back. A job moves the
cases in parts; nobody sees them meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.buffets.models import Buffet
from app.core.clock import is_within
from app.core.errors import NotFound, Refused
from app.db import db, transaction
from app.oficios.models import CARGAS, Investigacion, Oficio
from app.oficios.rules import EstadoCarga
from app.oficios.service import (
    announce,
    entrust_cases,
    hide_cases,
    reveal,
    spare_cases,
    taken_cases,
    touched_cases,
)
from app.planillas.models import FilaEnCarga, Importacion
from app.planillas.rules.oficio_outcomes import EstadoImportacion
from app.planillas.service.import_oficios import audit_list
from app.planillas.service.importing import enqueue_list, lock_list
from app.planillas.service.undoing import UNDO_FOR, refuse_announcing
from app.usuarios.models import Usuario

#: The job that moves the cases of a list to another buffet.
MOVE_JOB = "planillas.mover"
#: Cases that one transaction moves.
_MOVED_AT_ONCE = 50
#: Cases that one question asks for.
_ASKED_AT_ONCE = 500
_TOO_LATE = "Pasó más de un día desde que se importó: sus casos ya no se mueven a otro buffet."
_TOUCHED = "Ya se trabajó en todos los casos de este listado, así que ninguno cambia de buffet."
_ROW_TOUCHED = "Ya se trabajó en este caso, así que no cambia de buffet."
_TAKEN = "Ese buffet ya tiene todos estos casos, con el mismo número y la misma patente."
_ROW_TAKEN = "Ese buffet ya tiene un caso con este número y esta patente."
_SAME = "Estos casos ya son de ese buffet. Elija otro."


def refuse_change(draft: Importacion, now: datetime) -> str | None:
    """Why what a list brought cannot go to another buffet now; None when it can."""
    if draft.estado is not EstadoImportacion.IMPORTADA or draft.importada_at is None:
        return "Este listado no está importado."
    if not is_within(draft.importada_at, now, UNDO_FOR):
        return _TOO_LATE
    if not any(line["oficio_id"] for line in draft.informe):
        return "Este listado no creó ningún caso que se pueda mover."
    return None


def order_change(
    draft: Importacion, buffet_id: int, *, actor: Usuario, now: datetime
) -> tuple[int, int]:
    """Hide the untouched cases of a list at once, and have a job give them to another buffet.

    Returns how many stay because somebody has worked on them, and how many because the buffet has
    them already. Safe to repeat.

    Raises:
        Refused: it is too late, the buffet is closed, or no case can go.
    """
    db.session.refresh(draft, with_for_update=True)
    if draft.estado is EstadoImportacion.MOVIENDO:
        return 0, 0
    destino = _destination(draft, buffet_id, now)
    made = {line["oficio_id"] for line in draft.informe if line["oficio_id"]}
    going = made - _cases_of(destino, made)
    if not going:
        raise Refused(_SAME)
    hide_cases(going, draft.id, EstadoCarga.CAMBIA)
    touched = touched_cases(draft.id)
    taken = taken_cases(draft.id, destino.id) - touched
    if touched | taken >= going:
        raise Refused(_TAKEN if taken else _TOUCHED)
    spare_cases(touched | taken)
    draft.estado = EstadoImportacion.MOVIENDO
    draft.destino_id = destino.id
    draft.total = len(going - touched - taken)
    draft.problema = None
    draft.version += 1
    enqueue_list(MOVE_JOB, draft, actor=actor, now=now)
    return len(touched), len(taken)


def change_row(
    draft: Importacion, oficio_id: int, buffet_id: int, *, actor: Usuario, now: datetime
) -> Buffet:
    """Give one case of a list to another buffet, which is returned.

    Raises:
        NotFound: the list did not make it, or it was taken back.
        Refused: it is too late, somebody has worked on it, or the buffet has it already.
    """
    db.session.refresh(draft, with_for_update=True)
    destino = _destination(draft, buffet_id, now)
    if all(line["oficio_id"] != oficio_id for line in draft.informe):
        raise NotFound("Ese caso no es de este listado.")
    if _cases_of(destino, {oficio_id}):
        raise Refused(_SAME)
    hide_cases([oficio_id], draft.id, EstadoCarga.CAMBIA)
    if touched_cases(draft.id):
        raise Refused(_ROW_TOUCHED)
    if not entrust_cases([oficio_id], buffet_id=destino.id):
        raise Refused(_ROW_TAKEN)
    spare_cases([oficio_id])
    entry = db.session.scalar(
        sa.select(sa.func.min(Investigacion.id)).where(Investigacion.oficio_id == oficio_id)
    )
    announce([(oficio_id, entry or 0)], buffet_id=destino.id, now=now)
    former = draft.buffet_id
    _tell_moved(draft, {oficio_id}, destino)
    draft.version += 1
    audit_list(
        "importacion.fila_movida",
        draft,
        actor,
        now,
        oficio=oficio_id,
        desde=former,
        hacia=destino.id,
    )
    return destino


def change_part(importacion_id: int) -> bool:
    """Give some of the hidden cases of a list to its new buffet; False when none is left.

    A case whose number and plate the buffet got meanwhile stays where it is, and is seen again.
    """
    with transaction():
        draft = lock_list(importacion_id)
        going = db.session.scalars(
            sa.select(CARGAS.c.oficio_id)
            .where(
                CARGAS.c.importacion_id == importacion_id,
                CARGAS.c.estado == EstadoCarga.CAMBIA,
            )
            .order_by(CARGAS.c.oficio_id)
            .limit(_MOVED_AT_ONCE)
        ).all()
        if going and draft.destino_id is not None:
            moved = entrust_cases(going, buffet_id=draft.destino_id)
            spare_cases(set(going) - set(moved))
            db.session.execute(
                sa.update(CARGAS)
                .where(CARGAS.c.oficio_id.in_(moved))
                .values(estado=EstadoCarga.ENTRA)
            )
            # So that they are announced as new ones are.
            db.session.add_all(
                FilaEnCarga(
                    importacion_id=importacion_id, orden=pk, resultado="", linea="", caso_id=pk
                )
                for pk in moved
            )
    return bool(going)


def finish_change(importacion_id: int, *, actor_id: int, now: datetime) -> None:
    """Show the moved cases, and write down whose they are now."""
    with transaction():
        draft = lock_list(importacion_id)
        if draft.estado is not EstadoImportacion.MOVIENDO or draft.destino_id is None:
            return
        moved = set(
            db.session.scalars(
                sa.select(CARGAS.c.oficio_id).where(
                    CARGAS.c.importacion_id == importacion_id,
                    CARGAS.c.estado == EstadoCarga.ENTRA,
                )
            )
        )
        former, destino = draft.buffet_id, db.session.get_one(Buffet, draft.destino_id)
        reveal(importacion_id)
        draft.estado = EstadoImportacion.IMPORTADA
        draft.total = draft.problema = None
        _tell_moved(draft, moved, destino)
        draft.version += 1
        actor = db.session.get_one(Usuario, actor_id)
        audit_list(
            "importacion.movida",
            draft,
            actor,
            now,
            casos=len(moved),
            desde=former,
            hacia=destino.id,
        )


def _destination(draft: Importacion, buffet_id: int, now: datetime) -> Buffet:
    if refusal := refuse_change(draft, now):
        raise Refused(refusal)
    refuse_announcing(draft)
    destino = db.session.get(Buffet, buffet_id)
    if destino is None or not destino.activo:
        raise Refused("Ese buffet está cerrado. Elija otro, o pida que lo reabran.")
    return destino


def _cases_of(buffet: Buffet, oficio_ids: Collection[int]) -> set[int]:
    """Those of some cases that a buffet has, also those that nobody sees now."""
    cases = Oficio.metadata.tables[Oficio.__tablename__]
    ordered = sorted(oficio_ids)
    found: set[int] = set()
    for start in range(0, len(ordered), _ASKED_AT_ONCE):
        asked = cases.c.id.in_(ordered[start : start + _ASKED_AT_ONCE])
        statement = sa.select(cases.c.id).where(cases.c.buffet_id == buffet.id, asked)
        found.update(db.session.scalars(statement))
    return found


def _tell_moved(draft: Importacion, moved: Collection[int], destino: Buffet) -> None:
    """Say in the report which cases went where; when all did, the list is that buffet's."""
    informe: list[dict[str, Any]] = [
        {**line, "movido_a": destino.nombre} if line["oficio_id"] in moved else line
        for line in draft.informe
    ]
    draft.informe = informe
    made = {line["oficio_id"] for line in informe if line["oficio_id"]}
    if made <= _cases_of(destino, made):
        draft.buffet_id = destino.id
