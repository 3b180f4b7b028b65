"""Chips and search: which cards a filter leaves, and the address that it lives in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.core.clock import utcnow
from app.oficios.rules import Estado, Prioridad
from app.oficios.service import PropietarioData
from app.tablero.forms import read_filter
from app.tablero.rules import NOBODY, BoardFilter
from tests.factories import make_oficio
from tests.plugins.board import cards, count


def test_mis_casos_are_those_of_who_looks(
    admin, investigador, app, buffet, usuario_admin, usuario_investigador, change
):
    of_admin, of_investigador = (make_oficio(app, buffet, usuario_admin) for _ in range(2))
    change(of_admin, investigador_id=usuario_admin.id)
    change(of_investigador, investigador_id=usuario_investigador.id)

    assert list(cards(admin.get("/tablero?mios=1").text)) == [of_admin.id]
    assert list(cards(investigador.get("/tablero?mios=1").text)) == [of_investigador.id]


def test_the_other_chips_narrow_the_cards_and_the_counts(
    admin, app, buffet, otro_buffet, usuario_admin, usuario_investigador, change
):
    urgent = make_oficio(app, buffet, usuario_admin, prioridad=Prioridad.URGENTE)
    other = make_oficio(app, otro_buffet, usuario_admin)
    change(other, investigador_id=usuario_investigador.id)

    for arguments, expected in (
        ("prioridad=urgente", urgent),
        (f"buffet={otro_buffet.id}", other),
        (f"investigador={usuario_investigador.id}", other),
        (f"investigador={NOBODY}", urgent),
        (f"prioridad=urgente&buffet={buffet.id}", urgent),
    ):
        html = admin.get(f"/tablero?{arguments}").text

        assert list(cards(html)) == [expected.id], arguments
        assert count(html, "pendiente") == 1

    html = admin.get(f"/tablero?prioridad=urgente&buffet={otro_buffet.id}").text
    assert not cards(html)
    assert "Ningún oficio de esta columna coincide con los filtros." in html


def test_the_chips_are_links_that_keep_the_other_filters(
    admin, app, oficio, buffet, usuario_investigador, change
):
    change(oficio, investigador_id=usuario_investigador.id)

    html = admin.get(f"/tablero?prioridad=urgente&buffet={oficio.buffet_id}&q=of").text

    assert (
        f'href="/tablero?mios=1&amp;prioridad=urgente&amp;buffet={oficio.buffet_id}&amp;q=of"'
        in html
    )
    assert f'href="/tablero?buffet={oficio.buffet_id}&amp;q=of"' in html, "a click switches it off"
    assert f"investigador={usuario_investigador.id}" in html
    assert 'href="/tablero?prioridad=urgente&amp;q=of">' in html
    assert "Quitar este filtro" in html
    chips = re.findall(r'aria-label="Quitar el filtro ([^"]+)"', html)
    assert chips == ["«of»", "Prioridad urgente", buffet.nombre]
    assert "Filtros (3)" in html


def test_mis_casos_and_an_investigador_take_each_others_place():
    assert BoardFilter(investigador=3, q="x").having(mios=True) == {"mios": "1", "q": "x"}
    assert BoardFilter(mios=True).having(investigador=NOBODY) == {"investigador": "0"}


@pytest.mark.parametrize("junk", ["abc", "-1", "1.5", "9" * 30, "١"])
def test_a_filter_that_cannot_be_read_is_left_out(admin, oficio, junk):
    html = admin.get(
        f"/tablero?buffet={junk}&investigador={junk}&mios={junk}&prioridad={junk}&vence={junk}&quieto={junk}&carriles={junk}"
    ).text

    assert list(cards(html)) == [oficio.id]


def test_a_search_is_cut_to_what_a_person_types():
    assert len(read_filter({"q": "x" * 5000}).q) == 100
    assert read_filter({"q": "  a\x00b  "}).q == "ab"


@pytest.fixture
def findable(app, buffet, usuario_admin):
    """One oficio to find and one that must not be found."""
    make_oficio(app, buffet, usuario_admin, patente="TDVJ83", numero_oficio="ZZ-9")
    return make_oficio(
        app,
        buffet,
        usuario_admin,
        patente="LGCR75-1",
        numero_oficio="OF-2026-00168",
        rol="C-3030-2017",
        caratulado="BANCO DE CHILE/CEA",
        propietario=PropietarioData(nombre="Ñusta Muñoz Peñaloza", rut="12345678-5"),
    )


@pytest.mark.parametrize(
    "typed",
    [
        "LGCR75",
        "lgcr75",
        "LGCR.75-1",
        "LG·CR·75",
        "LG CR 75",
        "LGCR75-9",
        "lg-cr",
        "OF-2026-00168",
        "00168",
        "C-3030-2017",
        "c-3030",
        "munoz",
        "MUÑOZ ñusta",
        "peñaloza",
        "12.345.678-5",
        "12345678-5",
        "123456785",
        "12.345.678",
        "banco de chile/cea",
    ],
)
def test_a_search_finds_by_what_people_have_at_hand(admin, findable, typed):
    html = admin.get("/tablero", query_string={"q": typed}).text

    assert list(cards(html)) == [findable.id]


@pytest.mark.parametrize(
    "typed", ["XXXX99", "%", "_", "99.999.999-9", "munoz pizarro", "\\", "'", "´"]
)
def test_a_search_without_hits_says_what_to_try(admin, findable, typed):
    html = admin.get("/tablero", query_string={"q": typed, "prioridad": "urgente"}).text

    assert not cards(html)
    assert "Nada coincide con «" in html
    assert "busque sin los otros filtros" in html


def test_a_search_finds_across_all_states_also_what_closed_long_ago(
    admin, app, buffet, usuario_admin, change
):
    made = [
        make_oficio(app, buffet, usuario_admin, numero_oficio=f"BUSCADO-{n}", estado=estado)
        for n, estado in enumerate(Estado)
    ]
    for oficio in made:
        change(oficio, estado_desde=utcnow() - timedelta(days=300))

    html = admin.get("/tablero?q=buscado").text

    assert set(cards(html)) == {oficio.id for oficio in made}
    folds = re.findall(r'<details class="board-column[^>]*>', html)
    assert len(folds) == 2
    assert all(fold.endswith(" open>") for fold in folds), "folded columns with hits are open"
