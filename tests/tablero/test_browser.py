"""The board in a real browser: dragging, refusals, the keyboard, a phone, and scrolling on.

Every page fails its test when its console shows an error or a broken Content-Security-Policy.
"""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.tablero.rules import COLUMN_SIZE
from tests.factories import make_oficio

pytestmark = pytest.mark.e2e

#: Chromium notes every refused request in its console, also one that the page answers well.
REFUSED = r"the server responded with a status of (409|422)"


def card(page: Page, oficio: Oficio) -> Locator:
    return page.locator(f"#oficio-card-{oficio.id}")


def column(page: Page, estado: Estado) -> Locator:
    return page.locator(f"#board-column-{estado.value}")


def expect_count(page: Page, estado: Estado, number: int) -> None:
    expect(page.locator(f"#board-count-{estado.value}")).to_have_text(str(number))


def drag(
    page: Page, what: Locator, to: Locator, *, y: float = 90, by: Locator | None = None
) -> None:
    """Drag with the mouse, in steps as a hand does, to a place in the upper part of an element.

    ``by`` is what of it the hand takes; its foot without that.
    """
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    if by is None:
        page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] - 12)
    else:
        by.hover()
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + y - 20, steps=12)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + y, steps=4)
    page.wait_for_timeout(50)
    page.mouse.up()


def test_a_card_is_dragged_to_another_column(browse, usuario_investigador, oficio, rows):
    page = browse(usuario_investigador, "/tablero")
    title = card(page, oficio).locator(".oficio-card-link")

    # Taken by its title, and put back where it was: no click, the case does not open.
    drag(page, card(page, oficio), card(page, oficio), y=30, by=title)
    expect(page.locator("#board")).to_be_visible()
    drag(page, card(page, oficio), column(page, Estado.INVESTIGACION), by=title)

    expect(column(page, Estado.INVESTIGACION).locator(".oficio-card")).to_have_count(1)
    expect(card(page, oficio)).to_have_attribute("data-version", "2")
    expect_count(page, Estado.PENDIENTE, 0)
    expect_count(page, Estado.INVESTIGACION, 1)
    expect(page.locator("#anuncios")).to_have_text("BB·CL·12 quedó en Investigación.")
    (entry,) = rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)
    assert entry.usuario_id == usuario_investigador.id

    page.reload()
    expect(column(page, Estado.INVESTIGACION).locator(".oficio-card")).to_have_count(1)


def test_columns_that_a_card_may_not_enter_dim_while_it_is_in_the_hand(
    browse, usuario_investigador, oficio
):
    page = browse(usuario_investigador, "/tablero")
    card(page, oficio).locator(".oficio-card-link").hover()
    page.mouse.down()
    page.mouse.move(600, 400, steps=8)

    expect(column(page, Estado.ENCONTRADO)).to_have_css("opacity", "0.4")
    expect(column(page, Estado.INVESTIGACION)).to_have_css("opacity", "1")

    page.mouse.move(60, 400, steps=4)
    page.mouse.up()
    expect(page.locator(".is-forbidden")).to_have_count(0)


def test_a_slow_line_shows_the_shape_of_what_comes(browse, usuario_investigador, oficio):
    page = browse(usuario_investigador, "/tablero")
    # Nothing of a page that is being left can be asked from outside: it writes down what it showed.
    page.evaluate(
        """() => new MutationObserver(() => {
          const card = getComputedStyle(document.querySelector(".oficio-card"));
          sessionStorage.setItem("left", `${document.body.className} ${card.visibility}`);
        }).observe(document.body, { attributeFilter: ["class"] })"""
    )

    def answer_late(route: Route) -> None:
        time.sleep(0.8)
        route.continue_()

    page.route("**/tablero/lista**", answer_late)
    page.get_by_role("link", name="Lista", exact=True).click()
    page.wait_for_url("**/tablero/lista**")

    assert re.search("is-leaving.* hidden", page.evaluate("sessionStorage.getItem('left')"))


def test_a_card_keeps_the_place_where_it_was_dropped(
    browse, app, buffet, usuario_admin, order, rows
):
    bottom, middle, top = (make_oficio(app, buffet, usuario_admin) for _ in range(3))
    page = browse(usuario_admin, "/tablero")

    box = card(page, bottom).bounding_box()
    assert box
    drag(page, card(page, top), card(page, bottom), y=box["height"] - 4)
    expect(card(page, top)).to_have_attribute("data-version", "2")

    shown = page.locator("#board-column-pendiente .oficio-card")
    ids = [int(value) for value in shown.evaluate_all("cards => cards.map((c) => c.dataset.id)")]
    assert ids == [middle.id, bottom.id, top.id]
    assert order(Estado.PENDIENTE) == ids


def test_a_refused_drop_returns_the_card_and_says_why(browse, usuario_investigador, oficio, rows):
    page = browse(usuario_investigador, "/tablero")
    page.tolerated.append(REFUSED)

    drag(page, card(page, oficio), column(page, Estado.NOTIFICACION))

    expect(page.locator(".toast-error")).to_contain_text(
        "De «Pendiente» no se pasa a «Notificación»"
    )
    expect(column(page, Estado.PENDIENTE).locator(".oficio-card")).to_have_count(1)
    expect(column(page, Estado.NOTIFICACION).locator(".oficio-card")).to_have_count(0)
    expect_count(page, Estado.PENDIENTE, 1)
    assert rows(Oficio)[0].estado is Estado.PENDIENTE


def test_a_card_that_a_colleague_moved_shows_where_it_is_now(
    browse, usuario_admin, usuario_investigador, oficio
):
    mine = browse(usuario_investigador, "/tablero")
    mine.tolerated += [REFUSED, r"net::ERR_FAILED"]
    # His board does not hear of her move before he drops: else it is no old card.
    mine.route(re.compile(r"/tablero/(cambios|eventos)|/novedades"), lambda route: route.abort())
    hers = browse(usuario_admin, "/tablero")
    drag(hers, card(hers, oficio), column(hers, Estado.INVESTIGACION))
    expect(card(hers, oficio)).to_have_attribute("data-version", "2")

    drag(mine, card(mine, oficio), column(mine, Estado.NOTIFICACION))

    expect(mine.locator(".toast-error")).to_contain_text("Ana Vega lo cambió")
    expect(column(mine, Estado.INVESTIGACION).locator(".oficio-card")).to_have_count(1)
    expect_count(mine, Estado.INVESTIGACION, 1)


def test_a_drop_on_a_folded_column_closes_the_case(browse, usuario_investigador, oficio):
    page = browse(usuario_investigador, "/tablero", width=1440)

    drag(page, card(page, oficio), column(page, Estado.NO_ENCONTRADO), y=200)

    expect_count(page, Estado.NO_ENCONTRADO, 1)
    expect_count(page, Estado.PENDIENTE, 0)
    column(page, Estado.NO_ENCONTRADO).locator("summary").click()
    expect(card(page, oficio)).to_be_visible()


def test_a_card_is_moved_by_keyboard_alone(browse, usuario_investigador, oficio, rows):
    page = browse(usuario_investigador, "/tablero")
    card(page, oficio).focus()

    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Investigación")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="No encontrado")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    expect(column(page, Estado.INVESTIGACION).locator(".oficio-card")).to_be_focused()
    expect_count(page, Estado.INVESTIGACION, 1)
    assert rows(Oficio)[0].estado is Estado.INVESTIGACION

    page.keyboard.press("m")
    page.keyboard.press("Escape")
    expect(card(page, oficio)).to_be_focused()


def test_arrows_walk_over_the_cards(browse, app, buffet, usuario_admin):
    second, first = (make_oficio(app, buffet, usuario_admin) for _ in range(2))
    other = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
    page = browse(usuario_admin, "/tablero")
    card(page, first).focus()

    page.keyboard.press("ArrowDown")
    expect(card(page, second)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(card(page, other)).to_be_focused()


def test_on_a_phone_a_card_is_moved_by_its_menu(browse, usuario_investigador, oficio):
    page = browse(usuario_investigador, "/tablero", width=360, height=740, has_touch=True)
    box = column(page, Estado.PENDIENTE).bounding_box()
    assert box
    assert 300 < box["width"] < 360, "one column per screen, with the edge of the next"

    card(page, oficio).get_by_role("button", name="Mover BB·CL·12").tap()
    page.get_by_role("button", name="Investigación").tap()

    expect(column(page, Estado.INVESTIGACION).locator(".oficio-card")).to_have_count(1)
    expect_count(page, Estado.INVESTIGACION, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_on_a_phone_a_card_is_dragged_by_finger(browse, usuario_investigador, oficio, rows):
    page = browse(
        usuario_investigador, "/tablero", width=360, height=740, has_touch=True, is_mobile=True
    )
    box = card(page, oficio).bounding_box()
    assert box
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    x, y = box["x"] + 100, box["y"] + box["height"] - 12
    touch("touchStart", (x, y))
    page.wait_for_timeout(400)  # a short press scrolls, a longer one lifts the card
    for step in range(1, 11):
        touch("touchMove", (x + (346 - x) * step / 10, y))
        page.wait_for_timeout(20)
    touch("touchEnd")

    expect_count(page, Estado.INVESTIGACION, 1)
    assert rows(Oficio)[0].estado is Estado.INVESTIGACION


def test_a_column_loads_more_as_it_is_scrolled(browse, app, buffet, usuario_admin):
    total = COLUMN_SIZE + 7
    for _ in range(total):
        make_oficio(app, buffet, usuario_admin)
    page = browse(usuario_admin, "/tablero")
    shown = page.locator("#board-column-pendiente .oficio-card")
    expect(shown).to_have_count(COLUMN_SIZE)

    shown.last.scroll_into_view_if_needed()

    expect(shown).to_have_count(total)
    ids = shown.evaluate_all("cards => cards.map((card) => card.id)")
    assert len(set(ids)) == total


def test_a_folded_column_loads_nothing_until_it_is_opened(browse, app, buffet, usuario_admin):
    for _ in range(COLUMN_SIZE + 1):
        make_oficio(app, buffet, usuario_admin, estado=Estado.ENCONTRADO)
    page = browse(usuario_admin, "/tablero")
    page.wait_for_timeout(400)

    expect(page.locator("#board-column-finalizado_encontrado .oficio-card")).to_have_count(
        COLUMN_SIZE
    )


def test_without_javascript_the_menu_moves_a_card(browse, usuario_investigador, oficio):
    page = browse(usuario_investigador, "/tablero?q=bbcl", java_script_enabled=False)

    card(page, oficio).get_by_role("button", name="Mover BB·CL·12").click()
    page.get_by_role("button", name="Investigación").click()

    expect(page.locator(".flash")).to_contain_text("BB·CL·12: Quedó en Investigación.")
    expect_count(page, Estado.INVESTIGACION, 1)
    assert page.url.endswith("/tablero?q=bbcl")
