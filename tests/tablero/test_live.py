"""What others do appears on an open board, and leaves alone what a person is doing there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import Move, assign_oficio, move_oficio, record
from app.tablero.queries.feed import CHANGES_LIMIT
from app.tablero.rules import COLUMN_SIZE
from app.usuarios.models import Usuario
from tests.factories import make_oficio
from tests.plugins.application import HTMX, assert_fragment
from tests.plugins.board import cards

#: Two seconds, as promised, and the time that a browser takes to draw.
SOON = 2500


@pytest.fixture
def colleague(app, usuario_admin):
    """Deeds of somebody else, in another place."""

    def do(deed):
        with app.app_context(), transaction():
            deed(db.session.get_one(Usuario, usuario_admin.id), utcnow())

    return do


@pytest.fixture
def moves(colleague):
    def move(oficio, estado, after=None):
        def deed(actor, now):
            row = db.session.get_one(Oficio, oficio.id)
            move_oficio(row, Move(estado, row.version, after), actor=actor, now=now)

        colleague(deed)

    return move


def event_of(html):
    return html.partition('data-event="')[2].partition('"')[0]


def ask(client, event, **arguments):
    return client.get("/tablero/cambios", query_string={"desde": event, **arguments}, headers=HTMX)


# The question


def test_while_nothing_happens_there_is_no_answer(admin, oficio, counted):
    event = event_of(admin.get("/tablero").text)

    with counted() as statements:
        answers = [ask(admin, event) for _ in range(3)]

    assert [(answer.status_code, answer.data) for answer in answers] == [(204, b"")] * 3
    reads = [text for text in statements if text.startswith("SELECT")]
    assert len(reads) <= 4, "who asks, each time, and what is new, once"


def test_a_change_brings_the_card_its_place_and_the_counts(
    investigador, app, buffet, usuario_admin, moves
):
    other, oficio = (make_oficio(app, buffet, usuario_admin) for _ in range(2))
    moves(other, Estado.INVESTIGACION)
    event = event_of(investigador.get("/tablero").text)
    moves(oficio, Estado.INVESTIGACION, after=other.id)

    text = assert_fragment(ask(investigador, event), "board-changes")

    assert list(cards(text)) == [oficio.id]
    assert cards(text)[oficio.id] == cards(investigador.get("/tablero").text)[oficio.id]
    assert f'data-above="{other.id}"' in text
    assert "pendiente:0 investigacion:2 " in text
    assert ask(investigador, event_of(text)).status_code == 204


def test_what_a_filter_no_longer_shows_is_gone(investigador, oficio, moves, colleague, change):
    change(oficio, prioridad="media")
    event = event_of(investigador.get("/tablero").text)
    moves(oficio, Estado.INVESTIGACION)

    text = ask(investigador, event, prioridad="urgente").text

    assert f'data-gone="{oficio.id}"' in text
    assert not cards(text)


def test_real_activity_shows_and_an_empty_check_changes_nothing_on_the_card(
    investigador, oficio, colleague
):
    html = investigador.get("/tablero").text

    def check(actor, now):
        row = db.session.get_one(Oficio, oficio.id)
        record(row, Actividad.CONSULTA_API, "Nada", actor=None, now=now, is_real=False)

    colleague(check)
    quiet = ask(investigador, event_of(html)).text
    assert cards(quiet)[oficio.id] == cards(html)[oficio.id], "the same stamp: it is left alone"

    def note(actor, now):
        row = db.session.get_one(Oficio, oficio.id)
        record(row, Actividad.NOTA, "Visto", actor=actor, now=now)

    colleague(note)
    assert cards(ask(investigador, event_of(quiet)).text)[oficio.id] != cards(html)[oficio.id]


def test_a_flood_is_answered_with_the_word_to_read_the_page_again(
    investigador, app, buffet, usuario_admin
):
    event = event_of(investigador.get("/tablero").text)
    for _ in range(CHANGES_LIMIT + 1):
        make_oficio(app, buffet, usuario_admin)

    assert ask(investigador, event).status_code == 205


@pytest.mark.parametrize("event", ["", "x", "-5", "9" * 30])
def test_an_unreadable_event_is_no_error(investigador, oficio, event):
    assert ask(investigador, event).status_code in {200, 205}


def test_lanes_are_told_of_by_their_own_counts(
    investigador, oficio, usuario_admin, colleague, moves
):
    event = event_of(investigador.get("/tablero?carriles=investigador").text)

    def deed(actor, now):
        assign_oficio(db.session.get_one(Oficio, oficio.id), actor, actor=actor, now=now)

    colleague(deed)

    text = ask(investigador, event, carriles="investigador").text
    assert f"pendiente-{usuario_admin.id}:1 " in text
    assert f'data-investigador="{usuario_admin.id}"' in text


# In the browser


def card(page, oficio):
    return page.locator(f"#oficio-card-{oficio.id}")


def in_column(page, estado):
    return page.locator(f"#board-column-{estado.value} .oficio-card")


@pytest.mark.e2e
def test_a_colleagues_move_appears_within_two_seconds(browse, usuario_investigador, oficio, moves):
    page = browse(usuario_investigador, "/tablero")
    expect(in_column(page, Estado.PENDIENTE)).to_have_count(1)

    moves(oficio, Estado.INVESTIGACION)

    expect(in_column(page, Estado.INVESTIGACION)).to_have_count(1, timeout=SOON)
    expect(in_column(page, Estado.PENDIENTE)).to_have_count(0)
    expect(page.locator("#board-count-investigacion")).to_have_text("1")


@pytest.mark.e2e
def test_with_what_changed_a_board_asks_for_the_bell_too(
    browse, usuario_investigador, oficio, moves
):
    page = browse(usuario_investigador, "/tablero")

    with page.expect_request("**/avisos/novedades?**", timeout=3 * SOON):
        moves(oficio, Estado.INVESTIGACION)


@pytest.mark.e2e
def test_a_new_case_appears_on_top_and_the_focus_stays(
    browse, app, buffet, usuario_admin, usuario_investigador, oficio
):
    page = browse(usuario_investigador, "/tablero")
    card(page, oficio).focus()

    new = make_oficio(app, buffet, usuario_admin)

    expect(in_column(page, Estado.PENDIENTE).first).to_have_id(
        f"oficio-card-{new.id}", timeout=SOON
    )
    expect(card(page, oficio)).to_be_focused()


@pytest.mark.e2e
def test_a_card_that_is_drawn_again_keeps_the_focus_inside(
    browse, usuario_investigador, oficio, colleague
):
    page = browse(usuario_investigador, "/tablero")
    card(page, oficio).locator(".oficio-card-link").focus()

    def deed(actor, now):
        assign_oficio(db.session.get_one(Oficio, oficio.id), actor, actor=actor, now=now)

    colleague(deed)

    expect(card(page, oficio)).to_contain_text("Ana Vega", timeout=SOON)
    expect(card(page, oficio).locator(".oficio-card-link")).to_be_focused()


@pytest.mark.e2e
def test_an_open_menu_stays_and_its_card_changes_when_it_closes(
    browse, usuario_investigador, oficio, moves
):
    page = browse(usuario_investigador, "/tablero")
    card(page, oficio).focus()
    page.keyboard.press("m")
    expect(page.locator("#card-menu")).to_be_visible()

    moves(oficio, Estado.INVESTIGACION)
    expect(page.locator("#board-count-investigacion")).to_have_text("1", timeout=SOON)

    expect(page.locator("#card-menu")).to_be_visible()
    expect(in_column(page, Estado.PENDIENTE)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(in_column(page, Estado.INVESTIGACION)).to_have_count(1)


@pytest.mark.e2e
def test_a_card_in_the_hand_is_not_pulled_away(browse, usuario_investigador, oficio, moves):
    page = browse(usuario_investigador, "/tablero")
    page.tolerated.append(r"the server responded with a status of 409")
    box = card(page, oficio).bounding_box()
    goal = page.locator("#board-column-notificacion").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 12)
    page.mouse.down()
    page.mouse.move(goal["x"] + 80, goal["y"] + 120, steps=12)

    moves(oficio, Estado.INVESTIGACION)
    page.wait_for_timeout(SOON)
    expect(page.locator(".sortable-fallback")).to_be_visible()
    page.mouse.up()

    expect(page.locator(".toast-error")).to_contain_text("Ana Vega lo cambió")
    expect(in_column(page, Estado.INVESTIGACION)).to_have_count(1)


@pytest.mark.e2e
def test_what_is_being_read_does_not_move(browse, app, buffet, usuario_admin, moves):
    made = [make_oficio(app, buffet, usuario_admin) for _ in range(COLUMN_SIZE)]
    page = browse(usuario_admin, "/tablero")
    read = card(page, made[10])
    read.scroll_into_view_if_needed()
    before = read.bounding_box()["y"]

    make_oficio(app, buffet, usuario_admin)
    moves(made[-2], Estado.INVESTIGACION)
    expect(page.locator("#board-count-investigacion")).to_have_text("1", timeout=SOON)

    assert abs(read.bounding_box()["y"] - before) < 3


@pytest.mark.e2e
def test_after_a_flood_the_board_is_right_and_scrolled_as_before(
    browse, app, buffet, usuario_admin
):
    made = [make_oficio(app, buffet, usuario_admin) for _ in range(COLUMN_SIZE + 10)]
    page = browse(usuario_admin, "/tablero")
    in_column(page, Estado.PENDIENTE).last.scroll_into_view_if_needed()
    expect(in_column(page, Estado.PENDIENTE)).to_have_count(len(made))

    for _ in range(CHANGES_LIMIT + 5):
        make_oficio(app, buffet, usuario_admin)

    total = len(made) + CHANGES_LIMIT + 5
    expect(page.locator("#board-count-pendiente")).to_have_text(str(total), timeout=3 * SOON)
    assert page.locator("#board-column-pendiente .board-cards").evaluate("list => list.scrollTop")
    ids = in_column(page, Estado.PENDIENTE).evaluate_all("cards => cards.map((card) => card.id)")
    assert len(set(ids)) == len(ids) >= len(made)


@pytest.mark.e2e
def test_a_lost_connection_is_said_and_the_board_catches_up(
    browse, usuario_investigador, oficio, moves
):
    page = browse(usuario_investigador, "/tablero")
    page.tolerated.append("Failed to load resource|ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    moves(oficio, Estado.INVESTIGACION)
    expect(page.locator(".toast-aviso")).to_contain_text("Sin conexión", timeout=20_000)

    page.context.set_offline(False)

    expect(in_column(page, Estado.INVESTIGACION)).to_have_count(1, timeout=20_000)
