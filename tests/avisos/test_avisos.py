"""What a person of the firm is told, with the bell and by mail."""

from __future__ import annotations

import re

import pytest
from flask_login import login_user
from playwright.sync_api import expect
from sqlalchemy.exc import OperationalError

from app.avisos import pages as views
from app.avisos.models import Aviso
from app.avisos.rules import Novedad
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
                novedad=Novedad.RESPUESTA,
                clave="respuesta:1",
                now=utcnow(),
            )

    assert [again(), again()] == [True, False]
    [aviso] = rows(Aviso)
    assert aviso.texto == "x" * 500


def test_an_empty_page_says_what_will_come(investigador):
    assert "No hay avisos" in investigador.get("/avisos").get_data(as_text=True)


def test_the_bell_does_not_bring_a_page_down_when_the_database_does_not_answer(
    app, usuario_investigador, monkeypatch
):
    def broken(_usuario_id):
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(views, "read_bell", broken)
    with app.test_request_context():
        login_user(usuario_investigador)
        assert views.bell()["bell_of"]().sin_leer == 0


# ------------------------------------------------------------------ an open page


def ask(client, ultimo, sin_leer):
    return client.get("/avisos/novedades", query_string={"desde": ultimo, "sin_leer": sin_leer})


def test_an_open_page_hears_nothing_as_long_as_there_is_nothing(
    app, investigador, usuario_investigador, usuario_admin, counted
):
    old = make_aviso(app, usuario_investigador)
    make_aviso(app, usuario_admin)  # newer, and somebody else's

    with counted() as statements:
        answer = ask(investigador, old, 1)

    assert (answer.status_code, answer.data) == (204, b"")
    assert len([text for text in statements if text.startswith("SELECT")]) <= 2


@pytest.mark.parametrize("since", ["-" + 30 * "9", 30 * "9", "x", "\x00"])
def test_an_open_page_that_asks_nonsense_hears_how_the_bell_stands(
    since, app, investigador, usuario_investigador
):
    make_aviso(app, usuario_investigador)

    assert ask(investigador, since, since).get_json()["sin_leer"] == 1


def test_an_open_page_hears_what_is_new_once_and_where_to_go(
    app, investigador, usuario_investigador
):
    old = make_aviso(app, usuario_investigador)
    new = make_aviso(app, usuario_investigador, texto="Visto hoy 07:51", accion="Ver")

    answer = ask(investigador, old, 1).get_json()

    assert answer == {
        "ultimo": new,
        "sin_leer": 2,
        "avisos": [{"texto": "Visto hoy 07:51", "accion": "Ver", "abrir": f"/avisos/{new}/abrir"}],
    }
    assert ask(investigador, new, 2).status_code == 204


def test_many_at_once_show_the_newest_and_count_the_rest(app, investigador, usuario_investigador):
    for number in range(5):
        make_aviso(app, usuario_investigador, texto=f"aviso {number}")

    answer = ask(investigador, 0, 0).get_json()

    assert [aviso["texto"] for aviso in answer["avisos"]] == ["aviso 2", "aviso 3", "aviso 4"]
    assert answer["sin_leer"] == 5


def test_what_is_read_elsewhere_leaves_the_count_and_shows_nothing(
    app, investigador, usuario_investigador
):
    last = make_aviso(app, usuario_investigador)
    investigador.post("/avisos/leidos")

    assert ask(investigador, last, 1).get_json() == {"ultimo": last, "sin_leer": 0, "avisos": []}


@pytest.mark.e2e
def test_a_message_reaches_an_open_page_and_its_button_leads_there(
    app, browse, usuario_investigador
):
    make_aviso(app, usuario_investigador)
    page = browse(usuario_investigador, "/avisos")
    bell = page.locator("#avisos-bell")
    expect(bell).to_have_attribute("aria-label", "Avisos: 1 nuevo")

    make_aviso(app, usuario_investigador, texto="Visto hoy 07:51", accion="Ver", url="/cuenta")

    toast = page.locator(".toast-card", has_text="Visto hoy 07:51")
    expect(toast).to_be_visible(timeout=8000)
    expect(bell).to_have_attribute("aria-label", "Avisos: 2 nuevos")
    toast.get_by_role("button", name="Ver", exact=True).click()
    expect(page).to_have_url(re.compile("/cuenta$"))
    expect(bell).to_have_attribute("aria-label", "Avisos: 1 nuevo")
