"""What a list brought is taken back, all of it or a row, within a day and while it is untouched."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.clock import is_within
from app.core.errors import NotFound, Refused
from app.db import db, transaction
from app.oficios.models import CARGAS
from app.oficios.rules import EstadoCarga
from app.oficios.service import hide_cases, remove_cases, spare_cases, touched_cases
from app.planillas.models import FilaEnCarga, Importacion
from app.planillas.rules.oficio_outcomes import EstadoImportacion, Resultado
from app.planillas.service.import_oficios import audit_list
from app.planillas.service.importing import enqueue_list, lock_list
from app.planillas.service.told import on_undone
from app.usuarios.models import Usuario

#: The job that takes the cases of a list back.
UNDO_JOB = "planillas.deshacer"
#: How long after an import it may be undone.
UNDO_FOR = timedelta(days=1)
#: Cases that one transaction takes back.
_REMOVED_AT_ONCE = 50
_TOO_LATE = (
    "Pasó más de un día desde que se importó: ya no se deshace. Cierre los casos que sobren."
)
_ANNOUNCING = "La importación termina en unos segundos. Pruebe otra vez."
_TOUCHED = "Ya se trabajó en todos los casos de este listado, así que ninguno se puede deshacer."
_ROW_TOUCHED = "Ya se trabajó en este caso, así que no se deshace. Ciérrelo si sobra."


def refuse_undo(draft: Importacion, now: datetime) -> str | None:
    """Why what a list brought cannot be taken back now; None when it can."""
    if draft.estado is EstadoImportacion.IMPORTANDO and draft.problema:
        return None
    if draft.estado is not EstadoImportacion.IMPORTADA or draft.importada_at is None:
        return "Este listado no está importado."
    if not is_within(draft.importada_at, now, UNDO_FOR):
        return _TOO_LATE
    if not any(line["oficio_id"] for line in draft.informe):
        return "Este listado no creó ningún caso que se pueda deshacer."
    return None


def order_undo(draft: Importacion, *, actor: Usuario, now: datetime) -> int:
    """Hide the untouched cases of a list at once, and have a job take them back.

    Returns how many stay because somebody has worked on them. Of a list whose import stopped, all
    that it stored goes. Safe to repeat.

    Raises:
        Refused: it is too late, or every case was worked on.
    """
    db.session.refresh(draft, with_for_update=True)
    if draft.estado is EstadoImportacion.DESHACIENDO:
        return 0
    if refusal := refuse_undo(draft, now):
        raise Refused(refusal)
    kept = 0
    if draft.estado is EstadoImportacion.IMPORTANDO:
        db.session.execute(sa.delete(FilaEnCarga).where(FilaEnCarga.importacion_id == draft.id))
        db.session.execute(
            sa.update(CARGAS)
            .where(CARGAS.c.importacion_id == draft.id, CARGAS.c.estado == EstadoCarga.ENTRA)
            .values(estado=EstadoCarga.SALE)
        )
    else:
        refuse_announcing(draft)
        made = {line["oficio_id"] for line in draft.informe if line["oficio_id"]}
        hide_cases(made, draft.id, EstadoCarga.SALE)
        touched = touched_cases(draft.id)
        if touched >= made:
            raise Refused(_TOUCHED)
        spare_cases(touched)
        kept = len(touched)
    draft.estado = EstadoImportacion.DESHACIENDO
    draft.total = db.session.scalar(_count_leaving(draft.id))
    draft.problema = None
    draft.version += 1
    enqueue_list(UNDO_JOB, draft, actor=actor, now=now)
    return kept


def undo_row(draft: Importacion, oficio_id: int, *, actor: Usuario, now: datetime) -> None:
    """Take one case of a list back.

    Raises:
        NotFound: the list did not make it, or it was taken back already.
        Refused: it is too late, or somebody has worked on it.
    """
    db.session.refresh(draft, with_for_update=True)
    if refusal := refuse_undo(draft, now):
        raise Refused(refusal)
    refuse_announcing(draft)
    if all(line["oficio_id"] != oficio_id for line in draft.informe):
        raise NotFound("Ese caso no es de este listado.")
    hide_cases([oficio_id], draft.id, EstadoCarga.SALE)
    if touched_cases(draft.id):
        raise Refused(_ROW_TOUCHED)
    remove_cases([oficio_id], reason=_reason(draft))
    _tell_removed(draft, {oficio_id})
    draft.version += 1
    audit_list("importacion.fila_deshecha", draft, actor, now, oficio=oficio_id)


def remove_part(importacion_id: int) -> bool:
    """Take some of the hidden cases of a list back; False when none is left."""
    with transaction():
        draft = lock_list(importacion_id)
        leaving = db.session.scalars(
            sa.select(CARGAS.c.oficio_id)
            .where(*_leaving(importacion_id))
            .order_by(CARGAS.c.oficio_id)
            .limit(_REMOVED_AT_ONCE)
        ).all()
        if leaving:
            remove_cases(leaving, reason=_reason(draft))
    return bool(leaving)


def finish_undo(importacion_id: int, *, actor_id: int, now: datetime) -> None:
    """Write down that the cases are gone: the list is a draft again, or says which ones stayed."""
    draft = lock_list(importacion_id)
    if draft.estado is not EstadoImportacion.DESHACIENDO:
        return
    gone = set(
        db.session.scalars(
            sa.select(CARGAS.c.oficio_id).where(
                CARGAS.c.importacion_id == importacion_id,
                CARGAS.c.estado == EstadoCarga.DESHECHA,
            )
        )
    )
    _tell_removed(draft, gone)
    removed = draft.total or 0
    stays = any(line["oficio_id"] for line in draft.informe)
    draft.deshecha_at = now
    draft.total = draft.problema = None
    draft.version += 1
    if stays:
        draft.estado = EstadoImportacion.IMPORTADA
    else:
        draft.estado = EstadoImportacion.BORRADOR
        draft.importada_at = None
        draft.resultado, draft.informe = {}, []
    actor = db.session.get_one(Usuario, actor_id)
    audit_list("importacion.deshecha", draft, actor, now, casos=removed)
    on_undone(draft, removed, actor, now)


def _tell_removed(draft: Importacion, gone: Collection[int]) -> None:
    """Say in the report which rows were taken back."""
    counts = dict(draft.resultado)
    informe: list[dict[str, Any]] = []
    for line in draft.informe:
        if line["oficio_id"] in gone:
            counts[line["resultado"]] -= 1
            counts[_GONE] = counts.get(_GONE, 0) + 1
            line = {**line, "resultado": _GONE, "oficio_id": None}
        informe.append(line)
    draft.informe, draft.resultado = informe, counts


_GONE = Resultado.DESHECHA.value


def _reason(draft: Importacion) -> str:
    return f"se deshizo la importación {draft.id}"


def refuse_announcing(draft: Importacion) -> None:
    """Wait until who watches was told of all cases of a list.

    Raises:
        Refused: its job still tells of them.
    """
    waiting = sa.select(FilaEnCarga.orden).where(FilaEnCarga.importacion_id == draft.id).limit(1)
    if db.session.scalar(waiting) is not None:
        raise Refused(_ANNOUNCING)


def _leaving(importacion_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (CARGAS.c.importacion_id == importacion_id, CARGAS.c.estado == EstadoCarga.SALE)


def _count_leaving(importacion_id: int) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(CARGAS).where(*_leaving(importacion_id))
