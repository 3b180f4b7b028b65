"""Every form that a buffet types in: what was typed outlives the end of a session. Those of the
office are tried by kind in ``test_kept_typing.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Error, Page

from app.buffets.models import Buffet
from app.usuarios.models import Usuario
from tests.architecture.screens import pages_of
from tests.architecture.world import url_arguments
from tests.plugins.browser import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.no_cover]

#: What is filled in by hand, of each form, by its place among the forms of the page. A form in
#: which only a file, a date or a choice is given has nothing that takes long to type again.
FORMS = """() => [...document.forms].flatMap((form, at) => {
  if (form.method !== "post" || form.matches("[data-download], [action$='/salir']")) return [];
  if (form.querySelector("input[type=password]")) return [];
  const field = [...form.elements].find((one) => one.name && !one.readOnly && !one.disabled
    && one.matches("textarea, input:not([type]), input[type=text]"));
  const key = new URL(form.action).pathname.replace(/[0-9]+/g, "N");
  return field ? [{ at, name: field.name, key }] : [];
})"""
#: Types in a form, and sends it as a click does, past what the browser itself would refuse.
SEND = """([at, name, words]) => {
  const form = document.forms[at];
  const field = [...form.elements].find((one) => one.name === name && one.type !== "hidden");
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  form.noValidate = true;
  const button = [...form.elements].find((one) => one.type === "submit"
    && !one.hasAttribute("formaction"));
  form.requestSubmit(button ?? null);
}"""
#: Leaves the page without being asked, as what is typed there is only a trial.
QUIT = """() => document.querySelectorAll("form[data-unsaved]")
  .forEach((form) => form.removeAttribute("data-unsaved"))"""
#: The page for signing in, or the one that says so and leads on to it.
DOOR = "body:not([data-usuario]) input[type=password], [data-to-form]"
VALUES = """(words) => [...document.querySelectorAll("form textarea, form input")]
  .some((one) => one.value === words)"""


def lost_in(page: Page, url: str, form: dict[str, Any], words: str) -> str | None:
    """What became of the words that were typed in a form, where they did not come back."""
    cookies = page.context.cookies()
    page.goto(url, wait_until="domcontentloaded")
    page.context.clear_cookies()
    try:
        page.evaluate(SEND, [form["at"], form["name"], words])
        page.locator(DOOR).first.wait_for(state="attached", timeout=10_000)
    except Error:
        # Sent by a script that told of it: then it stands where it was typed.
        if not page.evaluate(VALUES, words):
            return f"it led to no door, but to {page.url}"
        page.evaluate(QUIT)
        return None
    finally:
        page.context.add_cookies(cookies)  # type: ignore[arg-type] # as they were given
    page.goto(url, wait_until="domcontentloaded")
    try:
        wait_until(page, VALUES, words)
    except (Error, AssertionError):
        return "what was typed did not come back"
    page.evaluate(QUIT)
    return None


def test_what_a_buffet_typed_in_any_form_comes_back_after_signing_in(
    app: Flask,
    browse: Callable[..., Page],
    sign_in: Callable[[Usuario], FlaskClient],
    buffet: Buffet,
    usuario_admin: Usuario,
    usuario_cliente: Usuario,
):
    arguments = url_arguments(app, buffet, usuario_admin)
    addresses = list(pages_of(app, sign_in(usuario_cliente), "cliente", arguments))
    page = browse(usuario_cliente, "/cuenta")
    # What is asked for in the background meanwhile is refused.
    page.tolerated.append(".")  # type: ignore[attr-defined] # of tests/plugins/browser.py
    tried: set[str] = set()
    lost = []
    for endpoint, url in addresses:
        page.goto(url, wait_until="domcontentloaded")
        for form in page.evaluate(FORMS):
            if form["key"] in tried:
                continue
            tried.add(form["key"])
            words = f"Escrito a mano, {len(tried)}"
            if wrong := lost_in(page, url, form, words):
                lost.append(f"{endpoint} ({url}), {form['key']} {form['name']}: {wrong}")

    assert not lost, "\n".join(lost)
    assert len(tried) >= 3, sorted(tried)
