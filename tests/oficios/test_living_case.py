"""The case page in a real browser: what stays, what lives, and what keys do."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from app.core.clock import utcnow
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado, Prioridad
from app.oficios.service import (
    DireccionData,
    EntradaData,
    PropietarioData,
    add_entry,
    assign_oficio,
    prioritise_oficio,
)
from tests.factories import make_oficio
from tests.oficios.acting import act

pytestmark = pytest.mark.e2e

WIDTHS = (360, 768, 1024, 1366, 1920)


def test_the_case_stays_lives_and_answers_to_keys(
    app, browse, buffet, usuario_investigador, usuario_admin, rows
):
    place = DireccionData(direccion="Los Aromos 12", comuna="Ñuñoa", region="Metropolitana")
    rosa = PropietarioData(nombre="Rosa Soto", rut="76123456-0")
    case = make_oficio(
        app,
        buffet,
        usuario_admin,
        direccion=place,
        propietario=rosa,
        estado=Estado.INVESTIGACION,
    )
    page = browse(usuario_investigador, f"/oficios/{case.id}")

    # A key opens the line, Enter saves it, and the focus stays for the next one.
    page.keyboard.press("l")
    expect(page.locator("#linea")).to_be_focused()
    page.keyboard.type("Contesta la hija")
    page.keyboard.press("Enter")
    expect(page.locator(".brief")).to_contain_text("Contesta la hija")
    expect(page.locator("#linea")).to_be_focused()
    assert rows(Investigacion, tipo=Actividad.LLAMADA)[0].descripcion == "Contesta la hija"

    # What a colleague does appears; what is being typed stays, with its focus.
    page.keyboard.type("a medio escribir")
    act(
        app,
        case,
        usuario_admin,
        lambda o, who: add_entry(
            o, EntradaData(Actividad.NOTA, "La vi en el taller"), actor=who, now=utcnow()
        ),
    )
    act(
        app,
        case,
        usuario_admin,
        lambda o, who: prioritise_oficio(o, Prioridad.URGENTE, actor=who, now=utcnow()),
    )
    expect(page.locator(".brief")).to_contain_text("La vi en el taller")
    expect(page.locator(".case-head")).to_contain_text("Urgente")
    expect(page.locator("#linea")).to_have_value("a medio escribir")
    expect(page.locator("#linea")).to_be_focused()
    page.locator("#linea").fill("")

    # The head stays over 2,000 pixels, slim, at every width, and nothing is wider than the window.
    page.evaluate("document.querySelector('.resumen').style.minHeight = '4000px'")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 760})
        page.evaluate("window.scrollTo(0, 2000)")
        head = page.locator(".case-head").bounding_box()
        assert head is not None
        assert abs(head["y"]) < 2, width
        assert head["height"] <= (57 if width >= 768 else 49), width
        expect(page.locator(".case-head .plate")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1366, "height": 760})

    # What was uncovered stays so while others go on working.
    page.goto(f"/oficios/{case.id}/personas")
    page.get_by_role("button", name="Mostrar").click()
    expect(page.get_by_text("76.123.456-0")).to_be_visible()
    act(app, case, usuario_admin, lambda o, who: assign_oficio(o, who, actor=who, now=utcnow()))
    expect(page.locator(".case-head")).to_contain_text(usuario_admin.nombre)
    expect(page.get_by_text("76.123.456-0")).to_be_visible()
    page.goto(f"/oficios/{case.id}")

    dark = browse(usuario_investigador, f"/oficios/{case.id}", color_scheme="dark")
    for each in (page, dark):
        found = Axe().run(each)
        assert found.violations_count == 0, found.generate_report()

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Teclas del caso")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#linea")).to_be_focused()
    expect(page.locator(".line-form [value=nota]")).to_be_checked()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("c")
    expect(page.locator(f"#oficio-mas-{case.id} .case-check[open]")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.wait_for_url(f"**/oficios/{case.id}/ubicado")


def test_every_section_lives(app, browse, buffet, usuario_investigador, usuario_admin):
    case = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
    page = browse(usuario_investigador, f"/oficios/{case.id}")
    links = page.locator(".case-nav a").evaluate_all("all => all.map(one => one.pathname)")
    assert len(links) > 6

    for number, path in enumerate(dict.fromkeys(links)):
        page.goto(path)
        wanted = (Prioridad.URGENTE, Prioridad.BAJA)[number % 2]
        act(
            app,
            case,
            usuario_admin,
            lambda o, who, wanted=wanted: prioritise_oficio(o, wanted, actor=who, now=utcnow()),
        )
        expect(page.locator(".case-facts"), path).to_contain_text(wanted.label)


def test_the_list_one_came_from_leads_to_the_next_case(
    app, browse, buffet, usuario_investigador, usuario_admin, rows
):
    for _ in range(3):
        make_oficio(app, buffet, usuario_admin)
    page = browse(usuario_investigador, "/tablero/lista")
    links = page.locator("[data-cases] a.tabular").all()
    first, second = (link.get_attribute("href") for link in links[:2])

    page.locator(f"a[href='{first}']").click()
    expect(page.locator("[data-place]")).to_have_text("1 de 3")
    page.keyboard.press("]")
    page.wait_for_url(f"**{second}")
    page.keyboard.press("[")
    page.wait_for_url(f"**{first}")

    # One click makes it one's own.
    page.get_by_role("button", name="A cargo").click()
    page.get_by_role("button", name="Yo me encargo").click()
    expect(page.locator(".case-head")).to_contain_text(usuario_investigador.nombre)
    case_id = int(str(first).rpartition("/")[2])
    assert rows(Oficio, id=case_id)[0].investigador_id == usuario_investigador.id


def test_a_form_opened_while_news_are_under_way_stays(
    app, browse, buffet, usuario_investigador, usuario_admin
):
    place = DireccionData(direccion="Los Aromos 12", comuna="Ñuñoa", region="Metropolitana")
    case = make_oficio(app, buffet, usuario_admin, direccion=place)
    page = browse(usuario_investigador, f"/oficios/{case.id}/direcciones")
    held = []

    def hold(route: Route) -> None:
        if route.request.headers.get("x-caso") == "vivo" and not held:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route(f"**/oficios/{case.id}/direcciones", hold)
    page.evaluate("document.body.dispatchEvent(new Event('novedades:caso'))")
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    ((route, answer),) = held

    page.get_by_role("link", name="Registrar visita").click()
    page.get_by_label("Exitosa").check()
    with page.expect_response(lambda response: response.request == route.request) as told:
        route.fulfill(response=answer)
    told.value.finished()
    page.wait_for_timeout(100)  # what the page makes of the answer
    expect(page.get_by_label("Exitosa")).to_be_checked()
