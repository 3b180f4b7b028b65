"""Rules of retention, closed cases whose time is over, and what hinders their erasure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.buffets.models import Buffet
from app.core.clock import start_of_day, to_local
from app.cumplimiento.models.retencion import (
    LoteRetencion,
    PropuestaRetencion,
    ReglaRetencion,
)
from app.cumplimiento.rules.retencion import (
    AccionRetencion,
    EstadoPropuesta,
    Regla,
    is_over,
    months_before,
    tell_cases,
    tell_term,
)
from app.custodia.models import Eslabon
from app.custodia.queries import parts
from app.db import db
from app.oficios.models import Oficio, Propietario
from app.oficios.rules import Estado
from app.supresion.rules import EMPTIED, EstadoSupresion
from app.titulares.models import Solicitud
from app.titulares.queries.bloqueos import blocked_among, standing
from app.titulares.rules.solicitudes import EstadoSolicitud

_SLACK = timedelta(days=4)
_OPEN_REQUESTS = tuple(estado for estado in EstadoSolicitud if estado.is_open)


def list_rules() -> list[ReglaRetencion]:
    """Every rule: the office's first, then those of firms by name."""
    return list(db.session.scalars(rules_statement()))


def rules_statement() -> sa.Select[ReglaRetencion]:
    """The same, for who pages through them."""
    return (
        sa.select(ReglaRetencion)
        .outerjoin(Buffet, Buffet.id == ReglaRetencion.buffet_id)
        .options(joinedload(ReglaRetencion.buffet))
        .order_by(ReglaRetencion.buffet_id.is_not(None), Buffet.nombre, ReglaRetencion.caso_estado)
    )


def current_rules() -> list[Regla]:
    """The rules as plain values."""
    return [
        Regla(row.caso_estado, row.meses, row.accion, row.fundamento, row.buffet_id)
        for row in list_rules()
    ]


def find_rule(buffet_id: int | None, estado: Estado) -> ReglaRetencion | None:
    """The rule of a firm, or the office's, for cases closed in a state."""
    return db.session.scalars(
        sa.select(ReglaRetencion).where(
            ReglaRetencion.buffet_id.is_(None)
            if buffet_id is None
            else ReglaRetencion.buffet_id == buffet_id,
            ReglaRetencion.caso_estado == estado,
        )
    ).first()


def list_due(
    regla: Regla, own: Sequence[int], today: date, limit: int
) -> list[tuple[int, datetime]]:
    """Cases, with their closing, whose time by a rule is over and of which nobody was told.

    ``own`` are firms with a rule of their own, which the office's leaves alone. What is blocked or
    was erased is not among them, nor whose person has a request without an answer.
    """
    cases, proposed = Oficio.__table__, PropuestaRetencion.__table__
    # Months have unequal lengths: a few days more are read, and each is counted by itself.
    before = start_of_day(months_before(today, regla.meses) + _SLACK)
    firm = (
        cases.c.buffet_id.not_in(own)
        if regla.buffet_id is None
        else cases.c.buffet_id == regla.buffet_id
    )
    people, asking = Propietario.__table__, Solicitud.__table__
    pending = (
        sa.select(people.c.oficio_id)
        .join(asking, asking.c.rut == people.c.rut)
        .where(asking.c.estado.in_(_OPEN_REQUESTS))
    )
    statement = (
        sa.select(cases.c.id, cases.c.estado_desde)
        .where(
            cases.c.estado == regla.estado,
            firm,
            ~cases.c.numero_oficio.startswith(EMPTIED, autoescape=True),
            cases.c.id.not_in(sa.select(proposed.c.oficio_id)),
            cases.c.id.not_in(standing()),
            cases.c.id.not_in(pending),
            cases.c.estado_desde < before,
        )
        .order_by(cases.c.estado_desde, cases.c.id)
        .limit(limit)
    )
    return [
        (row.id, row.estado_desde)
        for row in db.session.execute(statement)
        if is_over(closing_day(row.estado_desde), regla.meses, today)
    ]


def list_reopened() -> list[int]:
    """Proposals, by their ids, of cases that are not closed any more as they were."""
    cases, proposed = Oficio.__table__, PropuestaRetencion.__table__
    statement = (
        sa.select(proposed.c.id)
        .join(cases, cases.c.id == proposed.c.oficio_id)
        .where(
            proposed.c.estado != EstadoPropuesta.CONFIRMADA,
            cases.c.estado != proposed.c.caso_estado,
        )
    )
    return list(db.session.scalars(statement))


def list_postponed(today: date) -> list[PropuestaRetencion]:
    """Those whose postponement is over."""
    return list(
        db.session.scalars(
            sa.select(PropuestaRetencion).where(
                PropuestaRetencion.estado == EstadoPropuesta.APLAZADA,
                PropuestaRetencion.hasta <= today,
            )
        )
    )


def proposals_statement(estado: EstadoPropuesta | None) -> Any:
    """What was proposed and not yet confirmed, or what has one outcome; the oldest first."""
    wanted = (
        PropuestaRetencion.estado != EstadoPropuesta.CONFIRMADA
        if estado is None
        else PropuestaRetencion.estado == estado
    )
    return (
        sa.select(PropuestaRetencion)
        .where(wanted)
        .options(
            joinedload(PropuestaRetencion.oficio).joinedload(Oficio.buffet),
            joinedload(PropuestaRetencion.decidida_por),
        )
        .order_by(PropuestaRetencion.vencio, PropuestaRetencion.id)
    )


def read_proposals(ids: Sequence[int] | None) -> list[PropuestaRetencion]:
    """Some proposals that wait for a decision; None: all that are to be decided on."""
    statement = sa.select(PropuestaRetencion).order_by(PropuestaRetencion.id)
    if ids is None:
        statement = statement.where(PropuestaRetencion.estado == EstadoPropuesta.PROPUESTA)
        return list(db.session.scalars(statement))
    return [
        row
        for part in parts(list(ids))
        for row in db.session.scalars(statement.where(PropuestaRetencion.id.in_(part)))
    ]


@dataclass(frozen=True)
class Impedimentos:
    """Cases that may not be erased now, by what hinders it."""

    abiertos: set[int]
    bloqueados: set[int]
    con_solicitud: set[int]

    @property
    def todos(self) -> set[int]:
        """All of them."""
        return self.abiertos | self.bloqueados | self.con_solicitud


def hindered_among(propuestas: Sequence[PropuestaRetencion]) -> Impedimentos:
    """What hinders the erasure of some proposed cases, as they are now."""
    found = Impedimentos(set(), set(), set())
    cases, people, asking = Oficio.__table__, Propietario.__table__, Solicitud.__table__
    was = {row.oficio_id: row.caso_estado for row in propuestas}
    for part in parts(sorted(was)):
        states = sa.select(cases.c.id, cases.c.estado).where(cases.c.id.in_(part))
        found.abiertos.update(
            row.id for row in db.session.execute(states) if row.estado is not was[row.id]
        )
        found.bloqueados.update(blocked_among(part))
        found.con_solicitud.update(
            db.session.scalars(
                sa.select(people.c.oficio_id)
                .join(asking, asking.c.rut == people.c.rut)
                .where(people.c.oficio_id.in_(part), asking.c.estado.in_(_OPEN_REQUESTS))
            )
        )
    return found


def count_proposals() -> dict[EstadoPropuesta, int]:
    """How many there are of each."""
    table = PropuestaRetencion.__table__
    statement = sa.select(table.c.estado, sa.func.count()).group_by(table.c.estado)
    return {row[0]: row[1] for row in db.session.execute(statement)}


def list_batches(limit: int = 50) -> list[LoteRetencion]:
    """What was confirmed, the newest first."""
    return list(db.session.scalars(batches_statement().limit(limit)))


def batches_statement() -> sa.Select[LoteRetencion]:
    """The same, for who pages through them."""
    return (
        sa.select(LoteRetencion)
        .options(joinedload(LoteRetencion.supresion), joinedload(LoteRetencion.confirmado_por))
        .order_by(LoteRetencion.id.desc())
    )


def list_uncertified_batches() -> list[LoteRetencion]:
    """What is wholly done and has no certificate yet."""
    statement = (
        sa.select(LoteRetencion)
        .join(LoteRetencion.supresion)
        .where(LoteRetencion.certificado_at.is_(None))
        .options(joinedload(LoteRetencion.supresion))
    )
    rows = db.session.scalars(statement)
    return [row for row in rows if row.supresion.estado is EstadoSupresion.HECHA]


def last_batch_number(year: int) -> int:
    """The highest number that a batch of a year has."""
    prefix = f"R-{year}-"
    last = db.session.scalar(
        sa.select(sa.func.max(LoteRetencion.numero)).where(LoteRetencion.numero.startswith(prefix))
    )
    return int(last.removeprefix(prefix)) if last else 0


def commitments_of(oficio_ids: Sequence[int]) -> tuple[int, str]:
    """How many links of some cases have no content any more, and a SHA-256 over what stays.

    It is over the commitments (``contenido_hash``) of those links, by chain and number, each on a
    line of its own.
    """
    digest, count = hashlib.sha256(), 0
    for part in parts(sorted(oficio_ids)):
        statement = (
            sa.select(Eslabon.contenido_hash)
            .where(Eslabon.cadena.in_(part), Eslabon.contenido.is_(None))
            .order_by(Eslabon.cadena, Eslabon.secuencia)
            .execution_options(yield_per=1000)
        )
        for commitment in db.session.scalars(statement):
            digest.update(f"{commitment}\n".encode())
            count += 1
    return count, digest.hexdigest()


def closing_day(moment: datetime) -> date:
    """The day on which a case was closed, on Santiago's calendar."""
    return to_local(moment).date()


def tell_rules(lote: LoteRetencion) -> list[str]:
    """The rules of a batch in words, each with its count."""
    return [
        f"{tell_cases(each['casos'])}: {Estado(each['estado']).label}, {tell_term(each['meses'])}, "
        f"{AccionRetencion(each['accion']).label.lower()}. {each['fundamento']}"
        for each in lote.reglas
    ]
