"""Every page in a browser: nothing that axe finds, in both themes, and nothing wider than it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from app.buffets.models import Buffet
from app.oficios.rules import Estado
from app.usuarios.models import Usuario
from tests.architecture.permissions import PERMISSIONS
from tests.architecture.screens import pages_of
from tests.architecture.world import url_arguments
from tests.factories import make_link, make_oficio
from tests.notificaciones.rows import link_of, make_sent_notice

pytestmark = [pytest.mark.e2e, pytest.mark.no_cover]

DESK = {"width": 1280, "height": 800, "color_scheme": "light"}
PHONE = {"width": 360, "height": 740, "color_scheme": "dark"}
#: 640 is a desk's screen at a zoom of 200 %; at 768 the bar has least room for its words.
WIDTHS = (640, 768, 1024)
ALL_WIDTHS = (360, *WIDTHS, 1280, 1366, 1440, 1920)
#: Bars that are the same on every page are judged on these alone: a third of the time.
WITH_BARS = {"tablero.board", "administracion.index", "oficios.detail", "portal.home"}
#: Swagger's page is that of its makers; tests/api holds what it shows.
FOREIGN = {"docs.page"}


def findings(page: Page, endpoint: str) -> list[str]:
    """What axe finds of any level, as rule and element."""
    context = None
    if endpoint not in WITH_BARS:
        context = {"exclude": [[".topbar"], [".rail"], [".bottombar"], [".demo-strip"]]}
    # A frame holds a mail, which has a page of its own.
    options = {
        "resultTypes": ["violations"],
        "iframes": False,
        "preload": False,
        "selectors": False,
    }
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
        for rule in found
        for node in rule["nodes"]
    ]


def too_wide(page: Page, widths: Iterable[int]) -> list[str]:
    """The widths of a window in which the page scrolls sideways."""
    found = []
    for width in dict.fromkeys([page.evaluate("innerWidth"), *widths]):
        page.set_viewport_size({"width": width, "height": 800})
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            found.append(f"{needed} px in a window of {width}")
    return found


def look_at(page: Page, addresses: Iterable[tuple[str, str]], widths: Iterable[int]) -> str:
    """What is wrong with some pages, by the names of their endpoints."""
    # What a page cannot find here has tests of its own.
    page.tolerated.append(".")  # type: ignore[attr-defined] # of tests/plugins/browser.py
    size = page.viewport_size
    assert size
    wrong = []
    for endpoint, url in addresses:
        page.set_viewport_size(size)
        page.goto(url, wait_until="domcontentloaded")
        found = findings(page, endpoint) + too_wide(page, widths)
        wrong += [f"{endpoint} ({url}): {one}" for one in found]
    return "\n".join(wrong)


@pytest.fixture
def walk(
    app: Flask,
    browse: Callable[..., Page],
    sign_in: Callable[[Usuario], FlaskClient],
    buffet: Buffet,
    usuario_admin: Usuario,
    request: pytest.FixtureRequest,
) -> Callable[..., str]:
    """Open the pages of somebody; return what is wrong with each."""

    def go(usuario: Usuario, who: str, look: dict[str, Any], wanted: Callable[[str], bool]) -> str:
        arguments = url_arguments(app, buffet, usuario_admin)
        everything = request.config.getoption("--every-width")
        widths = ALL_WIDTHS if everything else WIDTHS if look is DESK else ()
        addresses = [
            (endpoint, url)
            for endpoint, url in pages_of(app, sign_in(usuario), who, arguments)
            if endpoint not in FOREIGN and (everything or wanted(endpoint))
        ]
        return look_at(browse(usuario, "/cuenta", **look), addresses, widths)

    return go


def is_of_admins(endpoint: str) -> bool:
    return PERMISSIONS[endpoint] == {"admin"}


def test_pages_on_a_desk_in_light(walk, usuario_admin):
    wrong = walk(usuario_admin, "admin", DESK, lambda endpoint: True)

    assert not wrong, wrong


def test_pages_of_the_office_on_a_phone_in_dark(walk, usuario_investigador):
    wrong = walk(usuario_investigador, "investigador", PHONE, lambda endpoint: True)

    assert not wrong, wrong


def test_pages_of_administration_on_a_phone_in_dark(walk, usuario_admin):
    wrong = walk(usuario_admin, "admin", PHONE, is_of_admins)

    assert not wrong, wrong


@pytest.mark.parametrize("look", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_of_a_buffet(walk, usuario_cliente, look):
    wrong = walk(usuario_cliente, "cliente", look, lambda endpoint: True)

    assert not wrong, wrong


@pytest.mark.parametrize("look", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_without_an_account(
    app, live_server, new_page, buffet, usuario_admin, usuario_investigador, look
):
    """The receptor's, those that sign one in, and those that say no."""
    oficio = make_oficio(app, buffet, usuario_admin, estado=Estado.NOTIFICACION)
    notice = make_sent_notice(app, oficio, usuario_investigador)
    addresses = [
        ("receptor.page", link_of(app, notice)),
        ("auth.login_page", "/entrar"),
        ("enlaces_propios.ask", "/recuperar"),
        ("portal.ask_link", "/enlace-nuevo"),
        ("titulares.ask", "/datos-personales"),
        ("informes.verify", "/verificar"),
        ("anclaje.index", "/anclas"),
        ("politica.show", "/privacidad"),
        ("portal.open_link", f"/b/{make_link(app, buffet)}"),
        ("404", "/no-existe"),
        ("receptor.page: no more", "/r/no-es-un-enlace"),
    ]

    wrong = look_at(new_page(base_url=live_server, **look), addresses, ())

    assert not wrong, wrong
