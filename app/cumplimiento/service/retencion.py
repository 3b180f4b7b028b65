"""Rules of retention, the cases that they propose, and the admin's decision on those."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.auditoria.service import audit
from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.core.clock import local_today
from app.core.errors import InvalidValue, NotFound, Refused
from app.cumplimiento.models.retencion import (
    LoteRetencion,
    PropuestaRetencion,
    ReglaRetencion,
)
from app.cumplimiento.queries.retencion import (
    closing_day,
    current_rules,
    find_rule,
    hindered_among,
    last_batch_number,
    list_due,
    list_postponed,
    list_reopened,
)
from app.cumplimiento.rules.retencion import (
    CERTIFY_BATCH_JOB,
    MOST_MONTHS,
    AccionRetencion,
    EstadoPropuesta,
    Regla,
    months_after,
    tell_closed,
)
from app.custodia.queries import parts
from app.custodia.service import execute_sealed
from app.db import db, seeing_all
from app.jobs.queue import enqueue
from app.supresion.rules import Trato
from app.supresion.service import confirm_erasure
from app.titulares.rules.identidad import Buscado
from app.usuarios.models import Usuario
from app.usuarios.queries import list_active_admins

#: Cases that one transaction proposes.
_AT_ONCE = 200
_TRATOS = {
    AccionRetencion.BORRAR: Trato.ANONIMIZAR,
    AccionRetencion.ANONIMIZAR: Trato.HECHOS,
}


def save_rule(regla: Regla, *, actor: Usuario | None, now: datetime) -> ReglaRetencion:
    """Write down what becomes of closed cases of a firm, or of all that have no rule of their own.

    Proposals that nobody decided on yet are made anew by the next run of the job.

    Raises:
        InvalidValue: the months are out of bounds, no reason is given, or the state is open.
    """
    if not regla.estado.is_final:
        raise InvalidValue("Solo hay plazo para los casos cerrados.")
    if not 0 <= regla.meses <= MOST_MONTHS:
        raise InvalidValue(f"Escriba los meses, entre 0 y {MOST_MONTHS}.")
    if not regla.fundamento.strip():
        raise InvalidValue("Escriba la razón: por qué ese plazo, o por qué se conserva.")
    row = find_rule(regla.buffet_id, regla.estado)
    before = _tell(row) if row else None
    is_new = row is None
    if row is None:
        row = ReglaRetencion(buffet_id=regla.buffet_id, caso_estado=regla.estado)
    row.meses, row.accion, row.fundamento = regla.meses, regla.accion, regla.fundamento.strip()
    row.cambiada_at, row.cambiada_por_id = now, actor.id if actor else None
    if is_new:
        db.session.add(row)
    db.session.flush()
    _withdraw_undecided(regla.buffet_id, regla.estado)
    audit(
        "retencion.regla",
        actor=actor,
        now=now,
        entidad="retencion_regla",
        entidad_id=row.id,
        buffet=row.buffet_id,
        estado=row.caso_estado.value,
        antes=before,
        ahora=_tell(row),
    )
    return row


def remove_rule(
    buffet_id: int | None, estado: str, *, actor: Usuario | None, now: datetime
) -> None:
    """Take a rule away: the office's holds for the firm again, or none.

    Raises:
        NotFound: there is no such rule.
    """
    row = next(
        (
            each
            for each in db.session.scalars(sa.select(ReglaRetencion))
            if each.buffet_id == buffet_id and each.caso_estado.value == estado
        ),
        None,
    )
    if row is None:
        raise NotFound("Esa regla ya no está.")
    _withdraw_undecided(row.buffet_id, row.caso_estado)
    audit(
        "retencion.regla_quitada",
        actor=actor,
        now=now,
        entidad="retencion_regla",
        entidad_id=row.id,
        buffet=row.buffet_id,
        estado=row.caso_estado.value,
        antes=_tell(row),
    )
    db.session.delete(row)
    db.session.flush()


def _tell(row: ReglaRetencion) -> list[object]:
    return [row.meses, row.accion.value, row.fundamento]


def _withdraw_undecided(buffet_id: int | None, estado: object) -> None:
    """Proposals of a rule that changed say what does not hold any more: the job makes them anew."""
    cases = sa.select(PropuestaRetencion.id).join(PropuestaRetencion.oficio)
    if buffet_id is not None:
        cases = cases.where(PropuestaRetencion.oficio.has(buffet_id=buffet_id))
    ids = list(
        db.session.scalars(
            cases.where(
                PropuestaRetencion.estado == EstadoPropuesta.PROPUESTA,
                PropuestaRetencion.caso_estado == estado,
            )
        )
    )
    _withdraw(ids)


def _withdraw(ids: list[int]) -> None:
    for part in parts(ids):
        execute_sealed(sa.delete(PropuestaRetencion).where(PropuestaRetencion.id.in_(part)))


def propose_some(now: datetime) -> int:
    """Propose closed cases whose time is over, some hundred at most; how many.

    A case is proposed once. Call it in a transaction until it returns 0.
    """
    today, reglas = local_today(now), current_rules()
    with seeing_all():
        for regla in reglas:
            if regla.accion is AccionRetencion.CONSERVAR:
                continue
            own = [
                each.buffet_id
                for each in reglas
                if each.buffet_id is not None and each.estado is regla.estado
            ]
            due = list_due(regla, own, today, _AT_ONCE)
            for oficio_id, closed in due:
                db.session.add(
                    PropuestaRetencion(
                        oficio_id=oficio_id,
                        caso_estado=regla.estado,
                        accion=regla.accion,
                        meses=regla.meses,
                        fundamento=regla.fundamento,
                        vencio=months_after(closing_day(closed), regla.meses),
                        propuesta_at=now,
                    )
                )
            if due:
                db.session.flush()
                return len(due)
    return 0


def renew_proposals(now: datetime) -> None:
    """Take away proposals of reopened cases, and bring back those whose postponement is over."""
    with seeing_all():
        _withdraw(list_reopened())
        for row in list_postponed(local_today(now)):
            row.estado = EstadoPropuesta.PROPUESTA
    db.session.flush()


def tell_of_proposals(count: int, now: datetime) -> None:
    """Tell the admins how many closed cases wait for their decision; once a day."""
    for admin in list_active_admins():
        tell(
            admin,
            f"{tell_closed(count)} su plazo de retención: decida qué se hace.",
            novedad=Novedad.OBLIGACION,
            url="/admin/retencion",
            accion="Ver y decidir",
            clave=f"retencion:{local_today(now).isoformat()}",
            now=now,
        )


@dataclass(frozen=True)
class Confirmado:
    """What a confirmation did: its batch, and which cases it left out, and why."""

    lote: LoteRetencion
    omitidos: dict[str, list[int]]


def confirm_proposals(
    propuestas: Sequence[PropuestaRetencion],
    *,
    secret: str,
    actor: Usuario | None,
    now: datetime,
) -> Confirmado:
    """Have the data of proposed cases erased or made anonymous; the certificate follows.

    Cases that were reopened or blocked meanwhile, or whose person has a request without an answer,
    are left out. ``secret`` is the installation's.

    Raises:
        Refused: nothing of it may be erased now.
    """
    waiting = [row for row in propuestas if row.estado is EstadoPropuesta.PROPUESTA]
    with seeing_all():
        hindered = hindered_among(waiting)
        chosen = [row for row in waiting if row.oficio_id not in hindered.todos]
        left_out = {
            "ya no están cerrados como entonces": sorted(hindered.abiertos),
            "están bloqueados": sorted(hindered.bloqueados),
            "su persona tiene una solicitud sin respuesta": sorted(hindered.con_solicitud),
        }
        if not chosen:
            raise Refused(
                "Ninguno de esos casos se puede borrar ahora: alguien decidió antes, se "
                "reabrieron, están bloqueados o su persona espera una respuesta."
            )
        year = local_today(now).year
        # Two at the same moment meet the unique constraint.
        numero = f"R-{year}-{last_batch_number(year) + 1:04d}"
        supresion = confirm_erasure(
            Buscado(()),
            {row.oficio_id: _TRATOS[row.accion] for row in chosen},
            f"Plazo de retención, {numero}",
            secret=secret,
            actor=actor,
            now=now,
        )
        rules = Counter((row.caso_estado, row.meses, row.accion, row.fundamento) for row in chosen)
        lote = LoteRetencion(
            numero=numero,
            casos=len(chosen),
            reglas=[
                {
                    "estado": estado.value,
                    "meses": meses,
                    "accion": accion.value,
                    "fundamento": fundamento,
                    "casos": count,
                }
                for (estado, meses, accion, fundamento), count in rules.items()
            ],
            supresion_id=supresion.id,
            confirmado_at=now,
            confirmado_por_id=actor.id if actor else None,
        )
        db.session.add(lote)
        db.session.flush()
        _decide(chosen, EstadoPropuesta.CONFIRMADA, actor, now, lote_id=lote.id)
    audit(
        "retencion.confirmada",
        actor=actor,
        now=now,
        entidad="retencion_lote",
        entidad_id=lote.id,
        numero=lote.numero,
        casos=lote.casos,
        supresion=supresion.id,
    )
    return Confirmado(lote, {why: ids for why, ids in left_out.items() if ids})


def postpone(
    propuestas: Sequence[PropuestaRetencion],
    hasta: date | None,
    motivo: str,
    *,
    actor: Usuario | None,
    now: datetime,
) -> int:
    """Let proposed cases stay until a day, or without one until somebody releases them.

    Raises:
        InvalidValue: no reason is given, or the day is not ahead.
        Refused: none of them waits for a decision.
    """
    if not motivo.strip():
        raise InvalidValue("Escriba por qué se conservan, sin datos de personas.")
    if hasta is not None and hasta <= local_today(now):
        raise InvalidValue("La fecha hasta la que se aplaza tiene que ser futura.")
    estado = EstadoPropuesta.RETENIDA if hasta is None else EstadoPropuesta.APLAZADA
    return _decide_all(propuestas, estado, hasta, motivo.strip(), actor, now)


def release_held(
    propuestas: Sequence[PropuestaRetencion], *, actor: Usuario | None, now: datetime
) -> int:
    """Let postponed and held cases be decided on again.

    Raises:
        Refused: none of them waits for a decision.
    """
    return _decide_all(propuestas, EstadoPropuesta.PROPUESTA, None, None, actor, now)


def _decide_all(
    propuestas: Sequence[PropuestaRetencion],
    estado: EstadoPropuesta,
    hasta: date | None,
    motivo: str | None,
    actor: Usuario | None,
    now: datetime,
) -> int:
    waiting = [row for row in propuestas if row.estado.waits]
    if not waiting:
        raise Refused("Alguien decidió antes sobre esos casos.")
    casos = [row.oficio_id for row in waiting]
    _decide(waiting, estado, actor, now, hasta=hasta, motivo=motivo)
    audit(
        "retencion.decidida",
        actor=actor,
        now=now,
        entidad="retencion",
        decision=estado.value,
        hasta=hasta.isoformat() if hasta else None,
        casos=casos[:_AT_ONCE],
        cantidad=len(casos),
    )
    return len(casos)


def _decide(
    rows: Sequence[PropuestaRetencion],
    estado: EstadoPropuesta,
    actor: Usuario | None,
    now: datetime,
    **values: object,
) -> None:
    """Write a decision on many cases by few statements: others wait to write meanwhile."""
    values |= {
        "estado": estado,
        "decidida_at": now,
        "decidida_por_id": actor.id if actor else None,
    }
    for part in parts([row.id for row in rows]):
        execute_sealed(
            sa.update(PropuestaRetencion).where(PropuestaRetencion.id.in_(part)).values(values)
        )


def order_batch_certificate(lote: LoteRetencion, *, now: datetime) -> None:
    """Have the certificate of a batch printed."""
    enqueue(
        CERTIFY_BATCH_JOB,
        key=f"{CERTIFY_BATCH_JOB}:{lote.numero}",
        now=now,
        args={"lote_id": lote.id},
        usuario_id=lote.confirmado_por_id,
    )


def keep_batch_certificate(lote: LoteRetencion, pdf: bytes, *, now: datetime) -> None:
    """Keep the certificate as it was printed, with its hash in the audit."""
    lote.pdf = pdf
    lote.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    lote.certificado_at = now
    audit(
        "retencion.certificado",
        actor=None,
        now=now,
        entidad="retencion_lote",
        entidad_id=lote.id,
        numero=lote.numero,
        sha256=lote.pdf_sha256,
    )
    db.session.flush()
