"""A clock is stopped and started again by a person, and a report that a person gave is noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.dates import format_fecha_hora
from app.core.errors import Refused
from app.db import db
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.promesas.models import Pausa
from app.promesas.queries import find_open_pause
from app.promesas.queries.case_lives import INFORMED
from app.promesas.rules import MedioInforme, MotivoPausa
from app.usuarios.models import Usuario


@dataclass(frozen=True)
class PauseData:
    """Whom the office waits for, and for what."""

    motivo: MotivoPausa
    explicacion: str


def pause_clock(oficio: Oficio, data: PauseData, *, actor: Usuario, now: datetime) -> Pausa:
    """Stop the clock of a case from now on. It cannot be stopped for a time that has passed.

    Raises:
        Refused: the case is closed, or its clock stands already.
    """
    _lock(oficio)
    if oficio.estado.is_final:
        raise Refused("El caso está cerrado: su reloj ya no corre.")
    if running := find_open_pause(oficio.id):
        raise Refused(
            f"El reloj ya está detenido desde el {format_fecha_hora(running.desde)} "
            f"({running.motivo.label.lower()}). Reanúdelo primero."
        )
    pausa = Pausa(
        oficio_id=oficio.id,
        motivo=data.motivo,
        explicacion=data.explicacion,
        desde=now,
        detenida_por_id=actor.id,
    )
    db.session.add(pausa)
    db.session.flush()
    record(
        oficio,
        Actividad.SISTEMA,
        f"Se detiene el reloj de las promesas. {data.motivo.label}: {data.explicacion}",
        actor=actor,
        now=now,
        detalle={"pausa_id": pausa.id},
    )
    return pausa


def resume_clock(oficio: Oficio, *, actor: Usuario, now: datetime) -> Pausa:
    """Let the clock of a case run again from now on.

    Raises:
        Refused: it runs already.
    """
    _lock(oficio)
    pausa = find_open_pause(oficio.id)
    if pausa is None:
        raise Refused("El reloj de este caso ya está corriendo.")
    pausa.hasta = max(now, pausa.desde)
    pausa.reanudada_por_id = actor.id
    db.session.flush()
    record(
        oficio,
        Actividad.SISTEMA,
        f"Se reanuda el reloj de las promesas, detenido desde el {format_fecha_hora(pausa.desde)}.",
        actor=actor,
        now=now,
        detalle={"pausa_id": pausa.id},
    )
    return pausa


def note_report(
    oficio: Oficio, medio: MedioInforme, texto: str, *, actor: Usuario, now: datetime
) -> Investigacion:
    """Write down that the buffet was told of the case outside of Rastro, and what.

    Counts as the first report from the moment at which it is written down.
    """
    return record(
        oficio,
        Actividad.NOTA,
        f"Se informó al buffet ({medio.label.lower()}): {texto}",
        actor=actor,
        now=now,
        detalle={INFORMED: medio.value},
    )


def _lock(oficio: Oficio) -> None:
    """Let one person at a time stop or start the clock of a case."""
    db.session.execute(
        sa.select(Oficio.id).where(Oficio.id == oficio.id).with_for_update(key_share=True)
    )
