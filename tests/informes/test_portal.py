"""The buffet's copy of a closed case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.adjuntos.models import Adjunto
from app.adjuntos.service import set_approval
from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.db import db, transaction
from app.informes.models import Expediente
from app.informes.rules import Variante
from app.jobs.runner import work
from app.oficios.rules import Estado
from app.usuarios.models import Usuario
from tests.adjuntos.files import make_adjunto
from tests.factories import make_link
from tests.informes.expedientes import change, close_case, make_stub, order, pdf_of, take
from tests.plugins.application import HTMX, assert_fragment


@pytest.fixture
def closed(app, oficio):
    close_case(app, oficio)
    return oficio


def test_a_client_orders_the_copy_of_a_closed_case_and_downloads_it(
    app, cliente, closed, usuario_cliente, rows
):
    url = f"/portal/oficios/{closed.id}"
    assert "Preparar el expediente" in cliente.get(url).text

    assert cliente.post(f"{url}/expediente").status_code == 303
    assert "Se está preparando" in cliente.get(url).text
    with app.app_context():
        work("test")
    (row,) = rows(Expediente)
    assert row.variante is Variante.BUFFET
    assert row.codigo in cliente.get(url).text

    answer = take(cliente, f"/portal/expedientes/{row.id}")
    assert answer.data == pdf_of(app, row)
    (deed,) = rows(Auditoria, accion="expediente.descargado")
    assert deed.usuario_id == usuario_cliente.id


def test_htmx_follows_the_work(app, cliente, closed):
    url = f"/portal/oficios/{closed.id}/expediente"
    root = f"portal-expediente-{closed.id}"

    ordered = assert_fragment(cliente.post(url, headers=HTMX), root)
    assert "every 2s" in ordered
    assert "every 2s" in assert_fragment(cliente.get(url, headers=HTMX), root)
    with app.app_context():
        work("test")
    assert "Descargar el expediente" in assert_fragment(cliente.get(url, headers=HTMX), root)
    assert cliente.get(url).status_code == 303


def test_an_order_while_there_is_one_makes_no_second(app, cliente, closed, rows):
    url = f"/portal/oficios/{closed.id}/expediente"

    for _ in range(3):
        cliente.post(url)
    with app.app_context():
        work("test")
    cliente.post(url)

    assert len(rows(Expediente)) == 1


def test_through_the_link_it_is_written_down_which_link(
    app, stranger, buffet, closed, usuario_investigador, rows
):
    row = make_stub(app, closed, usuario_investigador, Variante.BUFFET)
    stranger.post(f"/b/{make_link(app, buffet)}")

    assert take(stranger, f"/portal/expedientes/{row.id}").status_code == 200
    (deed,) = rows(Auditoria, accion="expediente.descargado")
    assert deed.usuario_id is None
    assert deed.detalle["enlace_id"]


def test_an_open_case_offers_nothing(app, cliente, oficio, usuario_investigador):
    row = make_stub(app, oficio, usuario_investigador, Variante.BUFFET)

    assert "Expediente" not in cliente.get(f"/portal/oficios/{oficio.id}").text
    assert cliente.post(f"/portal/oficios/{oficio.id}/expediente").status_code == 404
    assert take(cliente, f"/portal/expedientes/{row.id}").status_code == 404


def test_what_is_for_the_court_or_not_issued_is_not_for_the_buffet(
    app, cliente, closed, usuario_investigador
):
    court = make_stub(app, closed, usuario_investigador, Variante.TRIBUNAL)
    waiting = order(app, closed, usuario_investigador, Variante.BUFFET)

    assert cliente.post(f"/portal/expedientes/{court.id}").status_code == 404
    assert cliente.post(f"/portal/expedientes/{waiting}").status_code == 404
    assert cliente.post("/portal/expedientes/999999").status_code == 404
    theirs = make_stub(app, closed, usuario_investigador, Variante.BUFFET)
    assert take(cliente, f"/portal/expedientes/{theirs.id}").status_code == 200


def test_another_buffet_and_the_firm_find_nothing_in_the_portal(
    app, cliente_ajeno, investigador, stranger, closed, usuario_investigador
):
    row = make_stub(app, closed, usuario_investigador, Variante.BUFFET)

    for client in (cliente_ajeno, investigador):
        assert client.get(f"/portal/oficios/{closed.id}/expediente").status_code == 404
        assert client.post(f"/portal/oficios/{closed.id}/expediente").status_code == 404
        assert take(client, f"/portal/expedientes/{row.id}").status_code == 404
    assert take(stranger, f"/portal/expedientes/{row.id}").status_code == 303


def test_a_copy_from_before_the_case_was_closed_does_not_do(
    app, cliente, oficio, usuario_investigador
):
    row = make_stub(app, oficio, usuario_investigador, Variante.BUFFET)
    close_case(app, oficio)

    page = cliente.get(f"/portal/oficios/{oficio.id}").text

    assert "Preparar el expediente" in page
    assert row.codigo not in page


def test_a_closing_that_a_clock_ahead_dated_keeps_nothing_from_the_buffet(app, cliente, closed):
    change(app, closed, estado_desde=utcnow() + timedelta(days=30))
    url = f"/portal/oficios/{closed.id}"

    cliente.post(f"{url}/expediente")
    with app.app_context():
        work("test")

    assert "Descargar el expediente" in cliente.get(url).text


def test_a_case_that_was_reopened_takes_its_copy_back(app, cliente, closed, usuario_investigador):
    row = make_stub(app, closed, usuario_investigador, Variante.BUFFET)
    assert take(cliente, f"/portal/expedientes/{row.id}").status_code == 200

    change(app, closed, estado=Estado.INVESTIGACION)

    assert take(cliente, f"/portal/expedientes/{row.id}").status_code == 404


def test_what_was_issued_before_the_rule_is_the_offices_alone(
    app, cliente, investigador, closed, usuario_investigador
):
    row = make_stub(app, closed, usuario_investigador, Variante.BUFFET)
    with app.app_context(), transaction():
        db.session.get_one(Expediente, row.id).solo_aprobado = False

    assert take(cliente, f"/portal/expedientes/{row.id}").status_code == 404
    assert "Preparar el expediente" in cliente.get(f"/portal/oficios/{closed.id}").text
    assert take(investigador, f"/expedientes/{row.id}/pdf").status_code == 200


def test_one_with_a_photo_that_is_no_longer_approved_is_not_handed_out(
    app, cliente, closed, usuario_investigador
):
    photo = make_adjunto(app, closed, usuario_investigador)
    row = make_stub(app, closed, usuario_investigador, Variante.BUFFET)
    url = f"/portal/expedientes/{row.id}"
    for aprobado, status in ((True, 200), (False, 404)):
        with app.app_context(), transaction():
            stored = db.session.get_one(Adjunto, photo.id)
            actor = db.session.get_one(Usuario, usuario_investigador.id)
            set_approval(stored, aprobado=aprobado, actor=actor, now=utcnow())
            shown = {"adjunto_id": photo.id, "nombre": "1", "sha256": "0", "key": "x"}
            db.session.get_one(Expediente, row.id).originales = [shown]
        assert take(cliente, url).status_code == status
