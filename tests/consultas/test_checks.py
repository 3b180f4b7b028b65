"""Asking for a check, and storing what a provider answered."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules.crossings import Crossing
from app.consultas.queries import CHECK, find_answer, find_last_entry
from app.consultas.service import CheckRefused, SimulatedRefused, request_check
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import PRIORITY_PERSON, PRIORITY_SWEEP, EstadoTrabajo
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.usuarios.models import Usuario
from tests.avistamientos.rows import an_answer, store
from tests.factories import make_oficio

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MORNING = Crossing(
    fecha=date(2026, 11, 20),
    fecha_hora=datetime(2026, 11, 20, 11, 15, tzinfo=UTC),
    ubicacion="Costanera Norte, pórtico P5",
    empresa="Costanera Norte",
    monto=980,
)
EVENING = Crossing(
    fecha=date(2026, 11, 20),
    fecha_hora=datetime(2026, 11, 20, 21, 40, tzinfo=UTC),
    ubicacion="Costanera Norte, pórtico P6.1",
)


def find_oficio(app, pk: int) -> Oficio:
    with app.app_context():
        row = db.session.get_one(Oficio, pk)
        db.session.expunge(row)
        return row


def ask(app, oficio, actor, now=NOW) -> str:
    with app.app_context(), transaction():
        return request_check(
            db.session.get_one(Oficio, oficio.id),
            "Búsqueda del vehículo",
            actor=db.session.get_one(Usuario, actor.id),
            now=now,
        ).id


def entry_of(app, oficio):
    """The newest entry of a check, with its raw answer."""
    with app.app_context():
        newest = find_last_entry(oficio.id)
        row = find_answer(oficio.id, newest.id)
        db.session.expunge_all()
        return row


# ------------------------------------------------------------------ storing


def test_new_sightings_are_stored_with_their_evidence(app, oficio, rows):
    answer = an_answer([MORNING, EVENING], '{"avistamientos": [1, 2]}')

    assert store(app, oficio, answer, now=NOW) == "2 avistamientos nuevos."

    one, two = rows(Avistamiento, oficio_id=oficio.id)
    assert (one.fecha_hora, one.ubicacion, one.empresa, one.monto) == (
        MORNING.fecha_hora,
        MORNING.ubicacion,
        MORNING.empresa,
        MORNING.monto,
    )
    assert not one.simulado
    entry = entry_of(app, oficio)
    assert {one.investigacion_id, two.investigacion_id} == {entry.id}
    assert entry.respuesta == '{"avistamientos": [1, 2]}'
    assert entry.respuesta_estado == 200
    assert entry.respuesta_sha256 == answer.sha256
    assert entry.detalle["recibidos"] == 2
    assert entry.detalle["nuevos"] == 2


def test_the_same_answer_again_brings_nothing_new(app, oficio, rows):
    store(app, oficio, an_answer([MORNING, EVENING]), now=NOW)
    attended = find_oficio(app, oficio.id).ultima_actividad_at

    text = store(app, oficio, an_answer([EVENING, MORNING]), now=NOW + timedelta(hours=1))

    assert "sin novedades" in text
    assert len(rows(Avistamiento, oficio_id=oficio.id)) == 2
    assert len(rows(Investigacion, oficio_id=oficio.id, tipo=Actividad.CONSULTA_API)) == 2
    assert find_oficio(app, oficio.id).ultima_actividad_at == attended


def test_a_check_that_found_something_is_activity_and_no_change_of_version(app, oficio):
    later = utcnow() + timedelta(minutes=5)
    store(app, oficio, an_answer([MORNING]), now=later)

    after = find_oficio(app, oficio.id)
    assert after.ultima_actividad_at == later
    assert after.ultima_consulta_at == later
    assert after.version == oficio.version


def test_an_empty_answer_says_that_there_are_no_crossings(app, oficio, rows):
    text = store(app, oficio, an_answer(), now=NOW)

    assert text == "Consulta de pórticos sin novedades: la fuente no cuenta pasos de esta patente."
    assert rows(Avistamiento) == []
    assert find_oficio(app, oficio.id).ultima_consulta_at == NOW


def test_what_could_not_be_used_is_counted_and_named(app, oficio, rows):
    ahead = Crossing(fecha=date(2026, 12, 1), fecha_hora=NOW + timedelta(days=7))
    unknown = Crossing(fecha=date(2026, 11, 25))
    answer = an_answer(
        [MORNING, ahead, unknown],
        omitted=("avistamiento 2: fecha_hora no se entiende",),
        advertencias=("La respuesta nombra otra patente que la consultada.",),
    )

    assert store(app, oficio, answer, now=NOW) == (
        "1 avistamiento nuevo. 3 datos no se pudieron usar: "
        "avistamiento 2: fecha_hora no se entiende; fecha todavía por venir. "
        "La respuesta nombra otra patente que la consultada."
    )
    assert len(rows(Avistamiento)) == 1
    assert len(entry_of(app, oficio).detalle["omitidos"]) == 3


def test_of_an_answer_with_bad_items_only_nothing_is_said_to_be_known(app, oficio):
    text = store(app, oficio, an_answer(omitted=("avistamiento 1: falta fecha_hora",)), now=NOW)

    assert text == (
        "Consulta de pórticos sin novedades. "
        "1 dato no se pudo usar: avistamiento 1: falta fecha_hora."
    )


def test_the_same_crossing_may_belong_to_two_oficios(app, oficio, buffet, usuario_admin, rows):
    other = make_oficio(app, buffet, usuario_admin)

    store(app, oficio, an_answer([MORNING]))
    store(app, other, an_answer([MORNING]))

    assert len(rows(Avistamiento)) == 2


def test_two_workers_with_the_same_answer_store_it_once(app, oficio, rows):
    together = threading.Barrier(2)
    failures: list[BaseException] = []

    def work() -> None:
        together.wait()
        try:
            store(app, oficio, an_answer([MORNING, EVENING]), now=NOW)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(rows(Avistamiento, oficio_id=oficio.id)) == 2
    news = [
        entry.detalle["nuevos"]
        for entry in rows(Investigacion, oficio_id=oficio.id, tipo=Actividad.CONSULTA_API)
    ]
    assert sorted(news) == [0, 2]


def test_the_demonstration_is_refused_outside_of_a_demonstration(app, oficio, rows):
    with pytest.raises(SimulatedRefused):
        store(app, oficio, an_answer([MORNING], is_demo=True))

    assert rows(Avistamiento) == []
    assert rows(Investigacion, tipo=Actividad.CONSULTA_API) == []


def test_in_a_demonstration_its_sightings_are_marked_and_real_ones_are_not(
    app, oficio, demo_database, rows
):
    store(app, oficio, an_answer([MORNING], is_demo=True))
    store(app, oficio, an_answer([EVENING]))

    assert [row.simulado for row in rows(Avistamiento)] == [True, False]


# ------------------------------------------------------------------ asking


def test_a_check_is_enqueued_for_the_person_who_asked(
    app, oficio, usuario_investigador, silent_bell, find_job
):
    job = find_job(ask(app, oficio, usuario_investigador))

    assert job.tipo == CHECK
    assert (job.oficio_id, job.usuario_id) == (oficio.id, usuario_investigador.id)
    assert job.prioridad == PRIORITY_PERSON
    assert job.argumentos == {}


def test_a_second_click_while_a_check_is_open_is_the_same_check(
    app, oficio, usuario_investigador, usuario_admin, silent_bell, rows
):
    first = ask(app, oficio, usuario_investigador)

    assert ask(app, oficio, usuario_admin) == first
    assert len(rows(Trabajo)) == 1


def test_two_clicks_at_the_same_moment_are_one_check(
    app, oficio, usuario_investigador, silent_bell, rows
):
    together = threading.Barrier(2)

    def click() -> None:
        together.wait()
        ask(app, oficio, usuario_investigador)

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rows(Trabajo, oficio_id=oficio.id)) == 1


def test_after_a_check_ended_a_click_is_a_new_one(
    app, oficio, usuario_investigador, silent_bell, rows
):
    first = ask(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(Trabajo, first).estado = EstadoTrabajo.FALLIDO

    assert ask(app, oficio, usuario_investigador) != first


def test_a_click_brings_the_check_of_the_sweep_forward(
    app, oficio, usuario_investigador, silent_bell, find_job
):
    with app.app_context(), transaction():
        waiting = enqueue(
            CHECK,
            key="sweep",
            now=NOW,
            oficio_id=oficio.id,
            prioridad=PRIORITY_SWEEP,
            ejecutar_desde=NOW + timedelta(minutes=20),
        ).id

    assert ask(app, oficio, usuario_investigador) == waiting

    job = find_job(waiting)
    assert job.prioridad == PRIORITY_PERSON
    assert job.usuario_id == usuario_investigador.id
    assert job.estado is EstadoTrabajo.PENDIENTE
    assert job.ejecutar_desde == NOW


def test_a_click_does_not_hurry_a_check_that_is_being_retried(
    app, oficio, usuario_investigador, silent_bell, find_job
):
    first = ask(app, oficio, usuario_investigador)
    later = NOW + timedelta(minutes=4)
    with app.app_context(), transaction():
        job = db.session.get_one(Trabajo, first)
        job.estado, job.intentos, job.ejecutar_desde = EstadoTrabajo.PROGRAMADO, 2, later

    ask(app, oficio, usuario_investigador)

    assert find_job(first).ejecutar_desde == later


@pytest.mark.parametrize(
    ("estado", "says"),
    [
        (Estado.PENDIENTE, "Páselo a Investigación"),
        (Estado.NOTIFICACION, "ya fue ubicado"),
        (Estado.ENCONTRADO, "cerrado"),
        (Estado.NO_ENCONTRADO, "cerrado"),
    ],
)
def test_only_a_case_in_investigation_is_checked(
    estado, says, app, buffet, usuario_investigador, rows
):
    oficio = make_oficio(app, buffet, usuario_investigador, estado=estado)

    with pytest.raises(CheckRefused, match=says):
        ask(app, oficio, usuario_investigador)

    assert rows(Trabajo) == []
