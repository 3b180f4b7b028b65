"""A passkey in a real browser: Chromium's own authenticator makes it, signs with it and counts.

And the key of an installed phone, which the same browser then is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from app.core.clock import utcnow
from app.db import db, transaction
from app.factores.models import LlaveAcceso
from app.usuarios.models import Sesion, Usuario
from app.usuarios.rules.sesiones import TipoSesion
from tests.plugins.browser import wait_until

pytestmark = pytest.mark.e2e

#: A laptop with a finger reader on which the right finger lies.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
#: Chromium is told by nobody that a page is installed.
INSTALLED = """(() => {
    const real = window.matchMedia.bind(window);
    window.matchMedia = (query) =>
        query.includes("standalone") ? { matches: true } : real(query);
})()"""
#: Whether the phone keeps its key, of which no script can read the private half. What is not there
#: yet is not opened: that would make it, without a place for the key.
HAS_KEY = """async () => {
    const known = await indexedDB.databases();
    if (!known.some((one) => one.name === "rastro-telefono")) return false;
    return new Promise((resolve) => {
        const opening = indexedDB.open("rastro-telefono");
        opening.onsuccess = () => {
            const asked = opening.result.transaction("llave").objectStore("llave").get("propia");
            asked.onsuccess = () => {
                opening.result.close();
                resolve(asked.result?.clave.extractable === false);
            };
        };
    });
}"""


NEW = {"nombre": "Ema", "email": "ema@oficina.example", "rol": "investigador"}


def age_proofs(app: Flask) -> None:
    """All who are signed in proved an hour ago who they are."""
    with app.app_context(), transaction():
        db.session.query(Sesion).update({"confirmada_at": utcnow() - timedelta(hours=1)})


def test_a_passkey_is_made_signs_in_and_confirms(
    app: Flask,
    live_server: str,
    new_page: Callable[..., Page],
    sign_in: Callable[[Usuario], FlaskClient],
    usuario_admin: Usuario,
    rows: Callable[..., list[Any]],
) -> None:
    # A passkey is of a name, and this machine's number is none.
    url = live_server.replace("127.0.0.1", "localhost")
    config = app.extensions["rastro_config"]
    app.extensions["rastro_config"] = replace(config, base_url=url)
    try:
        page = new_page(360, 740, base_url=url, has_touch=True, is_mobile=True)
        cookie = sign_in(usuario_admin).get_cookie("rastro")
        assert cookie
        page.context.add_cookies([{"name": "rastro", "value": cookie.value, "url": url}])
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

        page.goto("/cuenta/segundo-factor")
        page.get_by_role("button", name="Agregar llave").click()
        expect(page.locator("[data-passkey-status]")).to_contain_text("Escriba primero un nombre")
        page.get_by_role("textbox", name="Nombre").fill("Notebook")
        page.get_by_role("button", name="Agregar llave").click()
        expect(page.get_by_role("heading", name="Sus códigos de respaldo")).to_be_visible()
        (llave,) = rows(LlaveAcceso)
        assert (llave.nombre, llave.usada_at) == ("Notebook", None)

        page.context.clear_cookies()
        page.goto("/entrar?next=/admin/buffets")
        page.get_by_role("button", name="Usar una llave de acceso").click()
        expect(page).to_have_url(f"{url}/admin/buffets")

        age_proofs(app)
        page.goto("/admin/usuarios/nuevo")
        expect(page.get_by_role("heading", name="Confirme que es usted")).to_be_visible()
        page.get_by_role("button", name="Usar mi llave de acceso").click()
        expect(page).to_have_url(f"{url}/admin/usuarios/nuevo")
        (again,) = rows(LlaveAcceso)
        assert again.usada_at is not None
        assert again.contador > llave.contador

        # What HTMX sent waits too, and the page that comes instead has its script.
        page.tolerated.append("status of 422")  # type: ignore[attr-defined]
        age_proofs(app)
        page.evaluate(
            "data => { htmx.ajax('POST', '/admin/usuarios/nuevo', { values: data }) }", NEW
        )
        page.get_by_role("button", name="Usar mi llave de acceso").click()
        expect(page.get_by_role("heading", name="Ema")).to_be_visible()
        assert [row.nombre for row in rows(Usuario, email=NEW["email"])] == ["Ema"]

        # The same browser as an installed phone: it gets a key, loses its cookie, and goes on.
        page.add_init_script(INSTALLED)
        with page.expect_response("**/cuenta/telefono") as kept:
            page.goto("/admin/buffets")
        assert kept.value.json()["ok"]
        wait_until(page, HAS_KEY)
        page.context.clear_cookies()
        page.goto("/entrar?next=/admin/buffets")
        expect(page).to_have_url(f"{url}/admin/buffets")
        phones = [row for row in rows(Sesion) if row.tipo is TipoSesion.TELEFONO]
        assert len(phones) == 1
    finally:
        app.extensions["rastro_config"] = config
