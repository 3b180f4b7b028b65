"""The board's further gestures in a real browser, and what a screen reader is given."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado, Prioridad
from tests.factories import make_oficio
from tests.plugins.browser import drag

pytestmark = pytest.mark.e2e


def card(page, oficio):
    return page.locator(f"#oficio-card-{oficio.id}")


def in_column(page, estado):
    return page.locator(f"#board-column-{estado.value} .oficio-card")


@pytest.fixture
def three(app, buffet, usuario_admin):
    """From top to bottom."""
    return [make_oficio(app, buffet, usuario_admin) for _ in range(3)][::-1]


# Undoing


def test_a_move_is_undone_from_its_toast(browse, usuario_investigador, three, order, rows):
    top, middle, bottom = three
    page = browse(usuario_investigador, "/tablero")

    drag(page, card(page, middle), page.locator("#board-column-investigacion"))
    expect(in_column(page, Estado.INVESTIGACION)).to_have_count(1)
    page.get_by_role("button", name="Deshacer").click()

    expect(in_column(page, Estado.PENDIENTE)).to_have_count(3)
    expect(card(page, middle)).to_have_attribute("data-version", "3")
    ids = in_column(page, Estado.PENDIENTE).evaluate_all("all => all.map((c) => +c.dataset.id)")
    assert ids == order(Estado.PENDIENTE) == [top.id, middle.id, bottom.id]
    assert len(rows(Investigacion, tipo=Actividad.CAMBIO_ESTADO)) == 2


def test_the_key_z_undoes_a_case_that_was_closed_by_mistake(
    browse, usuario_investigador, oficio, rows
):
    page = browse(usuario_investigador, "/tablero")
    card(page, oficio).focus()
    page.keyboard.press("m")
    page.get_by_role("button", name="No encontrado").click()
    expect(page.locator("#board-count-finalizado_no_encontrado")).to_have_text("1")

    page.keyboard.press("z")

    expect(in_column(page, Estado.PENDIENTE)).to_have_count(1)
    assert rows(Oficio)[0].estado is Estado.PENDIENTE


def test_after_ten_seconds_the_offer_is_gone(browse, usuario_investigador, oficio):
    page = browse(usuario_investigador, "/tablero")
    drag(page, card(page, oficio), page.locator("#board-column-investigacion"))
    undo = page.get_by_role("button", name="Deshacer")
    expect(undo).to_be_visible()
    page.mouse.move(5, 5)

    page.wait_for_timeout(9000)
    expect(undo).to_be_visible()
    expect(undo).to_have_count(0, timeout=3000)


def test_a_drop_without_a_connection_returns_the_card_and_says_so(
    browse, usuario_investigador, oficio, rows
):
    page = browse(usuario_investigador, "/tablero")
    page.tolerated.append("Failed to load resource|ERR_INTERNET_DISCONNECTED|htmx:")
    page.context.set_offline(True)

    drag(page, card(page, oficio), page.locator("#board-column-investigacion"))

    expect(page.locator(".toast-error")).to_contain_text("No hay conexión")
    expect(in_column(page, Estado.PENDIENTE)).to_have_count(1)
    assert rows(Oficio)[0].estado is Estado.PENDIENTE


def test_a_drop_on_a_broken_server_returns_the_card_and_says_so(
    browse, usuario_investigador, oficio
):
    page = browse(usuario_investigador, "/tablero")
    page.tolerated.append("Failed to load resource|Response Status Error|htmx:")
    page.route("**/mover", lambda route: route.fulfill(status=500, body="roto"))

    drag(page, card(page, oficio), page.locator("#board-column-investigacion"))

    expect(page.locator(".toast-error")).to_be_visible()
    expect(in_column(page, Estado.PENDIENTE)).to_have_count(1)


# Keys


def test_letters_walk_assign_select_open_and_help(
    browse, usuario_investigador, three, usuario_admin, rows
):
    top, middle, _bottom = three
    page = browse(usuario_investigador, "/tablero")

    page.keyboard.press("j")
    expect(card(page, top)).to_be_focused()
    page.keyboard.press("j")
    expect(card(page, middle)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator("#bulk-bar")).to_contain_text("1 seleccionada")
    page.keyboard.press("Escape")
    expect(page.locator("#bulk-bar")).to_be_hidden()

    page.keyboard.press("a")
    expect(page.get_by_role("button", name="A mí")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(card(page, top)).to_contain_text("Ana Vega")
    expect(card(page, top)).to_be_focused()
    assert rows(Oficio, id=top.id)[0].investigador_id == usuario_admin.id

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Teclas del tablero")).to_be_visible()
    page.keyboard.press("Escape")
    card(page, top).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(
        f"{page.url.partition('/tablero')[0].partition('/oficios')[0]}/oficios/{top.id}"
    )


def test_the_menu_changes_a_priority(browse, usuario_investigador, oficio, rows):
    page = browse(usuario_investigador, "/tablero")
    card(page, oficio).get_by_role("button", name="Mover BB·CL·12").click()
    page.get_by_role("button", name="Prioridad…").click()
    page.locator("#card-menu").get_by_role("button", name="Urgente").click()

    expect(card(page, oficio)).to_have_class(re.compile("is-urgent"))
    assert rows(Oficio)[0].prioridad is Prioridad.URGENTE


# Several cards


def test_a_stretch_is_selected_with_shift_and_moved_in_one_go(
    browse, usuario_investigador, three, rows
):
    top, _middle, bottom = three
    page = browse(usuario_investigador, "/tablero")
    card(page, top).focus()
    page.keyboard.press("x")
    facts = card(page, bottom).locator(".oficio-card-facts")
    facts.click(modifiers=["Shift"], position={"x": 4, "y": 4})
    expect(page.locator("#bulk-bar")).to_contain_text("3 seleccionadas")

    page.locator("#bulk-bar").get_by_role("button", name="Mover").click()
    page.locator("#bulk-move").get_by_role("button", name="Investigación").click()

    report = page.locator("#board-report")
    expect(report).to_contain_text("Mover: 3 de 3")
    report.get_by_role("button", name="Cerrar").click()
    expect(in_column(page, Estado.INVESTIGACION)).to_have_count(3)
    expect(page.locator("#bulk-bar")).to_be_hidden()
    assert {row.estado for row in rows(Oficio)} == {Estado.INVESTIGACION}


def test_on_a_phone_cards_are_ticked(browse, usuario_investigador, three, usuario_admin, rows):
    page = browse(
        usuario_investigador, "/tablero", width=360, height=740, has_touch=True, is_mobile=True
    )
    page.get_by_role("button", name="Filtros").tap()
    page.get_by_role("button", name="Ver…").tap()
    page.get_by_role("button", name="Seleccionar", exact=True).tap()
    page.locator(".card-check").first.tap()
    card(page, three[1]).locator(".oficio-card-facts").tap()
    expect(page.locator("#bulk-bar")).to_contain_text("2 seleccionadas")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.locator("#bulk-bar").get_by_role("button", name="Asignar").tap()
    page.locator("#bulk-assign").get_by_role("button", name="Ana Vega").tap()

    expect(page.locator("#board-report")).to_contain_text("2 de 2")
    assigned = [row for row in rows(Oficio) if row.investigador_id == usuario_admin.id]
    assert {row.id for row in assigned} == {three[0].id, three[1].id}


def test_the_list_does_the_same_and_tells_what_was_refused(
    browse, usuario_investigador, three, change
):
    change(three[0], estado=Estado.ENCONTRADO)
    page = browse(usuario_investigador, "/tablero/lista?orden=numero")
    boxes = page.locator(".board-list input[name=oficio]")
    boxes.first.check()
    boxes.last.click(modifiers=["Shift"])
    expect(page.locator("#bulk-bar")).to_contain_text("3 seleccionados")
    page.get_by_label("Seleccionar los 3 de esta página").uncheck()
    expect(page.locator("#bulk-bar")).to_be_hidden()
    page.get_by_label("Seleccionar los 3 de esta página").check()

    page.locator("#bulk-bar").get_by_role("button", name="Mover").click()
    page.locator("#bulk-move").get_by_role("button", name="Investigación").click()

    report = page.locator("#board-report")
    expect(report).to_contain_text("Mover: 2 de 3")
    expect(report).to_contain_text("solo un administrador puede reabrirlo")
    report.get_by_role("button", name="Cerrar").click()

    page.locator(f"#oficio-row-{three[0].id} .list-estado").click()
    expect(page).to_have_url(re.compile(f"/oficios/{three[0].id}$"))


# Lanes


def test_a_lane_is_folded_and_a_card_is_dragged_within_it(
    browse, usuario_investigador, three, change, rows
):
    mine = three[0]
    change(mine, investigador_id=usuario_investigador.id)
    page = browse(usuario_investigador, "/tablero?carriles=investigador")
    key = f"investigacion-{usuario_investigador.id}"

    drag(page, card(page, mine), page.locator(f"#board-column-{key}"), y=70)

    expect(page.locator(f"#board-column-{key} .oficio-card")).to_have_count(1)
    expect(page.locator(f"#board-count-{key}")).to_have_text("1")
    expect(page.locator("#board-count-investigacion")).to_have_text("1")
    assert rows(Oficio, id=mine.id)[0].estado is Estado.INVESTIGACION
    page.locator(f"#board-lane-{usuario_investigador.id} > summary").click()
    expect(card(page, mine)).to_be_hidden()


# Everybody


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {node['html'][:160]} {node['failureSummary']}"
        for item in found
        if item["impact"] in {"serious", "critical"}
        for node in item["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browse, app, buffet, usuario_admin, three, change, add, scheme):
    late = three[1]
    change(late, prioridad=Prioridad.URGENTE, investigador_id=usuario_admin.id)
    make_oficio(app, buffet, usuario_admin, patente="SPRT44-1", estado=Estado.INVESTIGACION)
    page = browse(usuario_admin, "/tablero", color_scheme=scheme)

    assert not serious(page), "the board"
    card(page, late).focus()
    page.keyboard.press("x")
    page.keyboard.press("m")
    expect(page.locator("#card-menu")).to_be_visible()
    assert not serious(page), "the menu of a card, over a selection"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert not serious(page), "the help"
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("of")
    expect(page.get_by_role("option").first).to_be_visible()
    assert not serious(page), "the jump"
    for path in (
        "/tablero/lista?todo=1",
        "/tablero/hoy?todo=1",
        "/tablero?carriles=investigador",
        "/tablero/vistas",
        "/tablero/limites",
        f"/tablero/oficios/{late.id}/acciones",
        "/tablero/lista?imprimir=1",
    ):
        page.goto(path)
        assert not serious(page), path


def test_columns_are_labelled_lists_of_cards(browse, usuario_admin, three):
    page = browse(usuario_admin, "/tablero")

    column = page.get_by_role("list", name="Pendiente")

    expect(column.get_by_role("listitem")).to_have_count(3)
    expect(column.get_by_role("listitem", name="BB·CL·12").first).to_be_visible()
