"""The page of jobs in a real browser: it changes by itself and disturbs nobody."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.service import beat
from tests.factories import make_trabajo
from tests.jobs.history import make_ended
from tests.plugins.browser import wait_until

pytestmark = pytest.mark.e2e

#: The list asks again every three seconds.
POLL = 8_000


@pytest.fixture(autouse=True)
def consumer(app: Flask) -> None:
    now = utcnow()
    with app.app_context(), transaction():
        beat("host:1", hilos=4, version="1", started=now, now=now)


def change(app: Flask, pk: str, **values: Any) -> None:
    with app.app_context(), transaction():
        trabajo = db.session.get_one(Trabajo, pk)
        for name, value in values.items():
            setattr(trabajo, name, value)


def box(page: Page, pk: str) -> Any:
    return page.locator(f"#trabajo-{pk} input[name=trabajo]")


def test_what_a_person_is_doing_survives_what_changes(browse, app, usuario_admin):
    kept, changed, gone = (make_trabajo(app, error=f"causa {n}") for n in "abc")
    page = browse(usuario_admin, "/admin/trabajos?estado=fallido", height=500)
    box(page, kept).check()
    box(page, changed).check()
    expect(page.locator("[data-picked]")).to_have_text("2 trabajos marcados.")
    page.locator("#rendimiento-numeros summary").click()
    page.evaluate("window.scrollTo(0, 180)")
    page.locator(f"#trabajo-{kept} button").focus()

    change(app, changed, error="otra causa")
    change(app, gone, estado=EstadoTrabajo.CANCELADO)
    new = make_trabajo(app, error="recién llegado")

    expect(page.locator(f"#trabajo-{new}")).to_be_visible(timeout=POLL)
    expect(page.locator(f"#trabajo-{changed}")).to_contain_text("otra causa")
    expect(page.locator(f"#trabajo-{gone}")).to_have_count(0)
    expect(box(page, kept)).to_be_checked()
    expect(box(page, changed)).to_be_checked()
    expect(box(page, new)).not_to_be_checked()
    expect(page.locator("[data-picked]")).to_have_text("2 trabajos marcados.")
    expect(page.locator(f"#trabajo-{kept} button")).to_be_focused()
    expect(page.locator("#rendimiento-numeros")).to_have_attribute("open", "")
    assert page.evaluate("window.scrollY") > 100


def test_many_are_retried_and_the_report_stays(browse, app, usuario_admin, rows):
    failed = [make_trabajo(app) for _ in range(3)]
    done = make_trabajo(app, estado=EstadoTrabajo.HECHO, usuario_id=usuario_admin.id)
    page = browse(usuario_admin, "/admin/trabajos")

    page.get_by_label("Marcar todos los de esta página").check()
    expect(page.locator("[data-picked]")).to_have_text("4 trabajos marcados.")
    page.locator(".job-bar").get_by_role("button", name="Reintentar").click()

    report = page.locator("#trabajos-report")
    expect(report).to_contain_text("Se reintentan 3 trabajos.")
    expect(report).to_contain_text("No se reintentó 1")
    expect(page.locator("#trabajos-form input[name=trabajo]:checked")).to_have_count(0)
    found = {row.id: row.estado for row in rows(Trabajo)}
    assert {found[pk] for pk in failed} == {EstadoTrabajo.PENDIENTE}
    assert found[done] is EstadoTrabajo.HECHO

    with page.expect_response(lambda answer: "/admin/trabajos" in answer.url, timeout=POLL):
        pass
    expect(report).to_contain_text("Se reintentan 3 trabajos.")
    report.get_by_label("Cerrar el aviso").first.click()
    page.get_by_role("link", name="Hecho").click()
    expect(page.locator(f"#trabajo-{done}")).to_be_visible()


def test_a_button_of_a_row_acts_on_that_row_alone(browse, app, usuario_admin, rows):
    first, second = make_trabajo(app), make_trabajo(app)
    page = browse(usuario_admin, "/admin/trabajos?estado=fallido")
    box(page, second).check()

    page.locator(f"#trabajo-{first} button").click()

    expect(page.locator("#trabajos-report")).to_contain_text("Se reintenta 1 trabajo.")
    expect(page.locator(f"#trabajo-{first}")).to_have_count(0)
    assert {row.id: row.estado for row in rows(Trabajo)} == {
        first: EstadoTrabajo.PENDIENTE,
        second: EstadoTrabajo.FALLIDO,
    }


def test_charts_are_drawn_from_their_table(browse, app, usuario_admin):
    make_ended(app, utcnow(), wait=1.5, run=4)
    make_ended(app, utcnow(), estado=EstadoTrabajo.FALLIDO, wait=2.5, run=6)
    page = browse(usuario_admin, "/admin/trabajos")

    expect(page.locator("canvas[data-chart]")).to_have_count(3)
    drawn = page.evaluate(
        """[...document.querySelectorAll("canvas[data-chart]")].map((canvas) =>
             Chart.getChart(canvas).data.datasets.map((set) => [set.label, set.data.at(-1)]))"""
    )
    assert drawn == [
        [["Hechos", 1], ["Fallidos", 1], ["Inciertos", 0]],
        [["Espera de la mitad", 1.5], ["Espera de 95 de cada 100", 2.5]],
        [["Duración de la mitad", 4], ["Duración de 95 de cada 100", 6]],
    ]
    ink = page.evaluate(
        "Chart.getChart(document.querySelector('canvas')).data.datasets[0].backgroundColor"
    )
    page.emulate_media(color_scheme="dark")
    wait_until(
        page,
        "(ink) => Chart.getChart(document.querySelector('canvas'))"
        ".data.datasets[0].backgroundColor !== ink",
        ink,
    )


def test_charts_follow_what_happens_and_a_hidden_tab_asks_nothing(browse, app, usuario_admin):
    make_ended(app, utcnow())
    page = browse(usuario_admin, "/admin/trabajos")
    page.clock.install()
    page.reload()
    page.evaluate("window.first = Chart.getChart(document.querySelector('canvas'))")

    make_ended(app, utcnow())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(61_000)

    wait_until(
        page,
        "() => first === Chart.getChart(document.querySelector('canvas')) && "
        "first.data.datasets[0].data.at(-1) === 2 && document.querySelector('canvas').width > 100",
    )
    assert asked, "a page that is seen asks"
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    asked.clear()
    page.clock.fast_forward(61_000)
    page.wait_for_timeout(500)
    assert asked == []


@pytest.mark.parametrize("width", [360, 1440])
def test_the_page_fits_and_is_accessible(browse, app, usuario_admin, width):
    make_trabajo(app)
    make_ended(app, utcnow())
    page = browse(usuario_admin, "/admin/trabajos", width=width)

    for narrower in (width, *(w for w in (768, 1024) if w < width)):
        page.set_viewport_size({"width": narrower, "height": 800})
        # Its charts follow the window a moment later.
        wait_until(page, "() => document.documentElement.scrollWidth <= innerWidth")
        expect(page.get_by_role("link", name="Nuevo").first).to_be_visible()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_without_javascript_everything_still_works(browse, app, usuario_admin, rows):
    pk = make_trabajo(app)
    make_ended(app, utcnow())
    page = browse(usuario_admin, "/admin/trabajos?estado=fallido", java_script_enabled=False)

    box(page, pk).check()
    page.locator(".job-bar").get_by_role("button", name="Reintentar").click()

    expect(page.locator(".flash")).to_contain_text("Se reintenta 1 trabajo.")
    expect(page.locator("canvas").first).not_to_be_visible()
    page.get_by_label("Oficio", exact=True).fill("nada")
    page.get_by_role("button", name="Filtrar").click()
    assert "estado=fallido" in page.url
    assert "oficio=nada" in page.url


def test_a_job_is_followed_until_it_ends_and_its_open_details_stay(
    browse, app, usuario_admin, oficio
):
    pk = make_ended(
        app,
        utcnow(),
        estado=EstadoTrabajo.FALLIDO,
        traza="Traceback (most recent call last)",
        oficio_id=oficio.id,
    )
    change(app, pk, estado=EstadoTrabajo.PROGRAMADO)
    page = browse(usuario_admin, f"/admin/trabajos/{pk}")
    trace = page.locator("[id^=traza-]")
    trace.get_by_text("Detalle técnico").click()
    expect(trace.locator("pre")).to_be_visible()

    change(app, pk, estado=EstadoTrabajo.HECHO, error=None, resultado="3 avistamientos nuevos.")

    expect(page.locator(f"#trabajo-detail-{pk}")).to_contain_text("3 avistamientos nuevos.")
    expect(trace.locator("pre")).to_be_visible()
    page.goto(f"/oficios/{oficio.id}/trabajos")
    page.get_by_text("Ver los intentos").click()
    change(app, pk, resultado="4 avistamientos nuevos.")
    expect(page.locator(f"#trabajo-{pk}")).to_contain_text("4 avistamientos", timeout=POLL)
    expect(page.locator(".job-attempts li")).to_be_visible()
