"""The check and the hourly sweep, run by the ledger against a real server."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from app.avistamientos.models import Avistamiento
from app.consultas.queries import CHECK
from app.consultas.service import request_check
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import PRIORITY_SWEEP, EstadoTrabajo
from app.jobs.runner import claim, execute, work
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.usuarios.models import Usuario
from tests.avistamientos.conftest import NOW
from tests.consultas.sweeping import SWEEP, enqueue_sweep
from tests.factories import make_oficio

TWO = {
    "avistamientos": [
        {"fecha_hora": "2026-11-20T08:15:00", "ubicacion": "P5", "empresa": "CN", "monto": 980},
        {"fecha_hora": "2026-11-20T18:40:00", "ubicacion": "P6.1"},
    ]
}


def click(app, oficio, actor, now=NOW) -> str:
    with app.app_context(), transaction():
        return request_check(
            db.session.get_one(Oficio, oficio.id),
            "Búsqueda del vehículo",
            actor=db.session.get_one(Usuario, actor.id),
            now=now,
        ).id


def entries(rows, oficio) -> list[Investigacion]:
    return rows(Investigacion, oficio_id=oficio.id, tipo=Actividad.CONSULTA_API)


def set_checked(app, oficio, when) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).ultima_consulta_at = when


def set_state(app, oficio, estado) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).estado = estado


@pytest.fixture
def in_investigation(app, buffet, usuario_investigador):
    def make(patente: str = "BBCL12", checked=None) -> Oficio:
        oficio = make_oficio(
            app, buffet, usuario_investigador, patente=patente, estado=Estado.INVESTIGACION
        )
        if checked is not None:
            set_checked(app, oficio, checked)
        return oficio

    return make


# ------------------------------------------------------------------ one check


def test_a_click_brings_sightings(
    app, oficio, usuario_investigador, provider, run_jobs, rows, find_job
):
    provider.answer("/porticos/", body=TWO)
    job = click(app, oficio, usuario_investigador)

    run_jobs()

    assert len(rows(Avistamiento, oficio_id=oficio.id)) == 2
    (entry,) = entries(rows, oficio)
    assert entry.descripcion == "2 avistamientos nuevos."
    assert entry.usuario_id == usuario_investigador.id
    done = find_job(job)
    assert done.estado is EstadoTrabajo.HECHO
    assert done.resultado == "2 avistamientos nuevos."


def test_without_a_provider_the_entry_says_so_and_nothing_is_invented(
    app, oficio, usuario_investigador, run_jobs, rows, find_job
):
    job = click(app, oficio, usuario_investigador)

    run_jobs()

    (entry,) = entries(rows, oficio)
    assert entry.descripcion.startswith("API no configurada")
    assert rows(Avistamiento) == []
    assert find_job(job).estado is EstadoTrabajo.HECHO
    assert rows(Oficio)[0].ultima_consulta_at is None


def test_a_provider_that_fails_is_asked_four_times_and_then_the_bitacora_says_so(
    app, oficio, usuario_investigador, provider, run_jobs, rows, find_job, clock
):
    provider.answer("/porticos/", status=500)
    job = click(app, oficio, usuario_investigador)
    waits = []

    for _ in range(3):
        assert run_jobs() == 1
        waiting = find_job(job)
        assert waiting.estado is EstadoTrabajo.PROGRAMADO
        assert "respondió 500" in waiting.error
        waits.append((waiting.ejecutar_desde - clock.now).total_seconds())
        assert entries(rows, oficio) == []
        assert run_jobs() == 0
        clock.now = waiting.ejecutar_desde
    run_jobs()

    assert waits == [60, 120, 240]
    assert find_job(job).estado is EstadoTrabajo.FALLIDO
    (entry,) = entries(rows, oficio)
    assert entry.descripcion.startswith("No se pudo consultar los pórticos. ")
    assert "respondió 500" in entry.descripcion
    assert len(provider.requests) == 4


def test_a_provider_that_recovers_is_no_failure(
    app, oficio, usuario_investigador, provider, run_jobs, rows, clock
):
    provider.answer("/porticos/", status=500)
    click(app, oficio, usuario_investigador)
    run_jobs()
    provider.answer("/porticos/", body=TWO)
    clock.forward(seconds=60)

    run_jobs()

    (entry,) = entries(rows, oficio)
    assert entry.descripcion == "2 avistamientos nuevos."


def test_a_refused_key_is_not_tried_again(
    app, oficio, usuario_investigador, provider, run_jobs, rows, find_job
):
    provider.answer("/porticos/", status=403, body={"code": "INVALID_API_KEY"})
    job = click(app, oficio, usuario_investigador)

    run_jobs()

    assert find_job(job).estado is EstadoTrabajo.FALLIDO
    assert "PROVIDER_API_KEY" in entries(rows, oficio)[0].descripcion
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"body": "<html>"},
        {"body": b'{"avistamientos": NaN}', "headers": {"Content-Type": "application/json"}},
        {"status": 302, "headers": {"Location": "/otra"}},
        {"body": b" " * 2_000_000, "headers": {"Content-Type": "application/json"}},
    ],
)
def test_a_fault_stores_nothing(
    answer, app, oficio, usuario_investigador, provider, run_jobs, rows, find_job
):
    provider.answer("/porticos/", **answer)
    job = click(app, oficio, usuario_investigador)

    run_jobs()

    assert find_job(job).estado is EstadoTrabajo.PROGRAMADO
    assert rows(Avistamiento) == []
    assert rows(Oficio)[0].ultima_consulta_at is None


def test_month_13_is_left_out_and_named(
    app, oficio, usuario_investigador, provider, run_jobs, rows
):
    bad = {"fecha_hora": "2026-13-01T08:00:00"}
    provider.answer("/porticos/", body={"avistamientos": [*TWO["avistamientos"], bad]})
    click(app, oficio, usuario_investigador)

    run_jobs()

    assert len(rows(Avistamiento)) == 2
    assert "avistamiento 3: fecha_hora no se entiende" in entries(rows, oficio)[0].descripcion


def test_too_many_requests_silences_all_checks_for_as_long_as_asked(
    app, oficio, usuario_investigador, in_investigation, provider, run_jobs, find_job, clock
):
    provider.answer("/porticos/", status=429, headers={"Retry-After": "90"})
    other = in_investigation()
    first = click(app, oficio, usuario_investigador)
    run_jobs()
    second = click(app, other, usuario_investigador)
    run_jobs()

    assert len(provider.requests) == 1
    assert find_job(first).ejecutar_desde == clock.now + timedelta(seconds=90)
    assert find_job(second).ejecutar_desde >= clock.now + timedelta(seconds=88)

    provider.answer("/porticos/", body=TWO)
    clock.forward(seconds=95)
    run_jobs()
    assert {find_job(first).estado, find_job(second).estado} == {EstadoTrabajo.HECHO}


def test_a_worker_that_lost_its_lease_stores_nothing(
    app, oficio, usuario_investigador, provider, silent_bell, rows, clock
):
    provider.answer("/porticos/", body=TWO)
    click(app, oficio, usuario_investigador)
    with app.app_context():
        slow = claim("slow", now=NOW)
        other = claim("other", now=NOW + timedelta(hours=1))
        assert other.trabajo_id == slow.trabajo_id
        execute(slow)
    assert rows(Avistamiento) == []
    assert entries(rows, oficio) == []

    with app.app_context():
        execute(other)
    assert len(rows(Avistamiento)) == 2
    assert len(entries(rows, oficio)) == 1


def test_a_case_that_was_closed_meanwhile_is_not_asked_for(
    app, oficio, usuario_investigador, provider, run_jobs, rows
):
    click(app, oficio, usuario_investigador)
    set_state(app, oficio, Estado.NO_ENCONTRADO)

    run_jobs()

    assert provider.requests == []
    assert rows(Trabajo)[0].resultado.startswith("No se consultó. El caso está cerrado")


def test_the_demonstration_answering_a_real_office_fails_at_once(
    app, oficio, usuario_investigador, provider, run_jobs, rows, find_job
):
    provider.answer("/porticos/", body=TWO, headers={"X-Rastro-Demo": "1"})
    job = click(app, oficio, usuario_investigador)

    run_jobs()

    assert find_job(job).estado is EstadoTrabajo.FALLIDO
    assert rows(Avistamiento) == []
    assert "proveedor de demostración" in entries(rows, oficio)[0].descripcion


def test_boostr_is_asked_when_it_is_configured(
    app, oficio, usuario_investigador, provider, configure, run_jobs, rows
):
    configure(porticos_provider="boostr")
    days = [{"date": "2026-11-20", "details": [{"amount": 900, "company": "CN"}] * 2}]
    provider.answer("/vehicle/BBCL12/", body={"status": "success", "data": {"dates": days}})
    click(app, oficio, usuario_investigador)

    run_jobs()

    one, two = rows(Avistamiento)
    assert one.fecha_hora is two.fecha_hora is None
    assert one.monto == two.monto == 900


# ------------------------------------------------------------------ the quota


def test_never_more_calls_than_the_quota_in_any_window(
    app, in_investigation, usuario_investigador, provider, configure, silent_bell, rows
):
    """Three threads, real time: the server notes when it was asked."""
    quota, window = 2, 1
    configure(provider_quota=quota, provider_quota_seconds=window)
    provider.answer("/porticos/", body=TWO)
    moments = note_moments(provider)
    for _ in range(7):
        click(app, in_investigation(), usuario_investigador, now=utcnow())

    def consume() -> None:
        with app.app_context():
            for _ in range(200):
                work("w" + threading.current_thread().name)
                if finished.wait(0.1):
                    return

    finished = threading.Event()
    threads = [threading.Thread(target=consume) for _ in range(3)]
    for thread in threads:
        thread.start()
    while not all(job.estado is EstadoTrabajo.HECHO for job in rows(Trabajo)):
        if finished.wait(0.1) or not any(thread.is_alive() for thread in threads):
            break
    finished.set()
    for thread in threads:
        thread.join()

    assert [job.estado for job in rows(Trabajo)] == [EstadoTrabajo.HECHO] * 7
    assert len(moments) == 7
    gaps = [later - earlier for earlier, later in zip(moments, moments[quota:], strict=False)]
    assert min(gaps) >= window


def note_moments(provider) -> list[float]:
    """The times at which the server is asked, as they come."""
    moments: list[float] = []
    find = provider.find_answer

    def noting(path: str):
        moments.append(utcnow().timestamp())
        return find(path)

    provider.find_answer = noting
    return moments


def test_a_person_never_waits_behind_the_sweep(
    app, in_investigation, usuario_investigador, provider, configure, run_jobs, rows, clock
):
    configure(provider_quota=1, provider_quota_seconds=10)
    provider.answer("/porticos/", body=TWO)
    for _ in range(5):
        in_investigation()
    enqueue_sweep(app, clock.now)
    run_jobs()
    waiting = sorted(
        job.ejecutar_desde - clock.now
        for job in rows(Trabajo, tipo=CHECK, estado=EstadoTrabajo.PROGRAMADO)
    )
    assert len(provider.requests) == 1
    assert waiting == [timedelta(seconds=11 * number) for number in (1, 2, 3, 4)]

    clock.forward(seconds=5)
    mine = in_investigation()
    click(app, mine, usuario_investigador, clock.now)
    run_jobs()
    clock.forward(seconds=6)
    run_jobs()

    assert len(provider.requests) == 2
    assert len(rows(Avistamiento, oficio_id=mine.id)) == 2


def test_the_sweep_comes_to_an_end_within_the_quota(
    app, in_investigation, provider, configure, run_jobs, rows, clock
):
    configure(provider_quota=2, provider_quota_seconds=10)
    provider.answer("/porticos/", body=TWO)
    for _ in range(7):
        in_investigation()
    enqueue_sweep(app, clock.now)
    asked = []

    for _ in range(60):
        before = len(provider.requests)
        run_jobs()
        asked += [clock.now] * (len(provider.requests) - before)
        clock.forward(seconds=1)

    assert len(asked) == 7
    assert asked[-1] - asked[0] < timedelta(seconds=40)
    gaps = [later - earlier for earlier, later in zip(asked, asked[2:], strict=False)]
    assert min(gaps) >= timedelta(seconds=10)


def test_a_turn_that_went_by_is_booked_anew(
    app, in_investigation, usuario_investigador, provider, configure, run_jobs, rows, clock
):
    configure(provider_quota=1, provider_quota_seconds=10)
    provider.answer("/porticos/", body=TWO)
    click(app, in_investigation(), usuario_investigador)
    late = click(app, in_investigation(), usuario_investigador)
    run_jobs()
    assert len(provider.requests) == 1
    clock.forward(minutes=10)

    run_jobs()

    assert len(provider.requests) == 2
    assert [job.estado for job in rows(Trabajo, id=late)] == [EstadoTrabajo.HECHO]


# ------------------------------------------------------------------ the sweep


def test_the_sweep_checks_all_in_investigation_the_longest_unchecked_first(
    app, in_investigation, oficio, provider, run_jobs, rows, clock
):
    provider.answer("/porticos/", body={"avistamientos": []})
    set_state(app, oficio, Estado.PENDIENTE)
    in_investigation("BBCL13", checked=NOW - timedelta(days=8))
    in_investigation("BBCL14", checked=NOW - timedelta(days=20))
    in_investigation("BBCL15")
    in_investigation("BBCL16", checked=NOW - timedelta(days=6, hours=23))
    enqueue_sweep(app, clock.now)

    run_jobs()

    asked = [request.path.rpartition("/")[2] for request in provider.requests]
    assert asked == ["BBCL15", "BBCL14", "BBCL13"]
    assert rows(Trabajo, tipo=SWEEP)[0].resultado == "3 casos en cola."
    assert {job.prioridad for job in rows(Trabajo, tipo=CHECK)} == {PRIORITY_SWEEP}


def test_there_is_no_limit_of_ten(app, in_investigation, provider, run_jobs, clock):
    provider.answer("/porticos/", body={"avistamientos": []})
    for _ in range(25):
        in_investigation()
    enqueue_sweep(app, clock.now)

    run_jobs()

    assert len(provider.requests) == 25


def test_double_ticks_and_two_consumers_check_once(
    app, in_investigation, provider, run_jobs, clock
):
    provider.answer("/porticos/", status=500)
    in_investigation()
    for _ in range(3):
        enqueue_sweep(app, clock.now)
    run_jobs()
    # A second sweep of the same window, as if a consumer had died in the first.
    with app.app_context(), transaction():
        enqueue(SWEEP, key="again", now=clock.now)
    run_jobs()

    assert len(provider.requests) == 1


def test_five_hours_without_a_consumer_are_caught_up_with_once(
    app, in_investigation, provider, run_jobs, rows, clock
):
    provider.answer("/porticos/", body={"avistamientos": []})
    in_investigation()
    enqueue_sweep(app, clock.now)
    run_jobs()
    clock.forward(days=7)
    enqueue_sweep(app, clock.now)
    clock.forward(hours=5)
    enqueue_sweep(app, clock.now)

    run_jobs()

    assert len(provider.requests) == 2
    assert len(rows(Trabajo, tipo=CHECK)) == 2


def test_a_case_with_a_check_under_way_is_left_out(
    app, in_investigation, usuario_investigador, provider, run_jobs, rows, clock
):
    provider.answer("/porticos/", status=500)
    click(app, in_investigation(), usuario_investigador)
    run_jobs()
    enqueue_sweep(app, clock.now)

    run_jobs()

    assert len(rows(Trabajo, tipo=CHECK)) == 1


def test_the_sweep_without_a_provider_writes_nothing(app, in_investigation, run_jobs, rows, clock):
    oficio = in_investigation()
    enqueue_sweep(app, clock.now)

    run_jobs()

    assert entries(rows, oficio) == []
    assert "API no configurada" in rows(Trabajo, tipo=SWEEP)[0].resultado


def test_a_provider_that_is_down_all_day_is_told_once_a_day(
    app, in_investigation, provider, run_jobs, rows, clock
):
    provider.answer("/porticos/", status=500)
    oficio = in_investigation()

    for _ in range(6):
        enqueue_sweep(app, clock.now)
        run_jobs()
        for seconds in (60, 120, 240):
            clock.forward(seconds=seconds)
            run_jobs()
        clock.forward(hours=5)

    assert len(rows(Trabajo, tipo=CHECK, estado=EstadoTrabajo.FALLIDO)) == 6
    assert len(entries(rows, oficio)) == 2


def test_a_person_who_asks_while_the_provider_is_down_is_answered_each_time(
    app, oficio, usuario_investigador, provider, run_jobs, rows, clock
):
    provider.answer("/porticos/", status=404)

    for _ in range(2):
        click(app, oficio, usuario_investigador, clock.now)
        run_jobs()

    assert len(entries(rows, oficio)) == 2
