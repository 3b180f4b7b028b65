"""Writing down a contract with a law firm, warning of its end, and ending it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.ajustes.queries import number_setting
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import audit, record_disclosure
from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.buffets.models import Buffet
from app.core.clock import local_today
from app.core.dates import format_fecha
from app.core.errors import InvalidValue, Refused, Stale
from app.cumplimiento.models.encargados import Encargo, TerminoEncargo
from app.cumplimiento.queries.encargados import (
    current_contract,
    has_returned,
    last_ending_number,
    list_ending,
    sort_cases,
)
from app.cumplimiento.rules.encargados import (
    BLOCKED_REASON,
    CERTIFY_JOB,
    END_BASIS,
    WARNING,
    EstadoEncargo,
    ModoTermino,
    contract_state,
    has_ended,
)
from app.db import db, seeing_all
from app.jobs.queue import enqueue
from app.supresion.rules import Trato
from app.supresion.service import confirm_erasure
from app.titulares.rules.identidad import Buscado
from app.usuarios.models import Usuario
from app.usuarios.queries import list_active_admins


@dataclass(frozen=True)
class EncargoData:
    """What a contract says. ``subencargados`` as the model has them."""

    objeto: str
    desde: date
    finalidad: str
    categorias: str
    hasta: date | None = None
    instrucciones: str | None = None
    subencargados: tuple[dict[str, str], ...] = ()


class EndsBeforeItBegins(InvalidValue):
    """The last day is before the first one."""


def write_contract(
    buffet: Buffet, data: EncargoData, *, read: int, actor: Usuario | None, now: datetime
) -> Encargo | None:
    """Add a version of a buffet's contract; None where nothing differs from the one that holds.

    ``read`` is the version that the change was made from, 0 when there was none.

    Raises:
        EndsBeforeItBegins: its days are the wrong way round.
        Stale: somebody wrote another version meanwhile.
    """
    if data.hasta is not None and data.hasta < data.desde:
        raise EndsBeforeItBegins("El término no puede ser anterior al comienzo.")
    # Two at once: the second waits here and then finds the version of the first.
    db.session.execute(sa.select(Buffet.id).where(Buffet.id == buffet.id).with_for_update())
    current = current_contract(buffet.id)
    if (current.numero if current else 0) != read:
        raise Stale(
            "Alguien guardó otra versión de este contrato. Revise la que rige abajo, y guarde "
            "otra vez si la suya es la que vale."
        )
    values = {**vars(data), "subencargados": list(data.subencargados)}
    if current is not None and all(getattr(current, name) == values[name] for name in values):
        return None
    row = Encargo(
        buffet_id=buffet.id,
        numero=read + 1,
        creado_por_id=actor.id if actor else None,
        created_at=now,
        **values,
    )
    db.session.add(row)
    db.session.flush()
    audit(
        "encargo.registrado",
        actor=actor,
        now=now,
        entidad="buffet",
        entidad_id=buffet.id,
        version=row.numero,
        hasta=row.hasta.isoformat() if row.hasta else None,
    )
    return row


def warn_of_ends(now: datetime) -> int:
    """Tell the admins of contracts that end soon, and of those that ended: once for each day.

    An end that somebody answered with a return or an erasure is not told again. Returns how many
    admins were told.
    """
    today, days = local_today(now), number_setting(WARNING)
    told = 0
    for row in list_ending():
        state = contract_state(row.desde, row.hasta, today, days)
        if row.hasta is None:
            continue
        if state is EstadoEncargo.POR_TERMINAR:
            text = (
                f"El contrato de encargo con {row.buffet.nombre} termina el "
                f"{format_fecha(row.hasta)}."
            )
        elif state is EstadoEncargo.TERMINADO and not has_returned(row):
            text = (
                f"El contrato de encargo con {row.buffet.nombre} terminó el "
                f"{format_fecha(row.hasta)}: devuelva sus datos o suprímalos."
            )
        else:
            continue
        for admin in list_active_admins():
            told += tell(
                admin,
                text,
                novedad=Novedad.OBLIGACION,
                url=f"/admin/encargos/{row.buffet_id}",
                accion="Ver el contrato",
                clave=f"encargo:{row.buffet_id}:{row.hasta.isoformat()}:{state.value}",
                now=now,
            )
    return told


def require_end(buffet: Buffet, now: datetime) -> Encargo:
    """The contract of a buffet, which has ended.

    Raises:
        Refused: there is none, or it is still in force.
    """
    row = current_contract(buffet.id)
    if row is None:
        raise Refused("Registre primero el contrato con este buffet.")
    if row.hasta is None:
        raise Refused("El contrato no tiene fecha de término: escríbala antes.")
    if not has_ended(row.hasta, local_today(now)):
        raise Refused(f"El contrato rige hasta el {format_fecha(row.hasta)}.")
    return row


@dataclass(frozen=True)
class Devuelto:
    """What a return holds."""

    casos: list[int]
    filas: int
    archivos: int
    manifiesto_sha256: str


def record_return(
    buffet: Buffet, what: Devuelto, entrega: str, *, actor: Usuario | None, now: datetime
) -> TerminoEncargo:
    """Write down that the data of an ended contract are handed over; a job certifies it.

    ``entrega`` says to whom and how.

    Raises:
        Refused: the contract has not ended.
    """
    row = _end(buffet, ModoTermino.DEVOLUCION, what.casos, actor=actor, now=now)
    row.entrega = entrega
    row.filas = what.filas
    row.archivos = what.archivos
    row.manifiesto_sha256 = what.manifiesto_sha256
    row.conservados = sort_cases(buffet.id).bloqueados
    row.porque = BLOCKED_REASON if row.conservados else None
    record_disclosure(
        CanalDivulgacion.EXPORTACION,
        f"Devolución de datos {row.numero} (ZIP)",
        f"{buffet.nombre}: {entrega}",
        base=END_BASIS,
        now=now,
        actor=actor,
        buffet_id=buffet.id,
        cantidad=what.filas + what.archivos,
        casos=what.casos,
    )
    _note("encargo.devuelto", row, actor, now)
    order_certificate(row, now=now)
    return row


def order_erasure(
    buffet: Buffet, porque: str, *, secret: str, actor: Usuario | None, now: datetime
) -> TerminoEncargo:
    """Have the closed cases of an ended contract erased; the certificate follows when it is done.

    ``porque`` says why cases that are still open stay. ``secret`` is the installation's.

    Raises:
        InvalidValue: cases are open, and nobody said why they stay.
        Refused: the contract has not ended, or there is nothing to erase.
    """
    require_end(buffet, now)
    cases = sort_cases(buffet.id)
    if not cases.cerrados:
        raise Refused("No hay casos cerrados que suprimir.")
    if cases.abiertos and not porque:
        raise InvalidValue("Escriba por qué se conservan los casos que siguen abiertos.")
    erased = cases.cerrados
    reasons = {
        **dict.fromkeys(cases.abiertos, porque),
        **dict.fromkeys(cases.bloqueados, BLOCKED_REASON),
    }
    row = _end(buffet, ModoTermino.SUPRESION, erased, actor=actor, now=now)
    row.conservados = sorted(reasons)
    row.porque = " ".join(dict.fromkeys(reasons.values())) or None
    with seeing_all():
        supresion = confirm_erasure(
            Buscado(()),
            {
                **dict.fromkeys(erased, Trato.ANONIMIZAR),
                **dict.fromkeys(reasons, Trato.CONSERVAR),
            },
            f"Término del contrato de encargo, {row.numero}",
            secret=secret,
            porque=reasons,
            actor=actor,
            now=now,
        )
    row.supresion_id = supresion.id
    _note("encargo.suprimido", row, actor, now)
    return row


def order_certificate(termino: TerminoEncargo, *, now: datetime) -> None:
    """Have the certificate printed."""
    enqueue(
        CERTIFY_JOB,
        key=f"{CERTIFY_JOB}:{termino.numero}",
        now=now,
        args={"termino_id": termino.id},
        usuario_id=termino.decidido_por_id,
    )


def keep_certificate(termino: TerminoEncargo, pdf: bytes, *, now: datetime) -> None:
    """Keep the certificate as it was printed, with its hash in the audit."""
    termino.pdf = pdf
    termino.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
    termino.certificado_at = now
    audit(
        "encargo.certificado",
        actor=None,
        now=now,
        entidad="encargo_termino",
        entidad_id=termino.id,
        numero=termino.numero,
        sha256=termino.pdf_sha256,
    )
    db.session.flush()


def _end(
    buffet: Buffet,
    modo: ModoTermino,
    casos: list[int],
    *,
    actor: Usuario | None,
    now: datetime,
) -> TerminoEncargo:
    contract = require_end(buffet, now)
    year = local_today(now).year
    row = TerminoEncargo(
        # Two at the same moment meet the unique constraint.
        numero=f"E-{year}-{last_ending_number(year) + 1:04d}",
        buffet_id=buffet.id,
        encargo_id=contract.id,
        modo=modo,
        casos=casos,
        decidido_at=now,
        decidido_por_id=actor.id if actor else None,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _note(accion: str, row: TerminoEncargo, actor: Usuario | None, now: datetime) -> None:
    db.session.flush()
    audit(
        accion,
        actor=actor,
        now=now,
        entidad="encargo_termino",
        entidad_id=row.id,
        numero=row.numero,
        buffet=row.buffet_id,
        casos=len(row.casos),
        conservados=len(row.conservados),
        manifiesto_sha256=row.manifiesto_sha256,
        supresion=row.supresion_id,
    )
