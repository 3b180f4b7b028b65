"""A clock that ran ahead and was put right: nothing waits for longer than its own period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from app.consultas.outside.provider_answer import retry_after
from app.consultas.queries import MACHINES_DIFFER, list_due_for_check
from app.core.clock import CLOCK_SKEW, is_within, utcnow
from app.db import db, transaction
from app.feature import Feature
from app.jobs.leases import count_due
from app.jobs.models import Consumidor, Cuota, Trabajo
from app.jobs.pulse import take_pulse
from app.jobs.queue import enqueue, enqueue_periodic
from app.jobs.registry import job
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import JobError, JobRun, Postpone, claim, work
from app.jobs.service import beat, block_calls, book_call, note_sweep
from app.jobs.skew import put_right
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from tests.factories import make_oficio

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SKEWS = [timedelta(minutes=10), timedelta(hours=5), timedelta(days=2), timedelta(days=400)]


@job("prueba.reloj_falla", "Fallar")
def fail(run: JobRun) -> None:
    raise JobError("El proveedor no responde.")


@job("prueba.reloj_espera", "Esperar su turno")
def wait(run: JobRun) -> None:
    raise Postpone(run.clock() + timedelta(minutes=3), {"cupo": "antiguo"})


@job("prueba.reloj_hora", "Cada hora", every_seconds=3600)
def hourly(run: JobRun) -> None:
    pass


FEATURE = Feature(
    name="pruebas",
    jobs=(
        fail,
        wait,
        hourly,
    ),
)


def put(app, name: str, now: datetime, **values) -> str:
    with app.app_context(), transaction():
        return enqueue(name, key=f"{name}:{now}:{values}", now=now, **values).id


def right(app, now: datetime) -> int:
    with app.app_context(), transaction():
        return put_right(now)


@pytest.mark.parametrize("skew", SKEWS)
def test_a_quota_blocks_for_its_own_seconds(app, skew):
    with app.app_context():
        with transaction():
            for _ in range(7):
                book_call("p", limit=5, seconds=10, now=NOW + skew)
        with transaction():
            moments = [book_call("p", limit=5, seconds=10, now=NOW) for _ in range(12)]

    assert moments[0] - NOW <= timedelta(seconds=20)
    for index in range(len(moments) - 5):
        assert moments[index + 5] - moments[index] >= timedelta(seconds=10)
    assert moments[-1] - NOW <= timedelta(seconds=50)


@pytest.mark.parametrize("skew", SKEWS)
def test_a_provider_s_pause_lasts_as_long_as_it_asked(app, skew):
    with app.app_context(), transaction():
        ahead = NOW + skew
        block_calls("p", until=ahead + timedelta(seconds=30), now=ahead)
        assert book_call("p", limit=5, seconds=10, now=NOW) == NOW + timedelta(seconds=30)


def test_bookings_of_before_the_note_of_their_clock_block_no_longer_than_a_window(app):
    with app.app_context(), transaction():
        late = NOW + timedelta(days=2)
        cuota = Cuota(nombre="p", momentos=[late.timestamp()] * 5, bloqueada_hasta=late)
        db.session.add(cuota)
        db.session.flush()
        assert book_call("p", limit=5, seconds=10, now=NOW) <= NOW + timedelta(hours=1)
        assert max(cuota.momentos[:-1]) <= (NOW + timedelta(seconds=10)).timestamp()


@pytest.mark.parametrize("skew", SKEWS)
@pytest.mark.parametrize(
    ("name", "wait"),
    [("prueba.reloj_falla", timedelta(seconds=60)), ("prueba.reloj_espera", timedelta(minutes=3))],
)
def test_a_retry_or_a_turn_waits_as_long_as_it_was_to(app, rows, skew, name, wait):
    pk = put(app, name, NOW + skew)
    with app.app_context():
        work("w", clock=lambda: NOW + skew)
        assert count_due(NOW + wait) == 0, "the fault, before anybody looks"
    assert right(app, NOW) == 1

    [row] = rows(Trabajo, id=pk)
    assert row.ejecutar_desde == NOW + wait
    assert "cupo" not in row.argumentos
    with app.app_context():
        assert count_due(NOW + wait - timedelta(seconds=1)) == 0
        assert count_due(NOW + wait) == 1
    assert right(app, NOW) == 0


def test_what_is_meant_for_later_is_left_alone(app, rows):
    for ahead in (timedelta(minutes=4), timedelta(hours=3), timedelta(days=30)):
        put(app, "prueba.reloj_falla", NOW, ejecutar_desde=NOW + ahead)
    before = {row.id: row.ejecutar_desde for row in rows(Trabajo)}

    assert right(app, NOW) == 0
    assert right(app, NOW + timedelta(minutes=1)) == 0
    assert {row.id: row.ejecutar_desde for row in rows(Trabajo)} == before


@pytest.mark.parametrize("skew", SKEWS)
def test_a_lease_of_a_dead_worker_ends_after_its_own_length(app, skew):
    put(app, "prueba.reloj_falla", NOW)
    with app.app_context():
        assert claim("dead", now=NOW + skew) is not None
    assert right(app, NOW) == 1

    with app.app_context():
        assert claim("other", now=NOW + timedelta(seconds=119)) is None
        assert claim("other", now=NOW + timedelta(seconds=120)) is not None


@pytest.mark.parametrize("skew", SKEWS)
def test_a_window_that_was_reached_too_early_is_worked_again_when_it_comes(app, rows, skew):
    with app.app_context(), transaction():
        enqueue_periodic(NOW + skew)
    with app.app_context():
        work("w", clock=lambda: NOW + skew)
    right(app, NOW)
    for moment in (NOW, NOW + skew):
        with app.app_context(), transaction():
            enqueue_periodic(moment)

    keys = [row.clave for row in rows(Trabajo, tipo="prueba.reloj_hora")]
    window = int((NOW + skew).timestamp()) // 3600
    assert f"prueba.reloj_hora:{window}" in keys
    assert f"prueba.reloj_hora:{int(NOW.timestamp()) // 3600}" in keys


@pytest.mark.parametrize("skew", SKEWS)
def test_a_dead_consumer_is_told_dead_although_its_last_beat_lies_ahead(app, rows, skew):
    with app.app_context(), transaction():
        now = utcnow()
        beat("host:1", hilos=4, version="1", started=now + skew, now=now + skew)
        db.session.flush()
        note_sweep("host:1", now=now + skew)
    with app.app_context():
        pulse = take_pulse(utcnow())

    assert not pulse.is_alive
    assert not pulse.is_swept
    assert pulse.heard_at is None
    assert "no responde. Reinicie" in pulse.problems()[0]


@pytest.mark.parametrize("ahead", [timedelta(minutes=-30), timedelta(minutes=30)])
def test_a_consumer_whose_machine_has_another_clock_is_alive_while_it_beats(app, ahead):
    with app.app_context(), transaction():
        now = utcnow() + ahead
        beat("host:1", hilos=4, version="1", started=now, now=now, ahead=ahead)
    with app.app_context():
        assert take_pulse(utcnow()).is_alive
        assert not take_pulse(utcnow() + timedelta(seconds=61)).is_alive


def test_a_living_consumer_forgets_those_that_a_wrong_clock_left(app, rows):
    with app.app_context(), transaction():
        beat("old", hilos=1, version="1", started=NOW, now=NOW + timedelta(days=2))
        beat("new", hilos=1, version="1", started=NOW, now=NOW)

    assert [row.id for row in rows(Consumidor)] == ["new"]


def check_stamped(app, oficio, moment):
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        row.estado, row.fecha_limite = Estado.INVESTIGACION, None
        row.ultima_consulta_at = moment


@pytest.mark.parametrize("skew", [skew for skew in SKEWS if skew > MACHINES_DIFFER])
def test_a_case_that_was_checked_in_the_future_is_checked_today(
    app, buffet, usuario_investigador, skew
):
    oficio = make_oficio(app, buffet, usuario_investigador)
    check_stamped(app, oficio, NOW + skew)
    with app.app_context():
        assert list_due_for_check(NOW, every=timedelta(days=1), limit=9) == [oficio.id]


def test_a_case_that_a_machine_ahead_has_just_checked_is_not_paid_for_twice(
    app, buffet, usuario_investigador
):
    oficio = make_oficio(app, buffet, usuario_investigador)
    skew, every = timedelta(minutes=10), timedelta(days=1)
    check_stamped(app, oficio, NOW + skew)
    with app.app_context():
        assert list_due_for_check(NOW, every=every) == []
        assert list_due_for_check(NOW + skew + every, every=every) == [oficio.id]


def test_a_date_to_wait_for_is_one_of_the_provider_s_clock():
    theirs = datetime.now(UTC) + timedelta(days=2)
    until = format_datetime(theirs + timedelta(seconds=90), usegmt=True)

    assert retry_after(until, format_datetime(theirs, usegmt=True)) == timedelta(seconds=90)
    assert retry_after(until) == timedelta(hours=1)


@given(st.timedeltas(timedelta(days=-400), timedelta(days=400)), st.timedeltas(timedelta(0)))
def test_nothing_is_within_a_period_that_lies_ahead(age, period):
    inside = is_within(NOW - age, NOW, period)

    assert inside == (-CLOCK_SKEW <= age <= period)


def test_two_days_ahead_and_back_everything_goes_on_by_itself(app, rows):
    """As an installation lives it: the tick under a wrong clock, then under a right one."""
    alarm = app.extensions["alarm"]
    with time_machine.travel(utcnow() + timedelta(days=2)):
        alarm.tick()
        put(app, "prueba.reloj_falla", utcnow())
        with app.app_context():
            work("w")
    alarm.tick()
    with app.app_context():
        work("w")
        waiting = db.session.scalars(
            sa.select(Trabajo).where(Trabajo.estado == EstadoTrabajo.PROGRAMADO)
        ).all()
        now = utcnow()
        assert waiting
        assert all(row.ejecutar_desde <= now + timedelta(hours=1) for row in waiting)
    window = int(utcnow().timestamp()) // 3600
    [here] = rows(Trabajo, clave=f"prueba.reloj_hora:{window}")
    assert here.estado is EstadoTrabajo.HECHO


def test_a_machine_that_is_behind_the_database_moves_nothing(app, rows, database_kind):
    if database_kind != "postgresql":
        pytest.skip("SQLite has no clock of its own")
    pk = put(app, "prueba.reloj_falla", utcnow(), ejecutar_desde=utcnow() + timedelta(hours=1))
    [before] = rows(Trabajo, id=pk)
    with time_machine.travel(utcnow() - timedelta(days=2)):
        assert right(app, utcnow()) == 0
    [after] = rows(Trabajo, id=pk)

    assert after.ejecutar_desde == before.ejecutar_desde


def test_health_doctor_and_the_state_say_that_a_clock_was_wrong(app, admin, stranger):
    assert "clock" not in stranger.get("/health").get_json()["warnings"]
    assert "Son las" in admin.get("/admin/estado").text
    put(app, "prueba.reloj_falla", utcnow() + timedelta(days=2))

    assert "clock" in stranger.get("/health").get_json()["warnings"]
    page = admin.get("/admin/estado").text
    assert "que todavía no llega" in page
    assert "Ponga la máquina en hora" in page
    told = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "ojo     Reloj: Hay datos anotados con la hora" in told


def test_the_state_names_the_consumer_whose_clock_differs(app, admin):
    ahead = timedelta(minutes=12)
    with app.app_context(), transaction():
        now = utcnow() + ahead
        beat("taller:7", hilos=1, version="1", started=now, now=now, ahead=ahead)

    assert "El reloj del consumidor taller:7 va 12 min adelantado" in (
        admin.get("/admin/estado").text
    )
