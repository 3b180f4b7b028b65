"""What a person of the firm is told, with the bell and by mail."""

from __future__ import annotations

import pytest
from flask_login import login_user
from sqlalchemy.exc import OperationalError

from app.avisos import views
from app.avisos.models import Aviso
from app.avisos.service import tell
from app.core.clock import utcnow
from app.db import db, transaction
from app.usuarios.models import Usuario
from tests.factories import make_aviso

PLAIN = 'aria-label="Avisos"'


def test_the_bell_counts_what_is_new_on_every_page(app, investigador, usuario_investigador):
    assert PLAIN in investigador.get("/tablero").get_data(as_text=True)

    make_aviso(app, usuario_investigador)
    assert 'aria-label="Avisos: 1 nuevo"' in investigador.get("/tablero").get_data(as_text=True)

    make_aviso(app, usuario_investigador)
    assert 'aria-label="Avisos: 2 nuevos"' in investigador.get("/avisos").get_data(as_text=True)


def test_opening_one_goes_where_it_points_and_counts_as_read(
    app, investigador, usuario_investigador, rows
):
    aviso_id = make_aviso(app, usuario_investigador, url="/tablero?q=1")
    assert investigador.get("/avisos").status_code == 200
    assert rows(Aviso)[0].leido_at is None

    answer = investigador.post(f"/avisos/{aviso_id}/abrir")
    first = rows(Aviso)[0].leido_at
    investigador.post(f"/avisos/{aviso_id}/abrir")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/tablero?q=1")
    assert first is not None
    assert rows(Aviso)[0].leido_at == first
    assert PLAIN in investigador.get("/avisos").get_data(as_text=True)


def test_all_are_read_with_one_press_and_only_ones_own(
    app, investigador, usuario_investigador, usuario_admin, rows
):
    for usuario in (usuario_investigador, usuario_investigador, usuario_admin):
        make_aviso(app, usuario)

    assert investigador.post("/avisos/leidos").status_code == 303

    assert [bool(row.leido_at) for row in rows(Aviso)] == [True, True, False]


def test_what_somebody_else_was_told_does_not_exist(
    app, investigador, cliente, stranger, usuario_admin, rows
):
    aviso_id = make_aviso(app, usuario_admin, texto="Solo para Ana")

    assert "Solo para Ana" not in investigador.get("/avisos").get_data(as_text=True)
    assert investigador.post(f"/avisos/{aviso_id}/abrir").status_code == 404
    assert cliente.post(f"/avisos/{aviso_id}/abrir").status_code == 404
    assert cliente.get("/avisos").status_code == 404
    assert "/entrar" in stranger.post(f"/avisos/{aviso_id}/abrir").headers["Location"]
    assert rows(Aviso)[0].leido_at is None


def test_the_same_event_tells_a_person_once(app, usuario_investigador, rows):
    def again() -> bool:
        with app.app_context(), transaction():
            return tell(
                db.session.get_one(Usuario, usuario_investigador.id),
                "x" * 900,
                url="/tablero",
                accion="Ver",
                clave="respuesta:1",
                now=utcnow(),
            )

    assert [again(), again()] == [True, False]
    [aviso] = rows(Aviso)
    assert aviso.texto == "x" * 500


@pytest.mark.parametrize("wanted", [True, False])
def test_everybody_chooses_whether_they_also_come_by_mail(
    wanted, investigador, usuario_investigador, rows
):
    assert "Enviarme también un correo" in investigador.get("/cuenta").get_data(as_text=True)
    data = {"avisos_por_correo": "y"} if wanted else {}

    investigador.post("/avisos/preferencias", data={"avisos_por_correo": "y"})
    answer = investigador.post("/avisos/preferencias", data=data)

    assert answer.headers["Location"] == "/cuenta"
    assert rows(Usuario, id=usuario_investigador.id)[0].avisos_por_correo is wanted


def test_an_empty_page_says_what_will_come(investigador):
    assert "No hay avisos" in investigador.get("/avisos").get_data(as_text=True)


def test_the_bell_does_not_bring_a_page_down_when_the_database_does_not_answer(
    app, usuario_investigador, monkeypatch
):
    def broken(_usuario_id):
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(views, "count_unread", broken)
    with app.test_request_context():
        login_user(usuario_investigador)
        assert views.bell()["unread_avisos"]() == 0
