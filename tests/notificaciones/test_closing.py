"""After «Diligencia realizada» closing is one click, in bell, answer and case."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from app.avisos.models import Aviso
from app.core.clock import utcnow
from app.custodia.service import execute_sealed
from app.db import db, transaction
from app.notificaciones.models import Notificacion
from app.notificaciones.queries.hitos import find_situacion, list_avances
from app.notificaciones.rules import TipoRespuesta
from app.notificaciones.service import RespuestaData, answer_notice, close_carried_out
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import Move, assign_oficio, move_oficio
from app.usuarios.models import Usuario
from tests.notificaciones.rows import make_sent_notice


def answer(app, notice_id, tipo=TipoRespuesta.DILIGENCIADO):
    with app.app_context(), transaction():
        answer_notice(
            db.session.get_one(Notificacion, notice_id),
            RespuestaData(tipo),
            clave=f"respuesta-{tipo.value}",
            now=utcnow(),
        )


@pytest.fixture
def told(app, oficio, usuario_investigador):
    """A case in the hands of a receptor; the id of his notice."""
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        assign_oficio(row, actor, actor=actor, now=utcnow())
        for estado in (Estado.INVESTIGACION, Estado.NOTIFICACION):
            move_oficio(row, Move(estado, row.version), actor=actor, now=utcnow())
    return make_sent_notice(app, oficio, usuario_investigador)


def state(app, oficio):
    with app.app_context():
        return db.session.get_one(Oficio, oficio.id).estado


def test_it_is_offered_in_bell_answer_and_case_and_nowhere_before(
    app, investigador, oficio, told, rows
):
    url = f"/oficios/{oficio.id}/notificaciones"
    places = ("/avisos", f"{url}/{told}", f"/oficios/{oficio.id}")
    assert [investigador.get(path).text.count(f'action="{url}/cerrar"') for path in places] == [
        *(0, 0, 0)
    ]
    assert "Diligencia del receptor judicial" in investigador.get(f"/oficios/{oficio.id}").text

    answer(app, told)

    offered = [investigador.get(path).text.count(f'action="{url}/cerrar"') for path in places]
    assert offered == [1, 2, 1], "the page of the answer has the head of the case too"
    [aviso] = rows(Aviso, accion="Ver y cerrar")
    assert aviso.texto.endswith("¿Cerrar el caso?")


def test_one_click_closes_it_as_found_with_its_reason(app, investigador, oficio, told, rows):
    answer(app, told)

    shut = investigador.post(f"/oficios/{oficio.id}/notificaciones/cerrar")

    assert shut.headers["Location"] == f"/oficios/{oficio.id}"
    assert state(app, oficio) is Estado.ENCONTRADO
    [reason] = [
        entry.descripcion
        for entry in rows(Investigacion, oficio_id=oficio.id, tipo=Actividad.SISTEMA)
        if entry.descripcion.startswith("Se cierra")
    ]
    assert "Ema Soto informó «Diligencia realizada» el " in reason
    assert "/notificaciones/cerrar" not in investigador.get("/avisos").text


def test_a_case_that_went_back_to_the_search_closes_through_its_steps(
    app, admin, usuario_admin, oficio, told
):
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        actor = db.session.get_one(Usuario, usuario_admin.id)
        move_oficio(row, Move(Estado.INVESTIGACION, row.version), actor=actor, now=utcnow())
    answer(app, told)

    admin.post(f"/oficios/{oficio.id}/notificaciones/cerrar")

    assert state(app, oficio) is Estado.ENCONTRADO


def test_two_people_close_it_once(app, oficio, told, usuario_admin, usuario_investigador, rows):
    answer(app, told)
    start, closed = threading.Barrier(2), []

    def press(usuario_id):
        start.wait(10)
        with app.app_context(), transaction():
            actor = db.session.get_one(Usuario, usuario_id)
            row = db.session.get_one(Oficio, oficio.id)
            closed.append(close_carried_out(row, actor=actor, now=utcnow()))

    people = [
        threading.Thread(target=press, args=(one.id,))
        for one in (usuario_admin, usuario_investigador)
    ]
    for one in people:
        one.start()
    for one in people:
        one.join(30)

    assert sorted(closed) == [False, True]
    moves = rows(Investigacion, oficio_id=oficio.id, tipo=Actividad.CAMBIO_ESTADO)
    assert [row.detalle["a"] for row in moves].count("finalizado_encontrado") == 1


def test_pressed_twice_it_says_that_it_is_closed(app, investigador, oficio, told):
    answer(app, told)
    url = f"/oficios/{oficio.id}/notificaciones/cerrar"
    investigador.post(url)

    assert "ya estaba cerrado" in investigador.post(url, follow_redirects=True).text


@pytest.mark.parametrize("tipo", [TipoRespuesta.RECIBIDO, TipoRespuesta.NO_ENCONTRADO, None])
def test_without_a_diligencia_nothing_is_closed(app, investigador, oficio, told, tipo):
    if tipo:
        answer(app, told, tipo)

    page = investigador.post(
        f"/oficios/{oficio.id}/notificaciones/cerrar", follow_redirects=True
    ).text

    assert "Ningún receptor ha informado la diligencia" in page
    assert state(app, oficio) is Estado.NOTIFICACION


def test_a_case_closed_as_not_found_meanwhile_stays_so(
    app, investigador, usuario_admin, oficio, told
):
    answer(app, told)
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        actor = db.session.get_one(Usuario, usuario_admin.id)
        move_oficio(row, Move(Estado.NO_ENCONTRADO, row.version), actor=actor, now=utcnow())

    page = investigador.post(
        f"/oficios/{oficio.id}/notificaciones/cerrar", follow_redirects=True
    ).text

    assert "ya se cerró como «No encontrado»" in page
    assert state(app, oficio) is Estado.NO_ENCONTRADO


def test_a_stranger_closes_nothing(app, cliente, oficio, told):
    answer(app, told)

    assert cliente.post(f"/oficios/{oficio.id}/notificaciones/cerrar").status_code == 404
    assert state(app, oficio) is Estado.NOTIFICACION


@pytest.mark.parametrize("estado", list(Estado))
def test_the_page_of_the_case_and_the_portal_tell_the_same_next_step(
    app, oficio, usuario_investigador, told, estado
):
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        row.estado = estado
    for has_mails in (True, False):
        with app.app_context():
            row = db.session.get_one(Oficio, oficio.id)
            whole = list_avances([row.id])[row.id].situacion
            assert find_situacion(row, has_mails=has_mails) is whole
            with transaction():
                execute_sealed(sa.delete(Notificacion))
