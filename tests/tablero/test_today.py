"""*Hoy*: what each person does first, and what they see of others."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.core.clock import local_today, utcnow
from app.oficios.models import Seguimiento
from app.oficios.rules import Estado
from tests.factories import make_oficio
from tests.oficios.follow_ups import make_follow_up
from tests.plugins.board import sighting


def todo(html: str) -> list[str]:
    """What there is to do, in its order: kind and id."""
    return re.findall(r'id="todo-([a-z]+-\d+)"', html)


@pytest.fixture
def mine(app, buffet, usuario_admin, usuario_investigador, change):
    """Six open cases of the investigator."""
    made = [make_oficio(app, buffet, usuario_admin) for _ in range(6)]
    for oficio in made:
        change(oficio, investigador_id=usuario_investigador.id)
    return made


def test_each_case_stands_where_it_asks_for_something(
    app, investigador, admin, mine, add, change, usuario_investigador
):
    now, today = utcnow(), local_today(utcnow())
    late, near, moved, idle, quiet, closed = mine
    change(late, fecha_limite=today - timedelta(days=3), ultima_consulta_at=now)
    change(near, fecha_limite=today + timedelta(days=1))
    change(closed, fecha_limite=today, estado=Estado.ENCONTRADO)
    add(sighting(moved, now - timedelta(hours=2)))
    promise = make_follow_up(app, quiet, usuario_investigador, text="Volver a llamar al conserje")
    change(idle, ultima_actividad_at=now - timedelta(days=9))

    html = investigador.get("/tablero/hoy?mios=1").text

    assert todo(html) == [
        f"plazo-{late.id}",
        f"plazo-{near.id}",
        f"seguimiento-{promise}",
        f"paso-{moved.id}",
        f"quieto-{idle.id}",
    ]
    assert "5 por hacer" in html
    assert "y nadie ha consultado sus pórticos" in html
    assert "Volver a llamar al conserje" in html
    assert "9 días sin actividad" in html
    assert not todo(admin.get("/tablero/hoy?mios=1").text), "they are not the admin's"
    assert len(todo(admin.get("/tablero/hoy?todo=1").text)) == 5
    assert investigador.get("/tablero/hoy").headers["Location"] == "/tablero/hoy?mios=1"


def test_what_is_postponed_comes_back_on_its_day(investigador, mine, change, rows):
    case = mine[0]
    change(case, fecha_limite=local_today(utcnow()))
    assert todo(investigador.get("/tablero/hoy?mios=1").text) == [f"plazo-{case.id}"]

    for days in ("1", "3"):
        investigador.post(f"/oficios/{case.id}/posponer", data={"dias": days})

    html = investigador.get("/tablero/hoy?mios=1").text
    assert not todo(html)
    assert "Nada pendiente por ahora" in html
    assert "1 prometido" in html
    (row,) = rows(Seguimiento)
    assert row.para == local_today(utcnow()) + timedelta(days=3)


def test_many_cases_cost_as_many_questions_as_one(
    investigador, app, buffet, usuario_admin, usuario_investigador, mine, change, counted, add
):
    for case in mine:
        change(case, fecha_limite=local_today(utcnow()))
        add(sighting(case, utcnow()))

    with counted() as statements:
        html = investigador.get("/tablero/hoy?mios=1").text

    assert len(todo(html)) == 12
    queries = [text for text in statements if text.lstrip().startswith(("SELECT", "WITH"))]
    assert len(queries) <= 15, queries


def test_a_cliente_has_no_day(cliente):
    assert cliente.get("/tablero/hoy").status_code == 404


@pytest.mark.e2e
def test_a_promise_is_done_from_the_list_and_counted(browse, app, usuario_investigador, mine, rows):
    make_follow_up(app, mine[0], usuario_investigador, text="Volver a llamar al conserje")
    page = browse(usuario_investigador, "/tablero/hoy")

    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Volver a llamar al conserje")).to_be_focused()
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="En dos semanas")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ya está hecho").click()

    expect(page.get_by_text("0 por hacer, 1 hecha")).to_be_visible()
    assert rows(Seguimiento)[0].hecho_por_id == usuario_investigador.id


@pytest.mark.e2e
def test_no_page_of_the_home_is_wider_than_its_screen(
    browse, app, buffet, usuario_admin, usuario_investigador, mine, change
):
    long_name = "Constanza Alejandra de los Ángeles Montecinos-Villavicencio y Fernández-Larraín"
    change(usuario_investigador, nombre=long_name)
    change(buffet, nombre=f"Estudio Jurídico {long_name} y Compañía Limitada")
    change(mine[0], fecha_limite=local_today(utcnow()) - timedelta(days=40))
    page = browse(usuario_investigador, "/tablero?todo=1")
    paths = (
        f"/tablero?mios=1&vence=10&quieto=3&prioridad=alta&buffet={buffet.id}&advertencias=1",
        "/tablero?todo=1",
        f"/tablero/lista?buffet={buffet.id}",
        "/tablero/hoy?mios=1",
    )
    for path in paths:
        page.goto(path)
        for width in (360, 768, 1024, 1366, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            bar = page.locator("#home-bar").bounding_box()
            end = page.locator(".segments").bounding_box()
            assert bar
            assert end
            assert end["x"] >= 0
            assert end["x"] + end["width"] <= width, (path, width)
            assert end["y"] >= bar["y"]
            assert end["y"] + end["height"] <= bar["y"] + bar["height"], (path, width)
    page.goto("/tablero?todo=1")
    widths = page.locator("section.board-column").evaluate_all(
        "columns => columns.map((column) => column.getBoundingClientRect().width)"
    )
    assert max(widths) <= 380
