"""The log of look-ups: who asked for which order and why, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.consultas.models import Consulta
from app.consultas.rules import ResultadoConsulta
from app.consultas.rules.vigencia import PERIODIC
from app.custodia.service import execute_sealed
from app.db import db
from app.oficios.models import Oficio
from app.usuarios.models import Usuario


@dataclass(frozen=True)
class Desenlace:
    """How a look-up ended."""

    resultado: ResultadoConsulta
    #: In words.
    detalle: str
    proveedor: str | None = None
    http_status: int | None = None
    sha256: str | None = None
    recibidos: int | None = None
    nuevos: int | None = None
    investigacion_id: int | None = None


def note_request(
    oficio: Oficio,
    trabajo_id: str,
    *,
    motivo: str,
    usuario_id: int | None,
    now: datetime,
) -> Consulta:
    """Write down that somebody asks for a look-up; the same person and job are one request."""
    row = db.session.scalar(
        sa.select(Consulta).where(
            Consulta.trabajo_id == trabajo_id, Consulta.usuario_id.is_not_distinct_from(usuario_id)
        )
    )
    if row is not None:
        return row
    row = Consulta(
        oficio_id=oficio.id,
        patente=oficio.vehiculo.patente,
        trabajo_id=trabajo_id,
        usuario_id=usuario_id,
        motivo=motivo,
        pedida_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def take_over(trabajo_id: str, *, motivo: str, usuario: Usuario, now: datetime) -> None:
    """A person hurries an automatic look-up that nobody began: it becomes theirs."""
    execute_sealed(
        sa.update(Consulta)
        .where(Consulta.trabajo_id == trabajo_id, Consulta.usuario_id.is_(None))
        .values(usuario_id=usuario.id, motivo=motivo, pedida_at=now)
    )


def settle_requests(
    oficio: Oficio,
    trabajo_id: str | None,
    desenlace: Desenlace,
    *,
    actor: Usuario | None,
    motivo: str = PERIODIC,
    now: datetime,
) -> None:
    """Complete the requests of a job with how it ended.

    A job that was enqueued before there was a log, or a look-up without a job, gets its row here,
    with ``motivo``.
    """
    values = {**vars(desenlace), "respondida_at": now}
    if trabajo_id is not None and execute_sealed(
        sa.update(Consulta).where(Consulta.trabajo_id == trabajo_id).values(**values)
    ):
        return
    db.session.add(
        Consulta(
            oficio_id=oficio.id,
            patente=oficio.vehiculo.patente,
            trabajo_id=trabajo_id,
            usuario_id=actor.id if actor else None,
            motivo=motivo,
            pedida_at=now,
            **values,
        )
    )
    db.session.flush()
