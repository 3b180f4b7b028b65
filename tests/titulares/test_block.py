"""A blocked case is kept, and nobody finds anything of it: one rule for every list and route."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.auditoria.models import Auditoria
from app.avisos.models import Aviso
from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db, not_seeing_hidden, seeing_all, transaction
from app.eventos.models import Evento
from app.eventos.pages import event_stream
from app.eventos.pages.event_stream import EventListener, EventSource
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import claim, execute, work
from app.jobs.service import retry_job
from app.notificaciones.rules import SEND_JOB
from app.oficios.models import Oficio
from app.oficios.service import PropietarioData
from app.titulares.models import Bloqueo, Solicitud
from app.titulares.queries.bloqueos import is_hidden
from app.titulares.queries.data_requests import list_without_block
from app.titulares.queries.lugares import list_models
from app.titulares.service import AlreadyBlocked, block_cases
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo
from app.web.streaming import looking
from tests.architecture.world import url_arguments
from tests.factories import make_oficio, make_trabajo
from tests.informes.expedientes import make_stub
from tests.notificaciones.rows import make_notice
from tests.titulares.rows import make_request

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
#: Pages about blocks themselves, examples of the API, and streams, which never end.
LEFT_OUT = ("titulares.", "docs.document", "novedades.listen")


def block(app, usuario, *oficio_ids, now=NOW):
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario.id)
        block_cases(oficio_ids, "Lo pidió la persona.", actor=actor, now=now)


def walk(app, client, arguments, words):
    """The routes whose answer holds one of the words, asked for with real arguments."""
    adapter = app.url_map.bind("localhost")
    found, seen = set(), 0
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint.startswith(LEFT_OUT):
            continue
        url = adapter.build(rule.endpoint, {name: arguments[name] for name in rule.arguments})
        answer = client.get(url)
        assert answer.status_code != 500, f"{url} broke"
        seen += answer.status_code == 200
        text = answer.get_data()
        found |= {rule.endpoint for word in words if word.encode() in text}
        answer.close()
    return found, seen


@pytest.mark.no_cover
@pytest.mark.usefixtures("once")
def test_no_route_finds_anything_of_a_blocked_case(
    app, buffet, sign_in, usuario_admin, usuario_investigador, usuario_cliente
):
    arguments = url_arguments(app, buffet, usuario_admin)
    with app.app_context():
        with transaction():
            # Manuals and forms show the usual plate as an example.
            for vehiculo in db.session.scalars(sa.select(Vehiculo)):
                vehiculo.patente = "KKXZ98"
        ids = list(db.session.scalars(sa.select(Oficio.id)))
        numbers = list(db.session.scalars(sa.select(Oficio.numero_oficio)))
    words = [*numbers, "Rosa Soto", "KKXZ98", "KKXZ-98", "Av. Grecia"]
    people = [sign_in(each) for each in (usuario_admin, usuario_investigador, usuario_cliente)]
    before, _ = walk(app, people[0], arguments, words)
    block(app, usuario_admin, *ids)

    after = [walk(app, each, arguments, words) for each in people]

    assert len(before) > 20, "the walk finds what is not blocked"
    assert [found for found, _ in after] == [set(), set(), set()]
    assert after[0][1] > 25, "pages still open"


def test_each_table_with_rows_of_a_case_is_decided_on():
    """A new table with rows of cases is hidden by itself; what is seen all the same is listed."""
    seen = {
        model.__tablename__
        for model in list_models()
        if "oficio_id" in model.__table__.c and not is_hidden(model)
    }
    assert seen == {
        "trabajos",
        "auditoria",
        "bloqueos",
    }


def test_pages_and_jobs_do_not_see_it_and_keepers_of_all_rows_do(app, buffet, usuario_admin):
    blocked = make_oficio(app, buffet, usuario_admin)
    free = make_oficio(app, buffet, usuario_admin)
    block(app, usuario_admin, blocked.id)
    statement = sa.select(Oficio.id).order_by(Oficio.id)
    with app.app_context():
        assert list(db.session.scalars(statement)) == [blocked.id, free.id]
        with not_seeing_hidden():
            assert list(db.session.scalars(statement)) == [free.id]
            assert db.session.get(Oficio, blocked.id) is None
            with seeing_all():
                assert db.session.get(Oficio, blocked.id) is not None


def test_what_waits_for_it_is_cancelled_and_it_can_be_lifted(
    app, admin, buffet, usuario_admin, rows
):
    oficio = make_oficio(app, buffet, usuario_admin)
    job = make_trabajo(app, oficio_id=oficio.id, estado=EstadoTrabajo.PENDIENTE)

    answer = admin.post(
        "/admin/personas/bloqueos", data={"oficios": [str(oficio.id)], "motivo": "S-2026-0001"}
    )

    assert answer.status_code == 303
    (trabajo,) = rows(Trabajo, id=job)
    assert trabajo.estado is EstadoTrabajo.CANCELADO
    assert admin.get(f"/oficios/{oficio.id}").status_code == 404
    assert oficio.numero_oficio in admin.get("/admin/personas/bloqueos").text
    (bloqueo,) = rows(Bloqueo)
    with app.app_context(), pytest.raises(AlreadyBlocked), transaction():
        block_cases([oficio.id], "otra vez", actor=usuario_admin, now=NOW)

    url = f"/admin/personas/bloqueos/{bloqueo.id}/levantar"
    assert admin.post(url, data={"motivo": "desistió"}).status_code == 303
    assert admin.get(f"/oficios/{oficio.id}").status_code == 200
    assert admin.post(url, data={"motivo": "otra vez"}).status_code == 303
    assert [each.accion for each in rows(Auditoria) if "bloque" in each.accion] == [
        "oficio.bloqueado",
        "oficio.desbloqueado",
    ]


def test_a_job_of_it_is_not_begun_again_and_one_that_ran_says_why_it_ended(
    app, buffet, usuario_admin, rows
):
    oficio = make_oficio(app, buffet, usuario_admin)
    again = make_trabajo(app, oficio_id=oficio.id, estado=EstadoTrabajo.FALLIDO)
    make_notice(app, oficio, usuario_admin)
    with app.app_context():
        run = claim("test", now=utcnow())
        assert run is not None
        assert run.tipo == SEND_JOB
    block(app, usuario_admin, oficio.id)
    with app.app_context():
        execute(run)
        with pytest.raises(Refused, match="bloqueado"), transaction():
            retry_job(db.session.get_one(Trabajo, again), now=utcnow())

    (row,) = rows(Trabajo, id=run.trabajo_id)
    assert row.estado is EstadoTrabajo.FALLIDO
    assert row.error == "El caso está bloqueado a petición de una persona: no se trabaja con él."


def test_open_pages_are_not_told_of_it(app, buffet, usuario_admin):
    blocked, free = (make_oficio(app, buffet, usuario_admin) for _ in range(2))
    block(app, usuario_admin, blocked.id)
    with app.app_context(), transaction():
        late = sa.select(Evento).where(Evento.oficio_id == free.id)
        event = db.session.scalars(late).first()
        db.session.add(
            Evento(tipo=event.tipo, oficio_id=blocked.id, buffet_id=buffet.id, created_at=NOW)
        )
    with looking(app):
        found = EventSource().look(
            [EventListener(usuario_id=1, session_id="1.1", place=0, buffet_id=None)]
        )

    assert {told.message["oficio_id"] for told in found} == {free.id}


def test_what_was_remembered_of_it_is_told_to_nobody_who_comes_later(
    app, buffet, usuario_admin, monkeypatch
):
    monkeypatch.setattr(event_stream, "_TRUSTED", 0)
    blocked, free = (make_oficio(app, buffet, usuario_admin) for _ in range(2))
    source, reader = (
        EventSource(),
        EventListener(usuario_id=1, session_id="1.1", place=0, buffet_id=None),
    )
    with looking(app):
        source.look([reader])
    assert {told.message["oficio_id"] for told in source.recent()} == {blocked.id, free.id}
    block(app, usuario_admin, blocked.id)
    with looking(app):
        source.look([reader])

    assert {told.message["oficio_id"] for told in source.recent()} == {free.id}


def test_a_genuine_expediente_of_it_is_not_denied(app, buffet, usuario_admin):
    oficio = make_oficio(app, buffet, usuario_admin)
    row = make_stub(app, oficio, usuario_admin)
    url = f"/verificar/{row.codigo}"
    before = app.test_client().get(url)
    block(app, usuario_admin, oficio.id)

    after = app.test_client().get(url)

    assert (before.status_code, after.status_code) == (200, 200)
    assert row.sha256 in after.text
    assert oficio.numero_oficio not in after.text


def test_it_is_blocked_for_a_request(app, admin, buffet, usuario_admin, rows):
    oficio = make_oficio(app, buffet, usuario_admin)
    solicitud_id = make_request(app, pide_bloqueo=True)
    (solicitud,) = rows(Solicitud)
    assert f'name="solicitud" value="{solicitud.numero}"' in (
        admin.get(f"/admin/personas/solicitudes/{solicitud_id}").text
    )
    data = {"oficios": [str(oficio.id)], "motivo": "Lo pide."}

    refused = admin.post("/admin/personas/bloqueos", data={**data, "solicitud": "S-1999-0001"})
    assert refused.status_code == 422
    assert not rows(Bloqueo)
    with app.app_context():
        assert [row.id for row in list_without_block()] == [solicitud_id]
    admin.post("/admin/personas/bloqueos", data={**data, "solicitud": solicitud.numero})

    assert [row.solicitud_id for row in rows(Bloqueo)] == [solicitud_id]
    with app.app_context():
        assert list_without_block() == []


def test_a_new_case_of_a_blocked_person_is_told_once_with_a_way_to_block_it(
    app, admin, buffet, usuario_admin, rows
):
    persona = PropietarioData(nombre="Rosa Soto", rut="12345678-5")
    before, known = (make_oficio(app, buffet, usuario_admin, propietario=persona) for _ in range(2))
    other = PropietarioData(nombre="Otra Persona", rut="5126663-3")
    block(app, usuario_admin, before.id, now=utcnow())
    new = make_oficio(app, buffet, usuario_admin, propietario=persona)
    make_oficio(app, buffet, usuario_admin, propietario=other)

    for number in range(2):
        with app.app_context():
            with transaction():
                enqueue("titulares.llegados", key=f"llegados {number}", now=utcnow())
            work("test")

    (aviso,) = rows(Aviso, usuario_id=usuario_admin.id)
    assert new.numero_oficio in aviso.texto
    assert aviso.url == f"/admin/personas/bloqueos?caso={new.id}"
    assert known.id < new.id, "who chose what to block saw the other one"
    page = admin.get(aviso.url).text
    assert f"¿Bloquear también el oficio {new.numero_oficio}?" in page
    answer = admin.post(
        "/admin/personas/bloqueos", data={"oficios": str(new.id), "motivo": "La misma."}
    )
    assert answer.status_code == 303
    assert "¿Bloquear también" not in admin.get(aviso.url).text
    assert admin.get(f"/oficios/{new.id}").status_code == 404
