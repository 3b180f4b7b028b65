"""Doing something with jobs by hand, one or many, and saying what was and was not done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from app.auditoria.service import audit
from app.avisos.rules import Novedad
from app.avisos.service import MAIL_JOB, tell
from app.consultas.queries import CHECK
from app.core.errors import Refused
from app.db import db
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.registry import job_label, list_periodic
from app.jobs.rules import EstadoTrabajo
from app.jobs.service import cancel_job, retry_job, run_now
from app.notificaciones.rules import SEND_JOB
from app.oficios.models import Oficio
from app.trabajos.rules import Accion, Report
from app.usuarios.models import Usuario
from app.usuarios.queries import list_active_admins

#: Jobs that one transaction forgets.
_FORGOTTEN_AT_ONCE = 200
_TRABAJOS = Trabajo.metadata.tables[Trabajo.__tablename__]
_EJECUCIONES = Ejecucion.metadata.tables[Ejecucion.__tablename__]


def act_on_jobs(ids: Iterable[str], report: Report, *, actor: Usuario, now: datetime) -> None:
    """Do the report's action with each job that takes it, and note every outcome in the report.

    Rows are locked in the order of their ids, so that two people with the same selection do not
    wait for each other, and a job that a worker takes at this moment is refused.
    """
    changed = []
    for trabajo_id in sorted(set(ids)):
        trabajo = db.session.get(Trabajo, trabajo_id, with_for_update=True)
        if trabajo is None:
            report.refuse("uno", "Ya no existe. Recargue la página.")
            continue
        name = _name(trabajo)
        try:
            _act(trabajo, report.accion, actor, now)
        except Refused as refused:
            report.refuse(name, str(refused))
        else:
            report.done.append(name)
            changed.append(trabajo_id)
    if changed:
        audit(f"trabajos.{report.accion.value}", actor=actor, now=now, trabajos=changed)


def _act(trabajo: Trabajo, accion: Accion, actor: Usuario, now: datetime) -> None:
    if accion is Accion.REINTENTAR:
        retry_job(trabajo, now=now)
    elif accion is Accion.EJECUTAR:
        run_now(trabajo, now=now)
    else:
        cancel_job(trabajo, now=now, cause=f"Lo canceló {actor.nombre} antes de que empezara.")


def _name(trabajo: Trabajo) -> str:
    oficio = db.session.get(Oficio, trabajo.oficio_id) if trabajo.oficio_id else None
    label = job_label(trabajo.tipo)
    return f"{label} de {oficio.numero_oficio}" if oficio else label


#: Jobs whose failures are told in words of their own: a mail that did not go out, a provider that
#: does not answer.
_TOLD_ELSEWHERE = frozenset({SEND_JOB, CHECK})


def tell_of_failure(trabajo: Trabajo, cause: str, now: datetime) -> None:
    """Tell the admins that a job was given up. What several gave up is one notice.

    A mail about a failed mail of notices would fail in the same way, so that stays in Rastro.
    """
    if trabajo.tipo in _TOLD_ELSEWHERE or trabajo.estado is EstadoTrabajo.CANCELADO:
        return
    for admin in list_active_admins():
        tell(
            admin,
            f"Falló el trabajo «{job_label(trabajo.tipo)}». {cause}",
            novedad=Novedad.TRABAJO,
            url=f"/admin/trabajos/{trabajo.id}",
            accion="Ver el trabajo",
            clave=f"trabajo:{trabajo.id}:{trabajo.intentos}",
            now=now,
            only_bell=trabajo.tipo == MAIL_JOB,
        )


def forget_some(before: datetime) -> int:
    """Delete some periodic jobs that ended well before a moment; returns how many.

    What evidence may need stays: jobs of a case, jobs that a person asked for, those in which
    something failed, and those to which a row of another table points.
    """
    pointing = [
        sa.exists().where(key.parent == _TRABAJOS.c.id)
        for table in Trabajo.metadata.tables.values()
        if table is not _EJECUCIONES
        for key in table.foreign_keys
        if key.column is _TRABAJOS.c.id
    ]
    old = db.session.scalars(
        sa.select(_TRABAJOS.c.id)
        .where(
            _TRABAJOS.c.tipo.in_([one.name for one in list_periodic()]),
            _TRABAJOS.c.estado == EstadoTrabajo.HECHO,
            _TRABAJOS.c.terminado_at < before,
            _TRABAJOS.c.oficio_id.is_(None),
            _TRABAJOS.c.usuario_id.is_(None),
            _TRABAJOS.c.error.is_(None),
            _TRABAJOS.c.intentos <= 1,
            *(~one for one in pointing),
        )
        .limit(_FORGOTTEN_AT_ONCE)
    ).all()
    if old:
        db.session.execute(sa.delete(_EJECUCIONES).where(_EJECUCIONES.c.trabajo_id.in_(old)))
        db.session.execute(sa.delete(_TRABAJOS).where(_TRABAJOS.c.id.in_(old)))
    return len(old)
