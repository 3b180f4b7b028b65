"""Checks of the gantries: asked for, answered, stored once, or failed where all can see it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.ajustes.queries import is_demo
from app.avistamientos.models import Avistamiento
from app.avistamientos.providers import Answer, Sighting
from app.avistamientos.queries import CHECK, find_last_entry, find_open_check, keys_of
from app.avistamientos.rules import Fuente, sighting_key
from app.core.clock import local_today
from app.core.errors import Refused
from app.db import after_commit, db
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue, ring
from app.jobs.rules import PRIORITY_PERSON, EstadoTrabajo
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.oficios.service import Respuesta, record
from app.usuarios.models import Usuario

#: Clocks of gantries and servers differ; what lies further ahead was not seen.
CLOCK_TOLERANCE = timedelta(hours=1)
#: An automatic check that fails for the same reason says so once in that time.
SAME_FAILURE = timedelta(hours=24)
#: Items that could not be read, named in the entry's own text; its page names more.
_NAMED = 3


class CheckRefused(Refused):
    """A closed case is not checked."""

    def __init__(self) -> None:
        super().__init__(
            "El caso está cerrado: para consultar los pórticos, un administrador debe reabrirlo."
        )


class SimulatedRefused(Refused):
    """Somebody pointed a real installation at the demonstration's provider."""

    def __init__(self) -> None:
        super().__init__(
            "La respuesta es del proveedor de demostración y esta base no es de demostración: no "
            "se guardó nada. Revise BOOSTR_API_URL."
        )


def request_check(oficio: Oficio, *, actor: Usuario, now: datetime) -> Trabajo:
    """Have the gantries checked for an oficio, soon.

    While a check is open it is the same one, so that a double click asks once; one that waits for
    its turn in the hourly sweep is brought forward.

    Raises:
        CheckRefused: the case is closed.
    """
    locked = lock_oficio(oficio.id)
    if locked.estado.is_final:
        raise CheckRefused
    waiting = find_open_check(locked.id)
    if waiting is not None:
        _bring_forward(waiting, actor, now)
        return waiting
    return enqueue(
        CHECK,
        key=f"{CHECK}:{locked.id}:{uuid.uuid4()}",
        now=now,
        oficio_id=locked.id,
        usuario_id=actor.id,
    )


def lock_oficio(oficio_id: int) -> Oficio:
    """The oficio as nobody else can change it, nor store sightings for it, until the commit."""
    return db.session.get_one(Oficio, oficio_id, with_for_update=True)


def store_answer(
    oficio_id: int,
    answer: Answer,
    *,
    provider: str,
    trabajo_id: str,
    actor: Usuario | None,
    now: datetime,
) -> str:
    """Store what is new in an answer, and the answer itself as evidence in the bitácora.

    A sighting is stored once however often it is answered, also by two jobs at the same time.
    The oficio's version stays: a check is no change of a person, so nobody's drop goes stale.
    Returns the sentence of the entry.

    Raises:
        SimulatedRefused: the demonstration answered outside of a demonstration.
    """
    if answer.is_demo and not is_demo():
        raise SimulatedRefused
    oficio = lock_oficio(oficio_id)
    past = [item for item in answer.sightings if not _is_ahead(item, now)]
    omitted = list(answer.omitted)
    omitted += ["fecha todavía por venir"] * (len(answer.sightings) - len(past))
    known = keys_of(oficio.id)
    new = [(key, item) for key, item in with_keys(past) if key not in known]
    text = _sentence(len(new), len(past), omitted, answer.advertencias)
    entry = record(
        oficio,
        Actividad.CONSULTA_API,
        text,
        actor=actor,
        now=now,
        detalle={
            "trabajo_id": trabajo_id,
            "proveedor": provider,
            "recibidos": len(past),
            "nuevos": len(new),
            "omitidos": omitted,
            "advertencias": list(answer.advertencias),
            "bytes": answer.size,
            "simulado": answer.is_demo,
        },
        is_real=bool(new),
        respuesta=Respuesta(answer.raw_body, answer.status, answer.sha256),
    )
    db.session.add_all(_row(oficio, key, item, entry, answer.is_demo, now) for key, item in new)
    db.session.flush()
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
    record(
        db.session.get_one(Oficio, oficio_id),
        Actividad.CONSULTA_API,
        "API no configurada: no hay un proveedor de pórticos al que consultar.",
        actor=actor,
        now=now,
        detalle={"trabajo_id": trabajo_id},
        is_real=False,
    )


def record_failure(trabajo: Trabajo, cause: str, now: datetime) -> None:
    """Say in the bitácora that a check was given up, and why.

    A provider that is down for a day fails every automatic check of that day for the same reason:
    the case is told once. A person who asked is always answered.
    """
    if trabajo.oficio_id is None:
        return
    if trabajo.usuario_id is None:
        last = find_last_entry(trabajo.oficio_id)
        fresh = last is not None and now - last.ocurrido_at < SAME_FAILURE
        if last is not None and fresh and last.detalle.get("fallo") == cause:
            return
    actor = db.session.get(Usuario, trabajo.usuario_id) if trabajo.usuario_id else None
    record(
        db.session.get_one(Oficio, trabajo.oficio_id),
        Actividad.CONSULTA_API,
        f"No se pudo consultar los pórticos. {cause}",
        actor=actor,
        now=now,
        detalle={"trabajo_id": trabajo.id, "fallo": cause},
        is_real=False,
    )


def with_keys(sightings: Iterable[Sighting]) -> list[tuple[str, Sighting]]:
    """Each sighting with its key; those that are told twice in one answer come once."""
    alike: Counter[str] = Counter()
    found: dict[str, Sighting] = {}
    for item in sightings:
        facts = (Fuente.PORTICO, item.fecha, item.fecha_hora, item.ubicacion)
        plain = sighting_key(*facts, item.empresa, item.monto)
        alike[plain] += 1
        key = sighting_key(*facts, item.empresa, item.monto, ordinal=alike[plain])
        found.setdefault(key, item)
    return list(found.items())


def _bring_forward(trabajo: Trabajo, actor: Usuario, now: datetime) -> None:
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
    if moved is not None:
        db.session.refresh(trabajo)
        after_commit(ring)


def _is_ahead(item: Sighting, now: datetime) -> bool:
    if item.fecha_hora is not None:
        return item.fecha_hora > now + CLOCK_TOLERANCE
    return item.fecha > local_today(now)


def _row(
    oficio: Oficio, key: str, item: Sighting, entry: Investigacion, simulado: bool, now: datetime
) -> Avistamiento:
    return Avistamiento(
        oficio_id=oficio.id,
        fuente=Fuente.PORTICO,
        clave=key,
        simulado=simulado,
        investigacion_id=entry.id,
        created_at=now,
        **vars(item),
    )


def _sentence(new: int, received: int, omitted: list[str], advertencias: tuple[str, ...]) -> str:
    """What came, in words: «2 avistamientos nuevos. 1 dato no se pudo leer: …»."""
    if new:
        parts = ["1 avistamiento nuevo" if new == 1 else f"{new} avistamientos nuevos"]
    elif received:
        parts = ["Consulta de pórticos sin novedades: todo lo recibido ya estaba"]
    elif omitted:
        parts = ["Consulta de pórticos sin novedades"]
    else:
        parts = ["Consulta de pórticos sin novedades: no hay pasos de esta patente"]
    if omitted:
        count = len(omitted)
        named = "; ".join(dict.fromkeys(omitted[:_NAMED])) + ("…" if count > _NAMED else "")
        unread = "1 dato no se pudo usar" if count == 1 else f"{count} datos no se pudieron usar"
        parts.append(f"{unread}: {named}")
    return ". ".join([*parts, *(text.rstrip(".") for text in advertencias)]) + "."
