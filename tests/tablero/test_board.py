"""The page of the board: its columns, its cards, and what it costs the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.adjuntos.models import Adjunto
from app.adjuntos.rules import TipoAdjunto
from app.core.clock import local_today, utcnow
from app.core.errors import NotFound
from app.oficios.rules import Estado, Prioridad
from app.tablero.queries import get_card
from app.tablero.rules import COLUMN_SIZE
from tests.factories import make_oficio
from tests.plugins.application import HTMX, assert_fragment
from tests.plugins.board import cards, column, count, sighting


def photo(oficio, name, **values):
    return Adjunto(
        **{
            "oficio_id": oficio.id,
            "tipo": TipoAdjunto.FOTO_VEHICULO,
            "filename": name,
            "mime_type": "image/jpeg",
            "tamano_bytes": 1,
            "sha256": name,
            "original_key": name,
            **values,
        }
    )


def test_a_stranger_is_sent_to_sign_in(stranger):
    response = stranger.get("/tablero")

    assert response.status_code == 303
    assert response.headers["Location"].startswith("/entrar")


def test_for_a_cliente_there_is_no_board(cliente, investigador, oficio):
    for url in ("/tablero", "/tablero/columnas/pendiente", f"/tablero/oficios/{oficio.id}"):
        assert cliente.get(url).status_code == 404
        assert investigador.get(url).status_code == 200


def test_a_colleague_sees_the_same_cards_as_the_owner(admin, investigador, oficio):
    of_owner = cards(investigador.get("/tablero").text)
    of_colleague = cards(admin.get("/tablero").text)

    assert list(of_owner) == list(of_colleague) == [oficio.id]


def test_each_state_is_a_column_with_its_count(admin, app, buffet, usuario_admin):
    made = {
        estado: [make_oficio(app, buffet, usuario_admin, estado=estado).id for _ in range(number)]
        for number, estado in enumerate(Estado, 1)
    }

    html = admin.get("/tablero").text

    for estado, ids in made.items():
        assert count(html, estado.value) == len(ids)
        assert sorted(column(html, estado.value)) == ids


def test_an_empty_board_teaches_the_next_step(admin):
    html = admin.get("/tablero").text

    assert "importe la planilla de un buffet" in html
    assert "Arrastre aquí un oficio pendiente" in html
    assert count(html, "pendiente") == 0


def test_the_newest_oficio_is_on_top(admin, app, buffet, usuario_admin):
    first, second = (make_oficio(app, buffet, usuario_admin) for _ in range(2))

    assert column(admin.get("/tablero").text, "pendiente") == [second.id, first.id]


def test_a_card_says_what_an_investigator_wants_to_know(
    admin, app, buffet, usuario_admin, usuario_investigador, change, add
):
    now = utcnow()
    oficio = make_oficio(
        app,
        buffet,
        usuario_admin,
        patente="LGCR75-1",
        numero_oficio="OF-2026-00168",
        fecha_limite=local_today(now),
        prioridad=Prioridad.URGENTE,
        estado=Estado.INVESTIGACION,
    )
    change(
        oficio,
        investigador_id=usuario_investigador.id,
        ultima_actividad_at=now - timedelta(days=8),
    )
    change(oficio.vehiculo, color="AZUL")
    add(
        sighting(oficio, now - timedelta(minutes=20), empresa="Costanera Norte", ubicacion="PA12"),
        sighting(oficio, now - timedelta(days=3), empresa="Autopista Central"),
        photo(oficio, "uno"),
        photo(oficio, "dos"),
        photo(oficio, "borrada", eliminado_at=now),
        photo(oficio, "papel", mime_type="application/pdf"),
    )

    card = cards(admin.get("/tablero").text)[oficio.id]

    assert "vence hoy" in card
    assert "plazo-late" in card
    assert "<strong>Suzuki Swift</strong> · azul" in card
    assert "hace 20 min · Costanera Norte" in card
    assert "Autopista Central" not in card
    assert "OF-2026-00168" in card
    assert "González y Asociados" in card
    assert "2<span" in card, "deleted photos and documents are not photos"
    assert "8 días<span" in card
    assert "Carla Muñoz" in card
    assert "is-urgent" in card
    assert f'href="/oficios/{oficio.id}"' in card


def test_a_quiet_card_has_no_marks(admin, oficio):
    card = cards(admin.get("/tablero").text)[oficio.id]

    for mark in ("is-urgent", "sighting-pill", "#camera", "#zzz", "plate-mark", "plazo-"):
        assert mark not in card
    assert "Sin asignar" in card


def test_a_plate_whose_digit_does_not_fit_is_marked_until_it_is_confirmed(
    admin, app, buffet, usuario_admin, change
):
    oficio = make_oficio(app, buffet, usuario_admin, patente="SPRT44-1")

    assert "debería ser K" in cards(admin.get("/tablero").text)[oficio.id]

    change(oficio.vehiculo, patente_confirmada=True)

    assert "plate-mark" not in cards(admin.get("/tablero").text)[oficio.id]


def test_of_a_sighting_without_hour_only_the_day_is_told(admin, oficio, add):
    add(sighting(oficio, empresa="AVO I"))

    assert "hoy · AVO I" in cards(admin.get("/tablero").text)[oficio.id]


def test_of_one_day_a_sighting_with_its_hour_counts_as_the_newest(admin, oficio, add):
    now = utcnow()
    add(
        sighting(oficio, now, ubicacion="Con hora"),
        sighting(oficio, None, ubicacion="Sin hora"),
        sighting(oficio, now - timedelta(minutes=1), ubicacion="Un minuto antes"),
    )

    card = cards(admin.get("/tablero").text)[oficio.id]

    assert "recién · Con hora" in card
    assert "Sin hora" not in card


def test_a_closed_case_shows_neither_deadline_nor_idleness(
    admin, app, buffet, usuario_admin, change
):
    oficio = make_oficio(
        app,
        buffet,
        usuario_admin,
        estado=Estado.ENCONTRADO,
        fecha_limite=local_today(utcnow()) - timedelta(days=9),
    )
    change(oficio, ultima_actividad_at=utcnow() - timedelta(days=20))
    late = make_oficio(app, buffet, usuario_admin, fecha_limite=oficio.fecha_limite)

    board = cards(admin.get("/tablero").text)
    card = board[oficio.id]

    assert "venció" in board[late.id]
    assert "venció" not in card
    assert "#zzz" not in card


def test_a_case_that_closed_more_than_30_days_ago_leaves_the_board(
    admin, app, buffet, usuario_admin, change
):
    old, recent, still_open = (
        make_oficio(app, buffet, usuario_admin, estado=estado)
        for estado in (Estado.NO_ENCONTRADO, Estado.NO_ENCONTRADO, Estado.INVESTIGACION)
    )
    for oficio, days in ((old, 31), (recent, 29), (still_open, 400)):
        change(oficio, estado_desde=utcnow() - timedelta(days=days))

    html = admin.get("/tablero").text

    assert set(cards(html)) == {recent.id, still_open.id}
    assert count(html, "finalizado_no_encontrado") == 1


def test_the_whole_page_costs_at_most_eight_queries_however_many_cards(
    investigador, app, buffet, usuario_admin, add, counted
):
    for number in range(3):
        for estado in Estado:
            oficio = make_oficio(app, buffet, usuario_admin, estado=estado)
            add(sighting(oficio, utcnow()), photo(oficio, f"foto {oficio.id} {number}"))

    with counted() as statements:
        html = investigador.get("/tablero").text

    assert len(cards(html)) == 15
    queries = [text for text in statements if text.lstrip().startswith(("SELECT", "WITH"))]
    assert len(queries) <= 8, queries


@pytest.fixture
def long_column(app, buffet, usuario_admin):
    """More pending oficios than two parts of a column hold, from top to bottom."""
    made = [make_oficio(app, buffet, usuario_admin).id for _ in range(2 * COLUMN_SIZE + 5)]
    return made[::-1]


def next_address(html: str) -> str | None:
    _, found, rest = html.partition('hx-get="')
    return rest.partition('"')[0].replace("&amp;", "&") if found else None


def test_a_long_column_comes_in_parts_without_gap_or_repetition(admin, long_column):
    page = admin.get("/tablero").text
    assert count(page, "pendiente") == len(long_column)
    seen = column(page, "pendiente")
    assert len(seen) == COLUMN_SIZE
    address = next_address(page)

    while address:
        assert address.startswith("/tablero/columnas/pendiente?desde=")
        part = admin.get(address, headers=HTMX).text
        assert "<html" not in part
        seen += cards(part)
        address = next_address(part)

    assert seen == long_column


def test_a_drop_between_two_parts_shows_no_card_twice(admin, long_column):
    page = admin.get("/tablero").text
    last = column(page, "pendiente")[-1]
    admin.post(f"/tablero/oficios/{last}/mover", data={"estado": "pendiente", "version": 1})

    part = admin.get(next_address(page) or "", headers=HTMX).text

    assert list(cards(part)) == long_column[COLUMN_SIZE : 2 * COLUMN_SIZE]


def test_without_javascript_the_next_part_is_a_page_that_leads_back(admin, long_column):
    address = next_address(admin.get("/tablero?mios=0").text)

    page = admin.get(address).text

    assert "<html" in page
    assert column(page, "pendiente") == long_column[COLUMN_SIZE : 2 * COLUMN_SIZE]
    assert 'href="/tablero">Volver al tablero completo' in page


def test_a_column_that_does_not_exist_is_not_found(admin):
    assert admin.get("/tablero/columnas/archivado").status_code == 404
    assert admin.get("/tablero/columnas/pendiente").status_code == 200


@pytest.mark.parametrize("place", ["", "x", "1", "9" * 40 + ".1", "1.99999999999", "1.2.3"])
def test_a_place_that_cannot_be_read_begins_the_column(admin, oficio, place):
    part = admin.get(f"/tablero/columnas/pendiente?desde={place}", headers=HTMX).text

    assert list(cards(part)) == [oficio.id]


def test_one_card_is_what_the_board_shows(admin, oficio):
    response = admin.get(f"/tablero/oficios/{oficio.id}", headers=HTMX)

    text = assert_fragment(response, f"oficio-card-{oficio.id}")
    assert cards(text) == cards(admin.get("/tablero").text)


def test_there_is_no_card_of_what_does_not_exist(app):
    with app.app_context(), pytest.raises(NotFound):
        get_card(1, now=utcnow())


def test_what_a_spreadsheet_said_is_shown_as_text(admin, app, buffet, usuario_admin, change):
    oficio = make_oficio(app, buffet, usuario_admin, numero_oficio="<script>alert(1)</script>")
    change(oficio.vehiculo, marca="<b>Suzuki", color='"><img src=x>')

    html = admin.get("/tablero").text

    assert "<script>alert" not in html
    assert "<img src=x>" not in html
    assert "&lt;b&gt;Suzuki" in html


def test_a_deadline_that_lies_absurdly_far_does_not_break_the_board(
    admin, app, buffet, usuario_admin
):
    far = datetime(2199, 1, 1, tzinfo=UTC).date()
    oficio = make_oficio(app, buffet, usuario_admin, fecha_limite=far)

    assert list(cards(admin.get("/tablero").text)) == [oficio.id]
