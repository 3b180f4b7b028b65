"""What is done for persons whose data the office holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import OFFICE_BASIS, audit, record_disclosure
from app.core.errors import NotFound, Refused
from app.db import db, seeing_all
from app.eventos.models import Evento
from app.jobs.models import Trabajo
from app.jobs.rules import WAITING_STATES
from app.jobs.service import cancel_job
from app.oficios.models import Oficio
from app.titulares.models import Bloqueo, Solicitud
from app.titulares.queries.bloqueos import blocked_among
from app.titulares.queries.persona import Encontrado
from app.usuarios.models import Usuario


def record_search(encontrado: Encontrado, motivo: str, *, actor: Usuario, now: datetime) -> None:
    """Write down that a person was looked for: by what and why, never who."""
    audit(
        "titular.buscado",
        actor=actor,
        now=now,
        por=encontrado.buscado.claves,
        motivo=motivo,
        casos=encontrado.oficio_ids,
        lugares=[lugar.tabla for lugar in encontrado.lugares],
    )
    claves = ", ".join(each.clave.label for each in encontrado.buscado.identificadores)
    record_disclosure(
        CanalDivulgacion.LECTURA,
        f"Buscó a una persona por {claves}",
        getattr(actor, "email", ""),
        base=OFFICE_BASIS,
        now=now,
        actor=actor,
        casos=encontrado.oficio_ids,
    )


class AlreadyBlocked(Refused):
    """Every case that was named is blocked already."""


def block_cases(
    oficio_ids: Sequence[int],
    motivo: str,
    *,
    actor: Usuario,
    now: datetime,
    solicitud: Solicitud | None = None,
) -> list[Bloqueo]:
    """Block cases: they are kept, and pages, API and jobs do not see them until it is lifted.

    What waits to be done for them is cancelled, and what programs were to be told is forgotten.

    Raises:
        NotFound: one of the cases does not exist.
        AlreadyBlocked: there is nothing left to block.
    """
    with seeing_all():
        known = set(db.session.scalars(sa.select(Oficio.id).where(Oficio.id.in_(oficio_ids))))
        if set(oficio_ids) - known or not known:
            raise NotFound("Uno de los casos no existe.")
        free = sorted(known - blocked_among(sorted(known)))
        if not free:
            raise AlreadyBlocked("Esos casos ya están bloqueados.")
        blocks = [
            Bloqueo(
                oficio_id=oficio_id,
                solicitud_id=solicitud.id if solicitud else None,
                motivo=motivo,
                bloqueado_at=now,
                bloqueado_por_id=actor.id,
            )
            for oficio_id in free
        ]
        db.session.add_all(blocks)
        _stop_work(free, now=now)
        for oficio_id in free:
            audit(
                "oficio.bloqueado",
                actor=actor,
                now=now,
                entidad="oficio",
                entidad_id=oficio_id,
                solicitud=solicitud.numero if solicitud else None,
            )
        db.session.flush()
    return blocks


def _stop_work(oficio_ids: Sequence[int], *, now: datetime) -> None:
    waiting = sa.select(Trabajo).where(
        Trabajo.oficio_id.in_(oficio_ids), Trabajo.estado.in_(WAITING_STATES)
    )
    for trabajo in db.session.scalars(waiting):
        cancel_job(trabajo, now=now, cause="El caso se bloqueó a petición de una persona.")
    db.session.execute(
        sa.delete(Evento)
        .where(Evento.oficio_id.in_(oficio_ids))
        .execution_options(synchronize_session=False)
    )


def lift_block(bloqueo: Bloqueo, motivo: str, *, actor: Usuario, now: datetime) -> None:
    """End a block: the case is seen and worked on again.

    Raises:
        Refused: it was lifted before.
    """
    if bloqueo.levantado_at is not None:
        raise Refused("Ese bloqueo ya se levantó.")
    bloqueo.levantado_at = now
    bloqueo.levantado_por_id = actor.id
    bloqueo.levantado_motivo = motivo
    audit(
        "oficio.desbloqueado", actor=actor, now=now, entidad="oficio", entidad_id=bloqueo.oficio_id
    )
    db.session.flush()
