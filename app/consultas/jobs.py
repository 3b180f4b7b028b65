"""Checking the gantries in the background: one oficio at a time, within the provider's quota."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from app.consultas.outside import Provider, ProviderAnswer, ProviderError, make_provider
from app.consultas.outside.vehicle_data import ask_vehicle
from app.consultas.queries import CHECK, VEHICLE_DATA, count_scheduled_checks, list_due_for_check
from app.consultas.queries.check_budget import describe_budget, read_gasto
from app.consultas.rules.alcance import next_month
from app.consultas.rules.vigencia import refusal_to_check
from app.consultas.service import (
    SimulatedRefused,
    record_failure,
    record_not_in_force,
    record_unconfigured,
    refuse_start,
    request_periodic_check,
    store_answer,
)
from app.consultas.service.vehicle_data import (
    record_no_vehicle,
    refusal_to_complete,
    store_vehicle_data,
)
from app.core.clock import local_today
from app.core.dates import format_fecha
from app.db import db, release, transaction
from app.extensions import current_config
from app.jobs.models import Cuota, Trabajo
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun, Postpone
from app.jobs.service import block_calls, book_call
from app.oficios.models import Oficio
from app.usuarios.models import Usuario
from config import Config

#: The length of the sweep's window (seconds).
SWEEP_SECONDS = 3600
#: Seconds. The worker sleeps until a turn this near; later ones are postponed.
PATIENCE = timedelta(seconds=2)
#: How late a call may start in its turn. The turns are that much further apart, so that late and
#: punctual calls together stay within the quota.
LATENESS = timedelta(seconds=1)
#: Cases that the sweep enqueues in one transaction: writers need not wait for all of them.
_BATCH = 50


@job(CHECK, "Consultar pórticos", on_failed=record_failure, refuse_start=refuse_start)
def check_gantries(run: JobRun) -> None:
    """Ask the provider for one oficio and store what is new.

    Asking twice is harmless, so a killed worker's check is simply done again. The order is looked
    at again: what was lawful when it was asked for may have waited past its limit, or the vehicle
    was found meanwhile.
    """
    config = current_config()
    oficio = db.session.get_one(Oficio, run.oficio_id)
    if refusal := refusal_to_check(oficio, local_today(run.clock())):
        with run.finish(f"No se consultó. {refusal}"):
            record_not_in_force(
                oficio.id,
                refusal,
                trabajo_id=run.trabajo_id,
                actor=_actor(run),
                now=run.clock(),
            )
        return
    if not config.provider_configured:
        with run.finish("API no configurada"):
            record_unconfigured(
                oficio.id, trabajo_id=run.trabajo_id, actor=_actor(run), now=run.clock()
            )
        return
    oficio_id, patente = oficio.id, oficio.vehiculo.patente
    provider = make_provider(config)
    wait_for_turn(run, config)
    release()
    answer = _ask(provider, patente, run)
    try:
        with run.finish():
            db.session.get_one(Trabajo, run.trabajo_id).resultado = store_answer(
                oficio_id,
                answer,
                provider=provider.name,
                trabajo_id=run.trabajo_id,
                actor=_actor(run),
                now=run.clock(),
            )
    except SimulatedRefused as refused:
        raise JobError(str(refused), retry=False) from None


@job(
    "avistamientos.barrido",
    "Consulta automática de pórticos",
    every_seconds=SWEEP_SECONDS,
)
def sweep_cases(run: JobRun) -> None:
    """Enqueue a check of every oficio in investigation of which the source can have news.

    As often as the month's budget lasts for all of them, the longest unchecked first; the quota
    spreads them over time. A case is enqueued once in a window of an hour, whoever sweeps and
    however often. After a time without consumers one sweep catches up with everything.
    """
    config = current_config()
    if not config.provider_configured:
        with run.finish("API no configurada: no se consultó ningún caso."):
            return
    now = run.clock()
    window = int(now.timestamp()) // SWEEP_SECONDS
    gasto = read_gasto(config.porticos_provider, now)
    due = list_due_for_check(now, every=gasto.interval)
    left = len(due) - gasto.quedan
    due = due[: gasto.quedan]
    for start in range(0, len(due), _BATCH):
        with transaction():
            for oficio_id in due[start : start + _BATCH]:
                request_periodic_check(oficio_id, key=f"{CHECK}:{oficio_id}:{window}", now=now)
    told = "1 caso en cola." if len(due) == 1 else f"{len(due)} casos en cola."
    if left > 0:
        waits = "1 caso espera" if left == 1 else f"{left} casos esperan"
        told += (
            f" {waits}: se usó el presupuesto del mes ({describe_budget(gasto)}). Hasta el "
            f"{format_fecha(next_month(gasto.hoy))} se consulta solo a mano."
        )
    with run.finish(told):
        return


@job(VEHICLE_DATA, "Consultar los datos de un vehículo", on_failed=record_no_vehicle)
def ask_for_vehicle(run: JobRun) -> None:
    """Ask the provider what vehicle a plate is, and fill what the case does not know of it.

    Asking twice is harmless: what was filled the first time is not empty the second.
    """
    config = current_config()
    oficio = db.session.get_one(Oficio, run.oficio_id)
    if refusal := refusal_to_complete(oficio, configured=config.vehicle_data_configured):
        with run.finish(refusal):
            return
    oficio_id, patente = oficio.id, oficio.vehiculo.patente
    release()
    try:
        answer = ask_vehicle(config, patente, today=local_today(run.clock()))
    except ProviderError as error:
        raise JobError(str(error), retry=error.retry, delay=error.delay) from None
    try:
        with run.finish():
            db.session.get_one(Trabajo, run.trabajo_id).resultado = store_vehicle_data(
                oficio_id, patente, answer, actor=_actor(run), now=run.clock()
            )
    except SimulatedRefused as refused:
        raise JobError(str(refused), retry=False) from None


def wait_for_turn(run: JobRun, config: Config) -> None:
    """Return when the provider may be asked, which is then done without delay.

    A check that a person asked for keeps the turn that it booked. One of the sweep gives its turn
    back when it would have to wait, and lines up behind the others of the sweep: so a person
    never waits behind them.

    Raises:
        Postpone: the turn is further away than a worker should sit and wait.
    """
    moment = _booked(run, config)
    while moment is None or run.clock() - moment > LATENESS:
        moment = _book(run, config)
    ahead = moment - run.clock()
    if ahead > PATIENCE:
        raise Postpone(moment - PATIENCE / 2, {"cupo": moment.isoformat()})
    if ahead > timedelta(0):
        release()
        time.sleep(ahead.total_seconds())


def _booked(run: JobRun, config: Config) -> datetime | None:
    """The turn that an earlier run booked, unless the provider has since asked for silence."""
    booked = run.args.get("cupo")
    if not booked:
        return None
    moment = datetime.fromisoformat(booked)
    cuota = db.session.get(Cuota, config.porticos_provider)
    until = cuota.bloqueada_hasta if cuota else None
    return None if until is not None and until > moment else moment


def _book(run: JobRun, config: Config) -> datetime | None:
    """Book the next turn; None when another worker opened the book in that very moment."""
    gap = timedelta(seconds=config.provider_quota_seconds) + LATENESS
    try:
        with transaction():
            now = run.clock()
            moment = book_call(
                config.porticos_provider,
                limit=config.provider_quota,
                seconds=int(gap.total_seconds()),
                now=now,
            )
            if run.usuario_id is None and moment - now > PATIENCE:
                rounds = count_scheduled_checks(now) // config.provider_quota
                raise Postpone(moment + gap * rounds)  # rolls the booking back
    except IntegrityError:
        return None
    return moment


def _ask(provider: Provider, patente: str, run: JobRun) -> ProviderAnswer:
    try:
        return provider.check(patente)
    except ProviderError as error:
        if error.is_throttled and error.delay is not None:
            with transaction():
                now = run.clock()
                block_calls(provider.name, until=now + error.delay, now=now)
        raise JobError(str(error), retry=error.retry, delay=error.delay) from None


def _actor(run: JobRun) -> Usuario | None:
    return db.session.get(Usuario, run.usuario_id) if run.usuario_id else None
