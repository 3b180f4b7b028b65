"""Where one stands after a form was answered by a whole page, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_a_refused_form_takes_the_focus_and_a_saved_one_is_told(browse, usuario_admin):
    page = browse(usuario_admin, "/admin/buffets/nuevo")
    page.tolerated.append("422")
    page.get_by_role("button", name="Guardar", exact=True).click()

    errors = page.locator("[data-errors]")
    expect(errors).to_be_focused()
    errors.get_by_role("link", name="Nombre").click()
    expect(page.get_by_label("Nombre", exact=True)).to_be_focused()

    page.keyboard.type("Estudio Lagos")
    page.locator("#rut").fill("76.086.428-5")
    page.locator("#email_principal").fill("contacto@lagos.example")
    page.get_by_role("button", name="Guardar", exact=True).click()

    expect(page.locator("[data-flash]")).to_be_focused()
    # Who only reads a page begins at its top.
    page.goto("/admin/buffets")
    expect(page.locator("body")).to_be_focused()
