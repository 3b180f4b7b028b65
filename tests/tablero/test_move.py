"""Drops: what they answer, what they write, and what refuses them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import Move, move_oficio
from app.usuarios.models import Usuario
from tests.factories import make_oficio
from tests.plugins.application import HTMX, assert_fragment
from tests.plugins.board import cards, column


def drop(client, oficio, estado, version=1, after="", **options):
    data = {"estado": estado, "version": version, "despues_de": after, **options.pop("data", {})}
    options.setdefault("headers", HTMX)
    pk = getattr(oficio, "id", oficio)
    return client.post(f"/tablero/oficios/{pk}/mover", data=data, **options)


def notice(response):
    return json.loads(response.headers["HX-Trigger"])["aviso"]


def test_a_drop_answers_with_the_card_that_the_board_would_show(investigador, oficio):
    response = drop(investigador, oficio, "investigacion")

    assert response.status_code == 200
    text = assert_fragment(response, f"oficio-card-{oficio.id}")
    assert cards(text) == cards(investigador.get("/tablero").text)
    assert 'data-estado="investigacion"' in text
    assert 'data-version="2"' in text


def reads(statements):
    """The statements that ask for something; PostgreSQL's locks of events and custody do not."""
    found = [text for text in statements if text.lstrip().startswith(("SELECT", "WITH"))]
    locks = ("pg_advisory", "FOR NO KEY UPDATE")
    return [text for text in found if not any(lock in text for lock in locks)]


def test_a_drop_is_answered_with_one_card_and_costs_six_queries(investigador, five, counted):
    first, second, third, *_ = five
    investigador.get("/tablero")

    with counted() as on_top:
        text = drop(investigador, first, "investigacion").text
    with counted() as within:
        drop(investigador, third, "pendiente", after=second)
    with counted() as between:
        drop(investigador, second, "investigacion", after=first)

    assert text.count('<li id="oficio-card-') == 1
    assert "board-count" not in text
    assert len(reads(on_top)) <= 6, on_top
    assert len(reads(within)) <= 5, within
    assert len(reads(between)) <= 6, between


def test_the_move_is_written_in_the_bitacora(investigador, oficio, usuario_investigador, rows):
    drop(investigador, oficio, "investigacion")

    (stored,) = rows(Oficio)
    (entry,) = rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)
    assert stored.estado is Estado.INVESTIGACION
    assert entry.usuario_id == usuario_investigador.id
    assert entry.detalle == {"de": "pendiente", "a": "investigacion"}


def test_a_colleague_may_move_what_others_have(admin, oficio, usuario_investigador, change):
    change(oficio, investigador_id=usuario_investigador.id)

    assert drop(admin, oficio, "investigacion").status_code == 200


def test_a_cliente_moves_nothing_and_hears_nothing(cliente, cliente_ajeno, oficio, rows):
    for client in (cliente, cliente_ajeno):
        assert drop(client, oficio, "investigacion").status_code == 404

    assert rows(Oficio)[0].estado is Estado.PENDIENTE


def test_a_stranger_moves_nothing(stranger, oficio, rows):
    assert drop(stranger, oficio, "investigacion").status_code == 401

    assert rows(Oficio)[0].estado is Estado.PENDIENTE


def test_a_move_without_a_path_comes_back_with_the_reason(investigador, oficio, rows):
    response = drop(investigador, oficio, "finalizado_encontrado")

    assert response.status_code == 422
    text = assert_fragment(response, f"oficio-card-{oficio.id}")
    assert 'data-estado="pendiente"' in text
    assert 'data-version="1"' in text
    assert notice(response)["tipo"] == "error"
    assert "De «Pendiente» no se pasa a «Encontrado»" in notice(response)["texto"]
    assert response.headers["HX-Trigger"].isascii()
    assert rows(Oficio)[0].estado is Estado.PENDIENTE
    assert not rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)


def test_only_an_admin_reopens_a_case(investigador, admin, oficio, change, rows):
    change(oficio, estado=Estado.NO_ENCONTRADO)

    refused = drop(investigador, oficio, "investigacion")
    assert refused.status_code == 422
    assert "solo un administrador puede reabrirlo" in notice(refused)["texto"]
    menu = investigador.get(f"/tablero/oficios/{oficio.id}/acciones").text
    assert "solo un administrador puede reabrirlo" in menu

    assert drop(admin, oficio, "investigacion").status_code == 200
    (entry,) = rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)
    assert entry.descripcion == "Se reabre en Investigación"


def test_of_two_sessions_the_second_is_told_who_and_when(admin, investigador, oficio, change, rows):
    """Both look at the same card; Ana drops it first."""
    assert drop(admin, oficio, "investigacion").status_code == 200
    change(oficio, updated_at=utcnow() - timedelta(minutes=2))

    response = drop(investigador, oficio, "finalizado_no_encontrado")

    assert response.status_code == 409
    assert notice(response)["texto"] == (
        "No se pudo guardar: Ana Vega lo cambió hace 2 min y ahora está en «Investigación». "
        "Se muestra el estado actual."
    )
    page = f"/oficios/{oficio.id}/historial"
    assert notice(response)["enlaces"] == [{"texto": "Ver qué cambió", "href": page}]
    text = assert_fragment(response, f"oficio-card-{oficio.id}")
    assert 'data-estado="investigacion"' in text
    assert 'data-version="2"' in text
    assert rows(Oficio)[0].estado is Estado.INVESTIGACION


def test_a_stale_card_leads_to_what_changed_also_without_javascript(admin, investigador, oficio):
    assert drop(admin, oficio, "investigacion").status_code == 200
    link = f'<a href="/oficios/{oficio.id}/historial" target="_blank" rel="noopener">'

    told = drop(investigador, oficio, "notificacion", headers={}, follow_redirects=True)
    many = investigador.post(
        "/tablero/lote", data={"oficio": f"{oficio.id}.1", "estado": "notificacion"}
    )

    for page in (told.text, many.text):
        assert f"{link}Ver qué cambió</a>" in page
    assert link not in investigador.get("/tablero").text  # once is enough


def test_a_change_between_reading_and_writing_is_told_too(
    app, investigador, oficio, usuario_admin, rows
):
    """Somebody else's change is stored after this one's check of the version."""

    def meanwhile(session, _context, _instances):
        session.execute(
            sa.update(Oficio)
            .where(Oficio.id == oficio.id)
            .values(version=7, modificado_por_id=usuario_admin.id)
            .execution_options(synchronize_session=False)
        )

    sa.event.listen(db.session, "before_flush", meanwhile, once=True)

    response = drop(investigador, oficio, "investigacion")

    assert response.status_code == 409
    assert "No se pudo guardar" in notice(response)["texto"]
    assert rows(Oficio)[0].estado is Estado.PENDIENTE


@pytest.mark.parametrize(
    ("estado", "version"),
    [
        ("archivado", "1"),
        ("", "1"),
        ("PENDIENTE", "1"),
        ("investigacion", ""),
        ("investigacion", "uno"),
        ("investigacion", "1.5"),
        ("investigacion", "-1"),
        ("investigacion", "9" * 30),
        ("investigacion", "1\x00"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(
    investigador, oficio, rows, estado, version
):
    response = drop(investigador, oficio, estado, version)

    text = assert_fragment(response, f"oficio-card-{oficio.id}")
    if version == "1\x00":  # control characters are cleaned away, as everywhere
        assert response.status_code == 200
        return
    assert response.status_code == 422
    assert 'data-estado="pendiente"' in text
    assert notice(response)["texto"].endswith(".")
    assert rows(Oficio)[0].version == 1


def test_a_drop_without_any_value_is_refused_with_a_sentence(investigador, oficio):
    response = investigador.post(f"/tablero/oficios/{oficio.id}/mover", headers=HTMX)

    assert response.status_code == 422
    assert notice(response)["texto"].endswith(".")


@pytest.mark.parametrize("junk", ["arriba", "-3", "9" * 30])
def test_an_unreadable_place_is_refused_with_a_sentence(investigador, oficio, junk):
    response = drop(investigador, oficio, "investigacion", after=junk)

    assert response.status_code == 422
    assert "Lugar de la tarjeta" in notice(response)["texto"]


def test_what_does_not_exist_is_not_found(app, investigador, oficio):
    assert drop(investigador, 987654, "investigacion").status_code == 404
    assert drop(investigador, oficio, "investigacion").status_code == 200


# Ranks


@pytest.fixture
def five(app, buffet, usuario_admin):
    """Pending oficios from top to bottom."""
    return [make_oficio(app, buffet, usuario_admin).id for _ in range(5)][::-1]


def test_a_card_stays_where_it_was_dropped(investigador, five, order, rows):
    a, b, c, d, e = five

    assert drop(investigador, e, "pendiente", after=a).status_code == 200
    assert order(Estado.PENDIENTE) == [a, e, b, c, d]

    drop(investigador, a, "pendiente", after=d)
    assert order(Estado.PENDIENTE) == [e, b, c, d, a]

    drop(investigador, c, "pendiente")
    assert order(Estado.PENDIENTE) == [c, e, b, d, a]
    assert column(investigador.get("/tablero").text, "pendiente") == [c, e, b, d, a]
    assert not rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO), "a new rank is no change of state"


def test_a_card_takes_its_place_in_another_column(investigador, five, order):
    a, b, c, *_ = five
    drop(investigador, a, "investigacion")
    drop(investigador, b, "investigacion", after=a)
    drop(investigador, c, "investigacion", after=a)

    assert order(Estado.INVESTIGACION) == [a, c, b]


def test_below_a_card_that_left_meanwhile_means_on_top(admin, five, order):
    a, b, c, *_ = five
    drop(admin, a, "investigacion")
    drop(admin, b, "investigacion")
    drop(admin, a, "notificacion", version=2)

    assert drop(admin, c, "investigacion", after=a).status_code == 200
    assert order(Estado.INVESTIGACION) == [c, b]


def test_the_order_is_kept_when_the_gap_between_two_cards_is_used_up(
    investigador, five, order, change, rows
):
    a, b, c, d, e = five
    first, second = rows(Oficio, id=a)[0], rows(Oficio, id=b)[0]
    change(second, posicion=first.posicion + 1)

    assert drop(investigador, e, "pendiente", after=a).status_code == 200
    assert drop(investigador, d, "pendiente", after=a).status_code == 200

    assert order(Estado.PENDIENTE) == [a, d, e, b, c]


def test_many_drops_at_the_same_place_keep_their_order(investigador, five, order, rows):
    a, *others = five
    expected = order(Estado.PENDIENTE)

    for turn in range(60):
        pk = others[turn % len(others)]
        version = next(row.version for row in rows(Oficio, id=pk))
        assert drop(investigador, pk, "pendiente", version=version, after=a).status_code == 200
        expected.remove(pk)
        expected.insert(1, pk)

        assert order(Estado.PENDIENTE) == expected


@pytest.mark.no_cover
def test_hundreds_of_drops_into_one_gap_keep_their_order(app, usuario_admin, five, order):
    """A gap is halved twenty times before its column is numbered anew: here two dozen times."""
    a, *others = five
    expected = order(Estado.PENDIENTE)

    with app.app_context():
        for first in range(0, 500, 100):
            with transaction():
                actor = db.session.get_one(Usuario, usuario_admin.id)
                for turn in range(first, first + 100):
                    oficio = db.session.get_one(Oficio, others[turn % len(others)])
                    command = Move(Estado.PENDIENTE, oficio.version, a)
                    move_oficio(oficio, command, actor=actor, now=utcnow())
                    expected.remove(oficio.id)
                    expected.insert(1, oficio.id)

    assert order(Estado.PENDIENTE) == expected


# Without JavaScript, and from the case page


def follow(client, response):
    assert response.status_code == 303
    return client.get(response.headers["Location"]).text


def test_without_javascript_a_move_leads_back_to_the_board(investigador, oficio):
    response = drop(investigador, oficio, "investigacion", headers={})

    assert response.headers["Location"] == "/tablero"
    html = follow(investigador, response)
    assert "BB·CL·12: Quedó en Investigación." in html
    assert column(html, "investigacion") == [oficio.id]


def test_without_javascript_the_filters_stay(investigador, oficio):
    response = drop(
        investigador,
        oficio,
        "investigacion",
        headers={"Referer": "http://localhost/tablero?q=bbcl&mios=0"},
    )

    assert response.headers["Location"] == "/tablero?q=bbcl&mios=0"


def test_without_javascript_a_refusal_is_told_on_the_board(investigador, oficio):
    refused = drop(investigador, oficio, "finalizado_encontrado", headers={})
    assert "De «Pendiente» no se pasa a «Encontrado»" in follow(investigador, refused)

    stale = drop(investigador, oficio, "investigacion", version=9, headers={})
    assert "Se muestra el estado actual" in follow(investigador, stale)

    unreadable = drop(investigador, oficio, "archivado", headers={})
    assert "Elija una de las opciones de la lista." in follow(investigador, unreadable)


def test_a_move_from_the_case_page_leads_back_to_it(investigador, oficio):
    case = f"/oficios/{oficio.id}"

    plain = drop(investigador, oficio, "investigacion", headers={}, data={"volver": case})
    assert (plain.status_code, plain.headers["Location"]) == (303, case)

    htmx = drop(investigador, oficio, "notificacion", version=2, data={"volver": case})
    assert (htmx.status_code, htmx.headers["HX-Redirect"]) == (204, case)

    refused = drop(investigador, oficio, "pendiente", version=3, data={"volver": case})
    assert refused.headers["HX-Redirect"] == case


@pytest.mark.parametrize(
    "target",
    [
        "https://otro.example/",
        "//otro.example/",
        "/\\otro.example/",
        "/\t/otro.example/",
        "javascript:alert(1)",
        "otro",
    ],
)
def test_nobody_is_led_out_of_the_application(investigador, oficio, target):
    response = drop(investigador, oficio, "investigacion", headers={}, data={"volver": target})

    assert response.headers["Location"] == "/tablero"


def test_another_sites_address_is_no_way_back(investigador, oficio):
    headers = {"Referer": "https://otro.example/tablero?q=1"}

    response = drop(investigador, oficio, "investigacion", headers=headers)

    assert response.headers["Location"] == "/tablero"
