"""Administration is one shell: every page of it knows its place, and others have no rail."""

from __future__ import annotations

import re

import pytest

from app.feature import current_features
from app.web.navigation import Menu

HERE = re.compile(r'<a class="rail-link is-active"\s+href="([^"]+)"')
BACK = re.compile(r'<p class="app-back">\s*<a href="([^"]+)"')


@pytest.mark.parametrize(
    ("path", "place", "back"),
    [
        ("/admin", None, None),
        ("/admin/buffets", "/admin/buffets", None),
        ("/admin/buffets/nuevo", "/admin/buffets", "/admin/buffets"),
        # A blueprint with pages of several places.
        ("/admin/receptores/nuevo", "/admin/receptores", "/admin/receptores"),
        ("/admin/correos", "/admin/correos", None),
        # What the page of the settings lists leads back there.
        ("/admin/plantillas", "/admin/ajustes", "/admin/ajustes"),
        ("/tablero/limites", "/admin/ajustes", "/admin/ajustes"),
        # Another blueprint of the same place.
        ("/admin/webhooks", "/admin/claves-api", "/admin/claves-api"),
        ("/admin/personas/solicitudes", "/admin/personas", "/admin/personas"),
    ],
)
def test_a_page_of_administration_says_where_it_stands_and_leads_back(admin, path, place, back):
    page = admin.get(path).text

    assert 'id="rail"' in page
    assert HERE.findall(page) == ([place] if place else [])
    assert BACK.findall(page) == ([back] if back else [])


def test_other_pages_and_other_people_have_no_rail(admin, investigador):
    assert 'id="rail"' not in admin.get("/tablero").text
    assert 'href="/admin"' in admin.get("/tablero").text
    assert "/admin" not in investigador.get("/tablero").text


def test_every_place_of_administration_is_listed_with_its_sentence(app, admin):
    page = admin.get("/admin").text
    with app.test_request_context():
        links = [
            link
            for feature in current_features().by_name.values()
            for link in feature.navigation
            if link.menu is Menu.ADMIN
        ]

    assert len(links) > 15
    for link in links:
        assert link.text
        assert (link.full_label or link.label) in page
        assert link.text in page


@pytest.mark.parametrize(
    ("path", "place"),
    [("/tablero", "Tablero"), ("/oficios/{}", "Tablero"), ("/oficios/nuevo", "Nuevo")],
)
def test_one_place_at_the_bottom_of_a_phone_is_the_current_one(admin, oficio, path, place):
    page = admin.get(path.format(oficio.id)).text
    bar = page[page.index('class="bottombar"') :]

    current = re.findall(r'bottombar-link is-active"[^>]*>.*?<span>([^<]+)<', bar, re.DOTALL)

    assert current == [place]


@pytest.mark.e2e
@pytest.mark.parametrize("width", [768, 1023, 1024])
def test_the_places_of_a_new_installation_and_the_search_have_room_in_the_bar(
    browse, usuario_admin, width
):
    page = browse(usuario_admin, "/admin", width=width, height=800)
    last = page.locator(".topbar-nav > :last-child").bounding_box()
    search = page.locator(".topbar-search").bounding_box()
    new = page.locator(".topbar-new").bounding_box()

    assert page.locator(".topbar-nav").get_by_text("Primeros pasos").is_visible()
    assert last["x"] + last["width"] <= search["x"]
    assert search["width"] >= 36
    assert search["x"] + search["width"] <= new["x"]
