"""The ledger keeps every job, whatever happens to the workers."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from app.core.errors import Refused
from app.db import db, transaction
from app.feature import Feature
from app.jobs.leases import release_leases
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.queue import enqueue, enqueue_periodic, set_bell
from app.jobs.registry import UnknownJob, job, list_periodic
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import (
    JobError,
    JobRun,
    JobUncertain,
    LeaseLost,
    Postpone,
    claim,
    execute,
    work,
)
from app.jobs.service import block_calls, book_call, cancel_job, retry_job, run_now
from tests.factories import make_trabajo

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
done: list[str] = []
failures: list[str] = []


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> Clock:
    done.clear()
    failures.clear()
    return Clock()


@job("prueba.anotar", "Anotar")
def note(run: JobRun) -> None:
    with run.finish("anotado"):
        done.append(run.args["que"])


def remember_failure(trabajo: Trabajo, cause: str, now: datetime) -> None:
    failures.append(f"{trabajo.argumentos['que']}: {cause}")


@job("prueba.fallar", "Fallar", on_failed=remember_failure)
def fail(run: JobRun) -> None:
    done.append(run.args["que"])
    raise JobError("El proveedor no responde.")


@job("prueba.rendirse", "Rendirse")
def give_up(run: JobRun) -> None:
    raise JobError("La clave fue rechazada.", retry=False)


@job("prueba.romper", "Romper")
def crash(run: JobRun) -> None:
    raise ZeroDivisionError("a secret that must not be shown")


@job("prueba.dudar", "Dudar")
def doubt(run: JobRun) -> None:
    raise JobUncertain("El correo pudo haber salido.")


@job("prueba.esperar", "Esperar")
def wait(run: JobRun) -> None:
    if "listo" not in run.args:
        raise Postpone(run.clock() + timedelta(minutes=5), {"listo": True})
    done.append("after waiting")


def speechless(trabajo: Trabajo, cause: str, now: datetime) -> None:
    trabajo.resultado = "half of the news"
    raise ZeroDivisionError


@job("prueba.enmudecer", "Enmudecer", on_failed=speechless, max_attempts=1)
def fall_silent(run: JobRun) -> None:
    raise JobError("El proveedor no responde.", retry=False)


@job("prueba.tropezar", "Tropezar")
def stumble(run: JobRun) -> None:
    with run.finish("nunca"):
        raise JobError("Tropezó al guardar.", retry=False)


@job("prueba.recaer", "Recaer")
def relapse(run: JobRun) -> None:
    with run.finish("hecho"):
        pass
    raise ZeroDivisionError


FEATURE = Feature(
    name="pruebas",
    jobs=(
        note,
        fail,
        give_up,
        crash,
        doubt,
        wait,
        fall_silent,
        stumble,
        relapse,
    ),
)


def put(app, name: str, key: str = "k", que: str = "x", **values) -> str:
    with app.app_context(), transaction():
        return enqueue(name, key=key, now=NOW, args={"que": que}, **values).id


def find(app, pk: str) -> Trabajo:
    with app.app_context():
        row = db.session.get_one(Trabajo, pk)
        db.session.expunge(row)
        return row


def run_all(app, clock: Clock, worker: str = "w") -> int:
    with app.app_context():
        return work(worker, clock=clock)


def test_a_job_is_done_once_and_remembers_it(app, clock):
    pk = put(app, "prueba.anotar")

    assert run_all(app, clock) == 1
    assert run_all(app, clock) == 0
    trabajo = find(app, pk)
    assert done == ["x"]
    assert trabajo.estado is EstadoTrabajo.HECHO
    assert trabajo.resultado == "anotado"
    assert trabajo.terminado_at == NOW


def test_without_a_commit_there_is_no_job(app, clock, rows):
    def enqueue_and(*, fail: bool) -> None:
        with transaction():
            enqueue("prueba.anotar", key="k", now=NOW, args={"que": "x"})
            if fail:
                raise RuntimeError

    with app.app_context(), pytest.raises(RuntimeError):
        enqueue_and(fail=True)
    assert rows(Trabajo) == []
    with app.app_context():
        enqueue_and(fail=False)
    assert len(rows(Trabajo)) == 1


def test_the_bell_rings_after_the_commit_and_only_then(app, clock):
    rung: list[int] = []
    alarm = app.extensions["alarm"]
    with app.app_context():
        set_bell(app, lambda moment: rung.append(1))
        try:
            with transaction():
                enqueue("prueba.anotar", key="k", now=NOW, args={"que": "x"})
                assert rung == []
            assert rung == [1]
        finally:
            set_bell(app, alarm.ring)


def test_a_bell_that_fails_loses_no_job(app, clock):
    def broken(moment: datetime | None) -> None:
        raise OSError("the queue's disk is full")

    set_bell(app, broken)
    try:
        put(app, "prueba.anotar")
    finally:
        set_bell(app, app.extensions["alarm"].ring)
    assert run_all(app, clock) == 1


def test_the_same_key_is_the_same_job(app, clock, rows):
    assert put(app, "prueba.anotar") == put(app, "prueba.anotar")
    assert len(rows(Trabajo)) == 1


def test_an_unknown_name_is_refused_before_it_is_stored(app, rows):
    with app.app_context(), pytest.raises(UnknownJob), transaction():
        enqueue("prueba.no_existe", key="k", now=NOW)
    assert rows(Trabajo) == []


def test_a_failure_waits_60_120_240_seconds_and_is_then_failed(app, clock):
    pk = put(app, "prueba.fallar")

    for seconds in (60, 120, 240):
        assert run_all(app, clock) == 1
        trabajo = find(app, pk)
        assert trabajo.estado is EstadoTrabajo.PROGRAMADO
        assert trabajo.ejecutar_desde == clock.now + timedelta(seconds=seconds)
        clock.forward(seconds=seconds - 1)
        assert run_all(app, clock) == 0
        clock.forward(seconds=1)
    assert run_all(app, clock) == 1

    trabajo = find(app, pk)
    assert trabajo.estado is EstadoTrabajo.FALLIDO
    assert trabajo.error == "El proveedor no responde."
    assert failures == ["x: El proveedor no responde."]
    assert done == ["x"] * 4


def test_a_person_gives_a_failed_job_fresh_attempts(app, clock):
    pk = put(app, "prueba.rendirse")
    run_all(app, clock)
    assert find(app, pk).estado is EstadoTrabajo.FALLIDO

    with app.app_context(), transaction():
        retry_job(db.session.get_one(Trabajo, pk), now=NOW)
    assert find(app, pk).estado is EstadoTrabajo.PENDIENTE
    assert find(app, pk).max_intentos == 5
    assert run_all(app, clock) == 1


def test_a_crash_keeps_its_trace_for_the_admin_and_out_of_the_cause(app, clock, rows):
    pk = put(app, "prueba.romper")
    run_all(app, clock)

    assert "secret" not in (find(app, pk).error or "")
    with app.app_context():
        attempt = db.session.query(Ejecucion).one()
        assert "ZeroDivisionError" in (attempt.traza or "")


def test_an_uncertain_job_waits_for_a_person(app, clock):
    pk = put(app, "prueba.dudar")
    run_all(app, clock)
    clock.forward(days=1)

    assert run_all(app, clock) == 0
    assert find(app, pk).estado is EstadoTrabajo.INCIERTA


def test_a_postponed_job_comes_back_without_counting_an_attempt(app, clock):
    pk = put(app, "prueba.esperar")
    run_all(app, clock)
    trabajo = find(app, pk)
    assert (trabajo.estado, trabajo.intentos) == (EstadoTrabajo.PROGRAMADO, 0)

    clock.forward(minutes=5)
    run_all(app, clock)
    assert done == ["after waiting"]


def test_the_lease_of_a_dead_worker_runs_out_and_another_takes_the_job(app, clock):
    pk = put(app, "prueba.anotar")
    with app.app_context():
        dead = claim("dead", now=clock.now)
    assert dead is not None
    assert run_all(app, clock, "alive") == 0

    clock.forward(minutes=3)
    assert run_all(app, clock, "alive") == 1
    assert find(app, pk).estado is EstadoTrabajo.HECHO

    done.clear()
    dead.clock = clock
    with app.app_context():
        execute(dead)
    assert find(app, pk).resultado == "anotado"
    assert done == []


def test_a_job_that_kills_its_workers_is_buried(app, clock, rows):
    pk = put(app, "prueba.fallar", que="veneno")
    for _ in range(4):
        with app.app_context():
            assert claim("dies", now=clock.now) is not None
        clock.forward(minutes=3)

    assert run_all(app, clock) == 0
    trabajo = find(app, pk)
    assert trabajo.estado is EstadoTrabajo.FALLIDO
    assert "se detuvo" in (trabajo.error or "")
    assert failures == [f"veneno: {trabajo.error}"]
    assert [row.terminado_at is not None for row in rows(Ejecucion)] == [True] * 4


def test_a_job_that_goes_further_each_time_is_not_buried(app, clock, rows):
    pk = put(app, "prueba.fallar", que="largo")
    with app.app_context():
        for attempt in range(1, 7):
            run = claim("dies", now=clock.now)
            assert run is not None
            assert run.attempt == attempt
            run.note_progress()
            run.note_progress()
            clock.forward(minutes=3)
        # It stands still from here on, and the sixth death is the first of four in a row.
        for _ in range(3):
            last = claim("dies", now=clock.now)
            assert last is not None
            clock.forward(minutes=3)
        assert claim("alive", now=clock.now) is None
        with pytest.raises(LeaseLost):
            last.note_progress()

    trabajo = find(app, pk)
    assert trabajo.estado is EstadoTrabajo.FALLIDO
    assert failures == [f"largo: {trabajo.error}"]
    assert len(rows(Ejecucion)) == 9


def test_a_persons_click_goes_before_the_sweep(app, clock):
    put(app, "prueba.anotar", key="sweep", que="sweep", prioridad=0)
    put(app, "prueba.anotar", key="click", que="click")
    run_all(app, clock)

    assert done == ["click", "sweep"]


def test_a_sweep_enqueues_some_windows_in_each_transaction_and_none_twice(app):
    """At a start all of them are new, while others want to write."""
    with app.app_context():
        windows, counts = len(list_periodic()), []
        while not counts or counts[-1]:
            with transaction():
                counts.append(enqueue_periodic(NOW, most=10))

        assert counts[0] == max(counts) == 10
        assert sum(counts) == db.session.query(Trabajo).count() == windows


def test_a_window_is_enqueued_once_and_missed_ones_are_not_made_up_for(app, rows):
    moments = (NOW, NOW, NOW + timedelta(hours=5))
    with app.app_context():
        periodic = list_periodic()
        assert periodic, "the product has periodic work"
        for moment in moments:
            with transaction():
                enqueue_periodic(moment)
    windows = {
        (item.name, int(moment.timestamp()) // item.every_seconds)
        for item in periodic
        for moment in moments
    }
    assert len(rows(Trabajo)) == len(windows) <= 2 * len(periodic)


def test_the_quota_holds_in_any_window(app):
    with app.app_context(), transaction():
        booked = [book_call("p", limit=5, seconds=10, now=NOW) for _ in range(12)]

    for index in range(len(booked) - 5):
        assert booked[index + 5] - booked[index] >= timedelta(seconds=10)
    assert booked[4] == NOW


def test_a_job_that_no_version_knows_any_more_is_given_up_and_blocks_nobody(app, clock, rows):
    make_trabajo(app, tipo="antiguo.trabajo", estado=EstadoTrabajo.PENDIENTE, ejecutar_desde=NOW)
    put(app, "prueba.anotar")

    assert run_all(app, clock) == 1
    states = {row.tipo: row.estado for row in rows(Trabajo)}
    assert states["antiguo.trabajo"] is EstadoTrabajo.FALLIDO
    assert states["prueba.anotar"] is EstadoTrabajo.HECHO


def test_a_provider_that_asks_for_a_pause_gets_it(app):
    with app.app_context(), transaction():
        block_calls("p", until=NOW + timedelta(seconds=30), now=NOW)
        block_calls("p", until=NOW + timedelta(seconds=10), now=NOW)
        assert book_call("p", limit=5, seconds=10, now=NOW) == NOW + timedelta(seconds=30)


def change(app, pk: str, verb) -> None:
    with app.app_context(), transaction():
        verb(db.session.get_one(Trabajo, pk), now=NOW)


def test_long_work_keeps_its_lease_by_renewing_it(app, clock):
    put(app, "prueba.anotar")
    with app.app_context():
        run = claim("slow", now=clock.now)
        assert run is not None
        run.clock = clock
        clock.forward(seconds=100)
        run.renew()
        clock.forward(seconds=100)
        assert claim("other", now=clock.now) is None

        clock.forward(seconds=100)
        assert claim("other", now=clock.now) is not None
        with pytest.raises(LeaseLost):
            run.renew()


def test_a_worker_that_began_a_job_anew_no_longer_holds_its_first_attempt(app, clock):
    """It keeps its name, so only the number of the attempt tells the two apart."""
    pk = put(app, "prueba.anotar")
    with app.app_context():
        first = claim("same", now=clock.now)
        clock.forward(hours=1)
        second = claim("same", now=clock.now)
        assert (first.attempt, second.attempt) == (1, 2)

        with pytest.raises(LeaseLost):
            first.renew()
        with pytest.raises(LeaseLost), first.finish("por el primero"):
            pass
        with second.finish("por el segundo"):
            pass

    assert find(app, pk).resultado == "por el segundo"


def test_a_waiting_job_is_cancelled_and_can_be_retried(app, clock):
    pk = put(app, "prueba.anotar")
    change(app, pk, cancel_job)
    assert run_all(app, clock) == 0
    assert find(app, pk).estado is EstadoTrabajo.CANCELADO

    change(app, pk, retry_job)
    assert run_all(app, clock) == 1


def test_a_scheduled_job_is_run_now_before_the_others(app, clock):
    put(app, "prueba.anotar", key="other", que="other", prioridad=5)
    later = put(app, "prueba.anotar", que="later", prioridad=0, ejecutar_desde=NOW + timedelta(1))
    change(app, later, run_now)
    run_all(app, clock)

    assert done == ["later", "other"]


@pytest.mark.parametrize("verb", [cancel_job, run_now])
def test_a_running_or_ended_job_is_neither_cancelled_nor_hurried(app, clock, verb):
    pk = put(app, "prueba.anotar")
    with app.app_context():
        run = claim("w", now=clock.now)
    with pytest.raises(Refused):
        change(app, pk, verb)
    run.clock = clock
    with app.app_context():
        execute(run)
    with pytest.raises(Refused):
        change(app, pk, verb)


@pytest.mark.parametrize("dies", [False, True], ids=["fails", "kills its worker"])
def test_a_fault_in_telling_of_a_failure_does_not_block_the_ledger(app, clock, caplog, dies):
    pk = put(app, "prueba.enmudecer")
    if dies:
        with app.app_context():
            assert claim("dies", now=clock.now) is not None
        clock.forward(minutes=3)
    after = put(app, "prueba.anotar", key="after")

    run_all(app, clock)

    trabajo = find(app, pk)
    assert trabajo.estado is EstadoTrabajo.FALLIDO
    assert "No se pudo anotar en el caso" in (trabajo.error or "")
    assert trabajo.resultado is None
    assert find(app, after).estado is EstadoTrabajo.HECHO
    assert "nobody could be told" in caplog.text


def test_two_who_enqueue_the_same_at_once_get_the_same_job(app, rows):
    ready, ids, errors = threading.Barrier(2), [], []

    def enqueue_it() -> None:
        with app.app_context():
            ready.wait(10)
            try:
                with transaction():
                    ids.append(enqueue("prueba.anotar", key="k", now=NOW).id)
                    time.sleep(0.1)  # so that the other one comes before the commit
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=enqueue_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(set(ids)) == len(rows(Trabajo)) == 1


def test_who_is_told_to_stop_ends_its_job_and_leaves_the_rest(app, clock):
    first = put(app, "prueba.anotar", que="1", ejecutar_desde=NOW - timedelta(seconds=1))
    second = put(app, "prueba.anotar", "k2", "2")

    with app.app_context():
        assert work("w", clock=clock, is_stopping=lambda: bool(done)) == 1
        assert work("w", clock=clock, is_stopping=lambda: True) == 0

    assert find(app, first).estado is EstadoTrabajo.HECHO
    assert find(app, second).estado is EstadoTrabajo.PENDIENTE


def test_a_job_that_fails_in_its_last_step_takes_no_other_with_it(app, clock):
    failing, after = put(app, "prueba.tropezar"), put(app, "prueba.anotar", key="after")

    assert run_all(app, clock) == 2

    trabajo = find(app, failing)
    assert (trabajo.estado, trabajo.resultado) == (EstadoTrabajo.FALLIDO, None)
    assert find(app, after).intentos == 1
    assert find(app, after).estado is EstadoTrabajo.HECHO


def test_a_job_that_goes_wrong_after_its_end_stays_done(app, clock, caplog):
    pk, after = put(app, "prueba.recaer"), put(app, "prueba.anotar", key="after")

    assert run_all(app, clock) == 2
    assert find(app, pk).estado is EstadoTrabajo.HECHO
    assert find(app, after).estado is EstadoTrabajo.HECHO
    assert "lost its lease while failing" in caplog.text


def test_the_jobs_of_a_dead_consumer_are_free_at_once_and_only_those(app, clock):
    put(app, "prueba.anotar", "k1", "1"), put(app, "prueba.anotar", "k2", "2")
    with app.app_context():
        dead = claim("host:1-ab:Worker-1", now=clock.now)
        claim("host:1-abc:Worker-1", now=clock.now)
        with transaction():
            assert release_leases("host:1-ab", clock.now) == 1
        again = claim("host:2-cd:Worker-1", now=clock.now)
        assert again is not None
        assert again.trabajo_id == dead.trabajo_id
        assert again.attempt == 2
        assert claim("host:2-cd:Worker-1", now=clock.now) is None


def test_many_jobs_of_one_change_ring_a_few_times_and_each_later_moment_once(app):
    rung: list[datetime | None] = []
    later = NOW + timedelta(minutes=5)
    set_bell(app, rung.append)
    try:
        with app.app_context():
            with suppress(ZeroDivisionError), transaction():
                enqueue("prueba.anotar", key="lost", now=NOW)
                _ = 1 / 0
            assert rung == []
            with transaction():
                for number in range(30):
                    enqueue("prueba.anotar", key=f"now {number}", now=NOW)
                    enqueue("prueba.anotar", key=f"later {number}", now=NOW, ejecutar_desde=later)
    finally:
        set_bell(app, app.extensions["alarm"].ring)
    assert rung.count(None) == 8
    assert rung.count(later) == 1
    assert len(rung) == 9
