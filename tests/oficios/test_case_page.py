"""The frame of the case page: who sees it and what stands over the sections."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.core.clock import utcnow
from app.db import db
from app.oficios.models import Investigacion, Oficio
from app.oficios.queries import list_same_vehicle
from app.oficios.rules import Estado
from app.oficios.service import Move, PropietarioData, assign_oficio, move_oficio
from tests.factories import make_oficio
from tests.oficios.acting import act, stored
from tests.plugins.application import HTMX, assert_fragment

SECTIONS = ["", "/bitacora", "/personas", "/direcciones", "/vehiculo", "/datos"]


@pytest.mark.parametrize("path", SECTIONS)
def test_each_section_is_a_page_of_its_own_and_a_fragment(path, investigador, oficio):
    url = f"/oficios/{oficio.id}{path}"

    page = investigador.get(url)
    assert page.status_code == 200
    assert f'id="oficio-head-{oficio.id}"' in page.text
    assert 'aria-current="page"' in page.text.partition("case-nav")[2]
    name = path.strip("/") or "resumen"
    assert_fragment(investigador.get(url, headers=HTMX), f"oficio-{name}-{oficio.id}")


@pytest.mark.parametrize("path", [*SECTIONS, "/nuevo"])
def test_the_case_is_for_the_firm_alone(
    path, admin, investigador, cliente, cliente_ajeno, stranger, oficio
):
    url = "/oficios/nuevo" if path == "/nuevo" else f"/oficios/{oficio.id}{path}"

    assert admin.get(url).status_code == investigador.get(url).status_code == 200
    assert cliente.get(url).status_code == cliente_ajeno.get(url).status_code == 404
    assert stranger.get(url).headers["Location"].startswith("/entrar")


def test_the_head_says_what_the_case_is_and_how_far(app, admin, buffet, usuario_admin):
    entered = datetime(2026, 11, 12, 15, tzinfo=UTC)
    case = make_oficio(
        app,
        buffet,
        usuario_admin,
        numero_oficio="OF-2026-852",
        rol="C-18342-2025",
        tribunal="19º Juzgado Civil de Santiago",
        fecha_limite=(utcnow() + timedelta(days=40)).date(),
        now=entered,
    )
    moved = entered + timedelta(days=2)
    act(
        app,
        case,
        usuario_admin,
        lambda o, who: move_oficio(o, Move(Estado.INVESTIGACION, 1), actor=who, now=moved),
    )
    act(
        app,
        case,
        usuario_admin,
        lambda o, who: assign_oficio(o, who, actor=who, now=moved),
    )

    head = admin.get(f"/oficios/{case.id}").text.partition('class="case-content"')[0]

    for text in ("Suzuki Swift", "OF-2026-852", "C-18342-2025", "19º Juzgado", "González", "háb."):
        assert text in head
    assert "Ana Vega" in head
    assert "12-11-2026" in head, "since when it was pending"
    assert "14-11-2026" in head, "since when it is investigated"
    current = head.partition('aria-current="step"')[2]
    assert current.partition("</li>")[0].strip(" >\n").startswith("Investigación")


def test_the_menu_offers_the_moves_that_the_flow_allows(app, investigador, buffet, usuario_admin):
    pending = make_oficio(app, buffet, usuario_admin)
    closed = make_oficio(app, buffet, usuario_admin, estado=Estado.NO_ENCONTRADO)

    page = investigador.get(f"/oficios/{pending.id}").text
    assert 'value="investigacion"' in page
    assert 'value="finalizado_encontrado"' not in page
    assert 'name="version" value="1"' in page
    assert "Mover a…" not in investigador.get(f"/oficios/{closed.id}").text


def test_a_move_from_the_menu_comes_back_to_the_case(app, investigador, oficio):
    response = investigador.post(
        f"/tablero/oficios/{oficio.id}/mover",
        data={
            "estado": "investigacion",
            "version": "1",
            "despues_de": "",
            "volver": f"/oficios/{oficio.id}",
        },
    )

    assert response.headers["Location"] == f"/oficios/{oficio.id}"
    assert stored(app, oficio).estado is Estado.INVESTIGACION


def test_other_oficios_of_the_same_plate_or_person_are_announced(
    app, investigador, buffet, otro_buffet, usuario_admin
):
    rosa = PropietarioData(nombre="Rosa Soto", rut="76123456-0")
    one = make_oficio(app, buffet, usuario_admin, patente="BBC12", propietario=rosa)
    padded = make_oficio(app, otro_buffet, usuario_admin, patente="BBC012")
    hers = make_oficio(app, otro_buffet, usuario_admin, patente="GGZL12", propietario=rosa)
    neither = make_oficio(app, otro_buffet, usuario_admin, patente="SPRT44")

    page = investigador.get(f"/oficios/{one.id}").text

    assert padded.numero_oficio in page
    assert hers.numero_oficio in page
    assert neither.numero_oficio not in page


def test_a_cliente_is_told_only_of_its_own_oficios(
    app, buffet, otro_buffet, usuario_admin, usuario_cliente
):
    one = make_oficio(app, buffet, usuario_admin)
    own = make_oficio(app, buffet, usuario_admin)
    foreign = make_oficio(app, otro_buffet, usuario_admin)

    with app.app_context():
        row = db.session.get_one(Oficio, one.id)
        for_cliente = [o.oficio_id for o in list_same_vehicle(row, usuario_cliente)]
        for_firm = [o.oficio_id for o in list_same_vehicle(row, usuario_admin)]
    assert for_cliente == [own.id]
    assert for_firm == [foreign.id, own.id]


def test_a_warning_shows_the_expected_digit_until_it_is_confirmed(
    app, investigador, buffet, usuario_admin, rows
):
    case = make_oficio(app, buffet, usuario_admin, patente="SPRT44-1")
    url = f"/oficios/{case.id}"
    page = investigador.get(f"{url}/personas").text
    assert "debería ser K" in page
    assert f'href="{url}/vehiculo"' in page

    response = investigador.post(
        f"{url}/confirmar", data={"clave": "patente", "seccion": "personas"}
    )

    assert response.headers["Location"] == f"{url}/personas"
    assert "debería ser K" not in investigador.get(f"{url}/personas").text
    last = rows(Investigacion)[-1]
    assert "debería ser K" in last.descripcion
    assert last.detalle == {"clave": "patente"}


@pytest.mark.parametrize("clave", ["", "patente", "rut-999", "ingreso-nada", "rut-\x00", "otra"])
def test_a_warning_that_is_gone_is_no_error(clave, investigador, oficio, rows):
    before = len(rows(Investigacion))
    response = investigador.post(
        f"/oficios/{oficio.id}/confirmar",
        data={"clave": clave, "seccion": "//malo.example"},
        follow_redirects=True,
    )

    assert response.status_code == 200
    assert "Esa advertencia ya no está" in response.text
    assert response.request.path == f"/oficios/{oficio.id}"
    assert len(rows(Investigacion)) == before


def test_after_a_change_htmx_also_gets_the_head_as_it_is(investigador, oficio):
    response = investigador.post(
        f"/oficios/{oficio.id}/vehiculo",
        data={"patente": "GGZL12-1", "marca": "Kia", "version": "1"},
        headers=HTMX,
    )

    text = assert_fragment(response, f"oficio-vehiculo-{oficio.id}")
    assert f'id="oficio-head-{oficio.id}" hx-swap-oob="true"' in " ".join(text.split())
    head = text.partition("oficio-head-")[2]
    assert "Kia" in head
    assert 'name="version" value="2"' in head


def test_an_id_that_no_database_can_hold_is_just_not_there(investigador, oficio):
    assert investigador.get("/oficios/99999999999999999999").status_code == 404
    assert investigador.get("/oficios/nada").status_code == 404
    assert investigador.get(f"/oficios/{oficio.id}").status_code == 200
