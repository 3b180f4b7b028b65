"""The way of an uploaded list: kept, corrected, discarded or imported, whatever it lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from app.core.errors import Refused, Stale
from app.custodia.service import execute_sealed, removal_reason
from app.db import db
from app.planillas.rules.layout import Lectura
from app.planillas.rules.rows import Review, count_outcomes
from app.planillas.service.kinds import DirectKind, Draft, Fila, Kind
from app.usuarios.models import Usuario

#: Retention of an upload that is not imported: it holds personal data.
DRAFT_LIFE = timedelta(days=7)


def keep_draft(
    kind: Kind[Draft, Any],
    *,
    nombre: str,
    contenido: bytes,
    actor: Usuario,
    now: datetime,
    **of: Any,
) -> Draft:
    """Keep an upload until it is imported, and remove those that were forgotten for a week.

    ``of`` are the columns that say to whom or what it belongs.
    """
    model = kind.model
    old = sa.delete(model).where(
        model.estado.in_((kind.draft, kind.discarded)),
        sa.func.coalesce(getattr(model, kind.dated), model.created_at) < now - DRAFT_LIFE,
    )
    if model.__sealed__:
        with removal_reason("borrador que nadie importó"):
            execute_sealed(old)
    else:
        db.session.execute(old)
    draft = model(
        nombre_archivo=nombre,
        sha256=sha256(contenido).hexdigest(),
        contenido=contenido,
        usuario_id=actor.id,
        created_at=now,
        **of,
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def correct_draft(kind: Kind[Draft, Any], draft: Draft, review: Review) -> None:
    """Store what a person changed of the reading.

    Raises:
        Refused: it was imported or discarded meanwhile.
    """
    _lock(draft)
    _refuse_closed(kind, draft)
    kind.keep_review(draft, review)
    draft.version += 1
    db.session.flush()


def discard_draft(kind: Kind[Draft, Any], draft: Draft, *, actor: Usuario, now: datetime) -> None:
    """Forget an upload that will not be imported; its file goes at once. Safe to repeat.

    Raises:
        Refused: it was imported meanwhile.
    """
    _lock(draft)
    if draft.estado is kind.discarded:
        return
    _refuse_closed(kind, draft)
    draft.contenido = b""
    draft.version += 1
    kind.discard(draft, actor, now)
    db.session.flush()


def import_draft(
    kind: DirectKind[Draft, Fila],
    draft: Draft,
    lectura: Lectura[Fila],
    version: int,
    *,
    actor: Usuario,
    now: datetime,
    **asked: Any,
) -> int:
    """Make what the rows of a list tell of, all or none; return how many were made.

    The rows are compared with the database again: what came since the preview is known now. A
    second press on the button finds the list imported and does nothing. ``asked`` goes to the
    kind's ``prepare``.

    Raises:
        Stale: somebody corrected the draft since the actor saw it.
        Refused: it was discarded, or its kind refuses it as things stand.
    """
    if not claim_draft(kind, draft, version):
        return 0
    kind.prepare(draft, lectura.filas, now, **asked)
    filas = kind.classify(draft, lectura.filas, now)
    made = kind.store(draft, filas, actor, now)
    draft.resultado = {
        outcome.value: count for outcome, count in count_outcomes(filas, kind.outcomes).items()
    }
    draft.informe = [kind.report_line(fila, made.get(fila.clave)) for fila in filas]
    draft.version += 1
    kind.close(draft, lectura, list(made.values()), actor, now)
    db.session.flush()
    return len(made)


def claim_draft(kind: Kind[Draft, Any], draft: Draft, version: int) -> bool:
    """Lock a draft that is to be imported now; False when that was done already.

    Raises:
        Stale: somebody corrected it since the actor saw it.
        Refused: it was discarded.
    """
    _lock(draft)
    if draft.estado not in {kind.draft, kind.discarded}:
        return False
    _refuse_closed(kind, draft)
    if version != draft.version:
        raise Stale(kind.stale)
    return True


def keys_as_text(mapeo: Mapping[int, str] | None) -> dict[str, Any]:
    """A mapping as JSON keeps it; empty where the headers tell."""
    return {str(column): campo for column, campo in (mapeo or {}).items()}


def _lock(draft: Any) -> None:
    """Read the draft as it is now and let nobody else change it until the commit."""
    db.session.refresh(draft, with_for_update=True)


def _refuse_closed(kind: Kind[Draft, Any], draft: Draft) -> None:
    if draft.estado is kind.discarded:
        raise Refused("Este listado se descartó. Súbalo otra vez para importarlo.")
    if draft.estado is not kind.draft:
        raise Refused(kind.closed)
