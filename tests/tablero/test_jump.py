"""The jump: what a person finds while typing, and what nobody may find by it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.core.clock import utcnow
from app.db import db, transaction
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.oficios.service import PropietarioData, refresh_search
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from tests.factories import make_oficio
from tests.plugins.application import HTMX


def jump(client, q: str) -> str:
    response = client.post("/tablero/saltar", data={"q": q}, headers=HTMX)
    assert response.status_code == 200
    return response.text


def found(html: str) -> list[str]:
    """The addresses that the options lead to, in their order."""
    return re.findall(r'role="option"[^>]*href="([^"]+)"', html)


@pytest.fixture
def wanted(app, buffet, usuario_admin):
    """A case to find, beside one that must not be found."""
    make_oficio(app, buffet, usuario_admin, patente="TDVJ83", numero_oficio="ZZ-9")
    oficio = make_oficio(
        app,
        buffet,
        usuario_admin,
        patente="LGCR75-1",
        numero_oficio="OF-2026-00168",
        rol="C-3030-2017",
        propietario=PropietarioData(nombre="Ñusta Muñoz Peñaloza", rut="12345678-5"),
    )
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        vehiculo = row.vehiculo
        vehiculo.marca, vehiculo.modelo, vehiculo.color = "Citroën", "Berlingo", "Café"
        refresh_search(row)
    return oficio


@pytest.mark.parametrize(
    "typed",
    [
        "lg·cr",
        "LGCR75-1",
        "00168",
        "c-3030",
        "munoz",
        "12.345.678-5",
        "citroen",
        "berlingo cafe",
        "citroen munoz",
        "LGCR57",
        "citreon",
        "peñalosa",
        "c-3031-2017",
    ],
)
def test_a_case_is_found_by_what_people_have_at_hand_also_with_a_slip(admin, wanted, typed):
    assert found(jump(admin, typed))[0] == f"/oficios/{wanted.id}"


def test_a_person_is_found_with_the_rut_covered(admin, wanted):
    html = jump(admin, "muñoz")

    assert f"/oficios/{wanted.id}/personas" in found(html)
    assert "Ñusta <mark>Muñoz</mark> Peñaloza" in html
    assert "12345678" not in html
    assert "12.345.678" not in html


def test_a_buffet_leads_to_its_cases_on_the_board(admin, wanted, buffet):
    html = jump(admin, buffet.nombre.split()[0])

    assert f"/tablero?buffet={buffet.id}" in found(html)
    assert "2 abiertos" in html
    assert f"/oficios/{wanted.id}" in found(html)


def test_open_cases_come_first_and_the_rest_is_one_row(admin, app, buffet, usuario_admin, change):
    made = [
        make_oficio(app, buffet, usuario_admin, numero_oficio=f"SERIE-{number}")
        for number in range(7)
    ]
    change(made[-1], estado=Estado.ENCONTRADO)

    html = jump(admin, "serie")

    assert found(html)[:5] == [f"/oficios/{made[place].id}" for place in (5, 4, 3, 2, 1)]
    assert "Ver los 7 en el tablero" in html


@pytest.mark.parametrize(
    ("person", "typed", "path", "expected"),
    [
        ("admin", "ajus", "/admin/ajustes", True),
        ("investigador", "ajus", "/admin/ajustes", False),
        ("investigador", "nuevo", "/oficios/nuevo", True),
        ("investigador", "impor", "/importar", True),
    ],
)
def test_actions_are_those_of_the_person(request, person, typed, path, expected):
    client = request.getfixturevalue(person)

    assert any(url.startswith(path) for url in found(jump(client, typed))) is expected


@pytest.mark.parametrize("junk", ["", " ", "%", "x", "\x00", "'\"<", "y" * 5000])
def test_what_means_nothing_finds_no_case(admin, wanted, junk):
    assert not [url for url in found(jump(admin, junk)) if re.fullmatch(r"/oficios/\d+", url)]


def test_a_blocked_case_and_its_people_are_not_found(app, admin, wanted, usuario_admin):
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([wanted.id], "Lo pidió la persona.", actor=actor, now=utcnow())

    for typed in ("munoz", "LGCR75", "citroen", "12.345.678-5"):
        html = jump(admin, typed)
        assert not any(f"/oficios/{wanted.id}" in url for url in found(html)), typed
        assert "Peñaloza" not in html


def test_a_cliente_has_no_jump(cliente, wanted):
    assert cliente.post("/tablero/saltar", data={"q": "munoz"}).status_code == 404


@pytest.mark.e2e
def test_the_slash_finds_while_typing_and_enter_opens_the_case(
    browse, app, buffet, usuario_admin, usuario_investigador
):
    older, newer = (
        make_oficio(app, buffet, usuario_admin, numero_oficio=f"SERIE-{n}") for n in range(2)
    )
    page = browse(usuario_investigador, "/avisos")

    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("serie")
    options = page.get_by_role("option")
    expect(options.filter(has_text="SERIE")).to_have_count(2)
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert "serie" not in page.url
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/oficios/{older.id}$"))

    page.wait_for_load_state()  # its scripts hear the keys
    page.keyboard.press("/")
    page.keyboard.type(newer.numero_oficio)
    page.keyboard.press("Enter")  # before its answer is there
    expect(page).to_have_url(re.compile(f"/oficios/{newer.id}$"))
