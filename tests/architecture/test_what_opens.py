"""What a page keeps folded, in a browser: menus, dialogs and boxes hold nothing that axe finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from app.buffets.models import Buffet
from app.oficios.rules import Estado
from app.usuarios.models import Usuario
from tests.architecture.test_screens import DESK, PHONE, too_wide
from tests.architecture.world import url_arguments
from tests.factories import make_oficio

pytestmark = [pytest.mark.e2e, pytest.mark.no_cover]

#: The pages that most is folded in; ``{id}`` is a case that is searched, with a part of each kind.
PAGES = (
    "/oficios/{id}",
    "/oficios/{id}/bitacora",
    "/oficios/{id}/avistamientos",
    "/oficios/{id}/direcciones",
    "/oficios/{id}/personas",
    "/oficios/{id}/fotos",
    "/tablero",
    "/tablero/lista",
    "/tablero/hoy",
    "/terreno",
    "/bandeja",
    "/admin/trabajos",
    "/admin/auditoria",
)
#: Opens every box of the page itself, and marks what a menu or a dialog stands in.
UNFOLD = """() => {
  document.querySelectorAll("main details, .case-head details")
    .forEach((box) => { box.open = true; });
  const shown = [...document.querySelectorAll("[popover], dialog")];
  shown.forEach((box, at) => { box.dataset.look = String(at); });
  return shown.length;
}"""
#: Shows one menu or dialog; false where there is nothing in it, or what it stands in is not shown.
SHOW = """(at) => {
  const box = document.querySelector(`[data-look="${at}"]`);
  if (!box || !box.childElementCount) return false;
  if (box instanceof HTMLDialogElement) { if (!box.open) box.showModal(); }
  else box.showPopover();
  box.querySelectorAll("details").forEach((one) => { one.open = true; });
  return box.checkVisibility();
}"""
HIDE = """(at) => {
  const box = document.querySelector(`[data-look="${at}"]`);
  if (box instanceof HTMLDialogElement) box.close();
  else if (box?.matches(":popover-open")) box.hidePopover();
}"""
#: The rules that ask a page as a whole, of which one box says nothing.
OPTIONS = {"resultTypes": ["violations"], "iframes": False, "preload": False, "selectors": False}


def findings(page: Page, where: str) -> list[str]:
    found = Axe().run(page, context={"include": [[where]]}, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("look", [DESK, PHONE], ids=["desk", "phone"])
def test_what_opens_has_nothing_that_axe_finds_and_fits(
    look, app: Flask, browse: Callable[..., Page], buffet: Buffet, usuario_admin: Usuario
):
    url_arguments(app, buffet, usuario_admin)
    case = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
    page = browse(usuario_admin, "/cuenta", **look)
    # What a page cannot find here has tests of its own.
    page.tolerated.append(".")  # type: ignore[attr-defined] # of tests/plugins/browser.py
    wrong, shown = [], 0
    for path in PAGES:
        page.goto(path.format(id=case.id), wait_until="load")
        number = page.evaluate(UNFOLD)
        page.wait_for_timeout(150)  # the parts that a box asks for as it opens
        wrong += [
            f"{path}, unfolded: {one}" for one in [*findings(page, "main"), *too_wide(page, ())]
        ]
        for at in range(number):
            if page.evaluate(SHOW, at):
                shown += 1
                here = f"[data-look='{at}']"
                name = page.evaluate("(what) => document.querySelector(what).id", here)
                wrong += [f"{path}, {name}: {one}" for one in findings(page, here)]
            page.evaluate(HIDE, at)

    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert shown >= len(PAGES), shown
