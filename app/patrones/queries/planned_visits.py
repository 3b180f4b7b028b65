"""The visits that are planned of a case, which its windows show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from app.db import db
from app.oficios.models import Investigacion, Seguimiento
from app.patrones.rules import VISIT
from app.usuarios.models import Usuario


@dataclass(frozen=True)
class VisitaAgendada:
    """A note that somebody goes to look for the vehicle on a day, still to be done."""

    #: Of the promise.
    id: int
    para: date
    usuario_id: int
    quien: str
    texto: str


def list_planned(oficio_id: int, *, today: date) -> list[VisitaAgendada]:
    """What anybody planned for today or later, the next first."""
    statement = (
        sa.select(
            Seguimiento.id,
            Seguimiento.para,
            Seguimiento.usuario_id,
            Usuario.nombre,
            Investigacion.descripcion,
        )
        .join(Investigacion, Investigacion.id == Seguimiento.entrada_id)
        .join(Usuario, Usuario.id == Seguimiento.usuario_id)
        .where(
            Seguimiento.oficio_id == oficio_id,
            Seguimiento.hecho_at.is_(None),
            Seguimiento.para >= today,
            Investigacion.descripcion.startswith(VISIT),
            Investigacion.retirado_at.is_(None),
        )
        .order_by(Seguimiento.para, Seguimiento.id)
    )
    return [VisitaAgendada(*row) for row in db.session.execute(statement)]
