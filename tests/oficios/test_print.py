"""A case and the board on paper: what is known of them, and nothing to fill in or to press."""

from __future__ import annotations

import pytest

from app.oficios.rules import Estado
from tests.factories import make_oficio

pytestmark = pytest.mark.e2e

SEEN = """() => [...document.querySelectorAll("input, textarea, select, button, .btn, nav")]
  .filter((one) => one.checkVisibility() && !one.matches(".chip, .plate, .case-fact"))
  .map((one) => one.outerHTML.slice(0, 120))"""
ADJUST = "(what) => getComputedStyle(document.querySelector(what)).printColorAdjust"


@pytest.mark.parametrize("path", ["/oficios/{id}", "/oficios/{id}/bitacora", "/tablero/lista"])
def test_what_is_printed_has_nothing_to_fill_in(app, browse, buffet, usuario_admin, path):
    case = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
    page = browse(usuario_admin, path.format(id=case.id))
    page.emulate_media(media="print")

    assert page.evaluate(SEEN) == []
    # The dots of a plate are drawn by a background, which printers leave out unless told.
    assert page.evaluate(ADJUST, ".plate-dot") == "exact"


def test_a_long_section_begins_on_the_sheet_of_its_head(app, browse, buffet, usuario_admin):
    case = make_oficio(app, buffet, usuario_admin)
    page = browse(usuario_admin, f"/oficios/{case.id}/avistamientos")
    page.emulate_media(media="print")

    card = page.locator("#seccion .card").first
    assert card.evaluate("(one) => getComputedStyle(one).breakInside") == "auto"
