"""Checks of the gantries: asked for, answered, stored once, or failed where all can see it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.ajustes.queries import is_demo
from app.avistamientos.models import Avistamiento
from app.avistamientos.queries import keys_of
from app.avistamientos.rules import Fuente
from app.avistamientos.rules.crossings import Crossing, is_ahead, with_keys
from app.avistamientos.service.portico_matching import gantry_values, read_in_place
from app.avistamientos.service.same_crossing import Crossings
from app.avistamientos.service.sighting_news import announce_sightings
from app.avistamientos.service.sightings import lock_oficio
from app.consultas.outside import ProviderAnswer
from app.consultas.queries import CHECK, find_last_entry, find_open_check
from app.consultas.rules import ResultadoConsulta
from app.consultas.rules.vigencia import PERIODIC, refusal_to_check, require_in_force
from app.consultas.service.outages_told import tell_of_provider
from app.consultas.service.requests import (
    Desenlace,
    note_request,
    settle_requests,
    take_over,
)
from app.core.clock import is_within, local_today
from app.core.errors import Refused
from app.db import after_commit, db
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue, ring
from app.jobs.rules import PRIORITY_PERSON, PRIORITY_SWEEP, EstadoTrabajo
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.oficios.service import RawAnswer, record
from app.porticos.rules.recognition import Match
from app.porticos.service import identify
from app.usuarios.models import Usuario

#: An automatic check that fails for the same reason says so once in that time.
SAME_FAILURE = timedelta(hours=24)
#: Letters of a reason; less says nothing.
SHORTEST_REASON = 4
#: Items that could not be read, named in the entry's own text; its page names more.
_NAMED = 3


class ReasonMissing(Refused):
    """Nobody looks a plate up without saying why."""

    def __init__(self) -> None:
        super().__init__("Diga por qué se consulta: queda en el registro de consultas.")


class SimulatedRefused(Refused):
    """Somebody pointed a real installation at the demonstration's provider."""

    def __init__(self) -> None:
        super().__init__(
            "La respuesta es del proveedor de demostración y esta base no es de demostración: no "
            "se guardó nada. Revise PROVIDER_API_URL."
        )


def request_check(oficio: Oficio, motivo: str, *, actor: Usuario, now: datetime) -> Trabajo:
    """Have the gantries checked for an oficio, soon, for a reason that the log keeps.

    While a check is open it is the same one, so that a double click asks once; one that waits for
    its turn in the hourly sweep is brought forward.

    Raises:
        CheckRefused: the order does not allow it now.
        ReasonMissing: there is no reason.
    """
    locked = lock_oficio(oficio.id)
    require_in_force(locked, now)
    if len(motivo.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    trabajo = find_open_check(locked.id)
    if trabajo is None:
        trabajo = enqueue(
            CHECK,
            key=f"{CHECK}:{locked.id}:{uuid.uuid4()}",
            now=now,
            oficio_id=locked.id,
            usuario_id=actor.id,
        )
    elif _bring_forward(trabajo, actor, now):
        take_over(trabajo.id, motivo=motivo, usuario=actor, now=now)
    note_request(locked, trabajo.id, motivo=motivo, usuario_id=actor.id, now=now)
    return trabajo


def request_periodic_check(oficio_id: int, *, key: str, now: datetime) -> None:
    """Enqueue the automatic check of a case; the same key is the same check."""
    trabajo = enqueue(CHECK, key=key, now=now, oficio_id=oficio_id, prioridad=PRIORITY_SWEEP)
    oficio = db.session.get_one(Oficio, oficio_id)
    if trabajo.usuario_id is None:
        note_request(oficio, trabajo.id, motivo=PERIODIC, usuario_id=None, now=now)


@dataclass(frozen=True)
class _Found:
    """What an answer holds, seen beside what the case has already."""

    #: The sightings to store: the key of each, what was told, its gantry.
    new: list[tuple[str, Crossing, Match]]
    #: How many were told that lie in the past.
    past: int
    #: Why others were left out, one sentence for each.
    omitted: list[str]


def _look_through(oficio_id: int, answer: ProviderAnswer, now: datetime) -> _Found:
    """Leave out what is ahead of ``now``, and what a look-up or a list told before."""
    gantries = identify((item.ubicacion, item.empresa) for item in answer.sightings)
    told = read_in_place(answer.sightings, gantries)
    past = [item for item in told if not is_ahead(item, now)]
    omitted = [*answer.omitted, *["fecha todavía por venir"] * (len(told) - len(past))]
    known = keys_of(oficio_id)
    listed = Crossings(oficio_id, of_lists=True)
    new = []
    for key, item in with_keys(past):
        match = gantries[item.ubicacion, item.empresa]
        if key not in known and not listed.has(item, match):
            new.append((key, item, match))
    return _Found(new, len(past), omitted)


def store_answer(
    oficio_id: int,
    answer: ProviderAnswer,
    *,
    provider: str,
    trabajo_id: str | None,
    actor: Usuario | None,
    now: datetime,
    motivo: str = PERIODIC,
) -> str:
    """Store what is new in an answer, and the answer itself as evidence in the bitácora.

    A sighting is stored once however often it is answered, also by two jobs at the same time, and
    not again what a concessionaire's list told before, though less exactly. Each is tied to the
    gantry that its text names. The oficio's version stays: a check is no change of a person, so
    nobody's drop goes stale. ``motivo`` is for a look-up that nobody asked for by a job. Returns
    the sentence of the entry.

    Raises:
        SimulatedRefused: the demonstration answered outside of a demonstration.
    """
    if answer.is_demo and not is_demo():
        raise SimulatedRefused
    oficio = lock_oficio(oficio_id)
    found = _look_through(oficio.id, answer, now)
    text = _sentence(len(found.new), found.past, found.omitted, answer.advertencias)
    entry = record(
        oficio,
        Actividad.CONSULTA_API,
        text,
        actor=actor,
        now=now,
        detalle={
            "trabajo_id": trabajo_id,
            "proveedor": provider,
            "recibidos": found.past,
            "nuevos": len(found.new),
            "omitidos": found.omitted,
            "advertencias": list(answer.advertencias),
            "bytes": answer.size,
            "simulado": answer.is_demo,
        },
        is_real=bool(found.new),
        respuesta=RawAnswer(answer.raw_body, answer.status, answer.sha256),
    )
    rows = [
        Avistamiento(
            **_values(oficio, key, item, entry, answer.is_demo, now), **gantry_values(match)
        )
        for key, item, match in found.new
    ]
    db.session.add_all(rows)
    db.session.flush()
    announce_sightings(oficio, rows, clave=f"consulta:{entry.id}", now=now)
    settle_requests(
        oficio,
        trabajo_id,
        Desenlace(
            ResultadoConsulta.NUEVOS if found.new else ResultadoConsulta.SIN_NOVEDADES,
            text,
            proveedor=provider,
            http_status=answer.status,
            sha256=answer.sha256,
            recibidos=found.past,
            nuevos=len(found.new),
            investigacion_id=entry.id,
        ),
        actor=actor,
        motivo=motivo,
        now=now,
    )
    db.session.execute(
        sa.update(Oficio)
        .where(Oficio.id == oficio.id)
        .values(ultima_consulta_at=now)
        .execution_options(synchronize_session=False)
    )
    return text


def record_unconfigured(
    oficio_id: int, *, trabajo_id: str, actor: Usuario | None, now: datetime
) -> None:
    """Say in the bitácora that there is nobody to ask; nothing is invented."""
    text = "API no configurada: no hay un proveedor de pórticos al que consultar."
    oficio = db.session.get_one(Oficio, oficio_id)
    entry = record(
        oficio,
        Actividad.CONSULTA_API,
        text,
        actor=actor,
        now=now,
        detalle={"trabajo_id": trabajo_id},
        is_real=False,
    )
    settle_requests(
        oficio,
        trabajo_id,
        Desenlace(ResultadoConsulta.NO_CONFIGURADA, text, investigacion_id=entry.id),
        actor=actor,
        now=now,
    )


def record_not_in_force(
    oficio_id: int, refusal: str, *, trabajo_id: str, actor: Usuario | None, now: datetime
) -> None:
    """Say in the log that nobody was asked: the order allowed it when it was requested, not now.

    A person who asked reads it in the bitácora as well.
    """
    oficio = db.session.get_one(Oficio, oficio_id)
    entry_id = None
    if actor is not None:
        entry_id = record(
            oficio,
            Actividad.CONSULTA_API,
            f"No se consultaron los pórticos. {refusal}",
            actor=actor,
            now=now,
            detalle={"trabajo_id": trabajo_id},
            is_real=False,
        ).id
    settle_requests(
        oficio,
        trabajo_id,
        Desenlace(ResultadoConsulta.NO_VIGENTE, refusal, investigacion_id=entry_id),
        actor=actor,
        now=now,
    )


def refuse_start(trabajo: Trabajo, now: datetime) -> str | None:
    """Why a check that waits or failed may not be started by hand; None when it may."""
    oficio = db.session.get(Oficio, trabajo.oficio_id) if trabajo.oficio_id else None
    return refusal_to_check(oficio, local_today(now)) if oficio else None


def record_failure(trabajo: Trabajo, cause: str, now: datetime) -> None:
    """Say in the log and in the bitácora that a check was given up, and why.

    A provider that is down for a day fails every automatic check of that day for the same reason:
    the case is told once. A person who asked is always answered.
    """
    if trabajo.oficio_id is None:
        return
    oficio = db.session.get_one(Oficio, trabajo.oficio_id)
    actor = db.session.get(Usuario, trabajo.usuario_id) if trabajo.usuario_id else None
    is_cancelled = trabajo.estado is EstadoTrabajo.CANCELADO
    if not is_cancelled:
        tell_of_provider(cause, now)
    entry = None
    if not _is_told(trabajo, cause, now):
        entry = record(
            oficio,
            Actividad.CONSULTA_API,
            f"No se pudo consultar los pórticos. {cause}",
            actor=actor,
            now=now,
            detalle={"trabajo_id": trabajo.id, "fallo": cause},
            is_real=False,
        )
    settle_requests(
        oficio,
        trabajo.id,
        Desenlace(
            ResultadoConsulta.CANCELADA if is_cancelled else ResultadoConsulta.FALLIDA,
            cause,
            investigacion_id=entry.id if entry else None,
        ),
        actor=actor,
        now=now,
    )


def _is_told(trabajo: Trabajo, cause: str, now: datetime) -> bool:
    """Whether the bitácora has the same failure of an automatic check already."""
    if trabajo.usuario_id is not None or trabajo.oficio_id is None:
        return False
    last = find_last_entry(trabajo.oficio_id)
    if last is None or not is_within(last.ocurrido_at, now, SAME_FAILURE):
        return False
    return bool(last.detalle.get("fallo") == cause)


def _bring_forward(trabajo: Trabajo, actor: Usuario, now: datetime) -> bool:
    """Put a sweep's check that nobody began at the head; one that is being retried keeps pace."""
    moved = db.session.scalar(
        sa.update(Trabajo)
        .where(
            Trabajo.id == trabajo.id,
            Trabajo.estado.in_([EstadoTrabajo.PENDIENTE, EstadoTrabajo.PROGRAMADO]),
            Trabajo.usuario_id.is_(None),
            Trabajo.intentos == 0,
        )
        .values(
            estado=EstadoTrabajo.PENDIENTE,
            prioridad=PRIORITY_PERSON,
            usuario_id=actor.id,
            ejecutar_desde=now,
        )
        .returning(Trabajo.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        return False
    db.session.refresh(trabajo)
    after_commit(ring)
    return True


def _values(
    oficio: Oficio, key: str, item: Crossing, entry: Investigacion, simulado: bool, now: datetime
) -> dict[str, Any]:
    """What a sighting keeps of a crossing, as the provider told it."""
    return {
        "oficio_id": oficio.id,
        "fuente": Fuente.PORTICO,
        "clave": key,
        "simulado": simulado,
        "investigacion_id": entry.id,
        "created_at": now,
        **item.values(),
    }


def _sentence(new: int, received: int, omitted: list[str], advertencias: tuple[str, ...]) -> str:
    """What came, in words: «2 avistamientos nuevos. 1 dato no se pudo leer: …»."""
    if new:
        parts = ["1 avistamiento nuevo" if new == 1 else f"{new} avistamientos nuevos"]
    elif received:
        parts = ["Consulta de pórticos sin novedades: todo lo recibido ya estaba"]
    elif omitted:
        parts = ["Consulta de pórticos sin novedades"]
    else:
        parts = ["Consulta de pórticos sin novedades: la fuente no cuenta pasos de esta patente"]
    if omitted:
        count = len(omitted)
        named = "; ".join(dict.fromkeys(omitted[:_NAMED])) + ("…" if count > _NAMED else "")
        unread = "1 dato no se pudo usar" if count == 1 else f"{count} datos no se pudieron usar"
        parts.append(f"{unread}: {named}")
    return ". ".join([*parts, *(text.rstrip(".") for text in advertencias)]) + "."
