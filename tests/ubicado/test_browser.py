"""¡Ubicado! in a real browser of a phone's size: what only a browser can show."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.ubicado.models import Ubicacion
from app.ubicado.rules import SinPosicion
from tests.adjuntos.files import jpeg

pytestmark = pytest.mark.e2e

PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}


def axe_findings(page):
    """What axe finds, as rule and element."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], node["target"]) for rule in found for node in rule["nodes"]]


def photo(name):
    return {"name": name, "mimeType": "image/jpeg", "buffer": jpeg((800, 600))}


def test_with_position_and_two_photos_one_tap_leads_to_the_notice(
    browse, usuario_investigador, searched, rows
):
    page = browse(
        usuario_investigador,
        f"/oficios/{searched.id}/ubicado",
        **PHONE,
        geolocation={"latitude": -33.456, "longitude": -70.612, "accuracy": 12},
        permissions=["geolocation"],
    )
    expect(page.locator("[data-position-status]")).to_have_text("Posición tomada, exactitud ±12 m.")
    for label, name in (("Tomar foto", "frente.jpg"), ("Elegir de la galería", "patente.jpg")):
        with page.expect_file_chooser() as chooser:
            page.get_by_label(label).click()
        chooser.value.set_files([photo(name)])
    expect(page.locator("input[name=adjuntos]:checked")).to_have_count(2)
    page.get_by_label(re.compile("Av. Grecia 1180")).check()
    expect(page.get_by_label("Comuna")).to_be_hidden()
    page.get_by_label("Hay guardia o conserje").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe_findings(page) == []
    page.get_by_role("button", name="¡Ubicado!").click()

    expect(page).to_have_url(re.compile(r"/notificaciones/nueva\?fotos=\d+&fotos=\d+$"))
    expect(page.get_by_text("Ubicado en Av. Grecia 1180, Ñuñoa")).to_be_visible()
    expect(page.locator("input[name=adjuntos]:checked")).to_have_count(2)
    (found,) = rows(Ubicacion)
    assert (found.lat, found.lon, found.exactitud_m) == (-33.456, -70.612, 12)
    page.goto(f"/oficios/{searched.id}/ubicacion")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe_findings(page) == []
    assert rows(Oficio, id=searched.id)[0].estado is Estado.NOTIFICACION


def test_with_the_position_refused_the_street_needs_words_and_photos_survive_a_lost_signal(
    browse, usuario_investigador, searched, rows
):
    page = browse(usuario_investigador, f"/oficios/{searched.id}/ubicado", **PHONE, permissions=[])
    page.tolerated.append("ERR_INTERNET_DISCONNECTED")
    page.tolerated.append("status of 422")
    expect(page.locator("[data-position-status]")).to_contain_text("No hay permiso")
    send = page.get_by_role("button", name="¡Ubicado!")

    page.context.set_offline(True)
    page.locator("input[name=fotos]").set_input_files([photo("uno.jpg")])
    expect(page.locator(".ubicado-tile.is-lost")).to_be_visible()
    expect(send).to_be_disabled()
    page.context.set_offline(False)
    page.locator(".ubicado-retry").click()
    expect(page.locator("input[name=adjuntos]:checked")).to_have_count(1)

    page.get_by_label("Vía pública").check()
    send.click()
    expect(page.get_by_text("Sin posición hace falta una referencia")).to_be_visible()
    expect(page.locator("input[name=adjuntos]:checked")).to_have_count(1)
    page.get_by_label("Cómo encontrarlo").fill("Bajo la pasarela")
    page.get_by_label("Comuna").fill("penalolen")
    send.click()

    expect(page).to_have_url(re.compile("/notificaciones/nueva"))
    (found,) = rows(Ubicacion)
    assert found.sin_posicion is SinPosicion.RECHAZADA
    assert found.completa == "Vía pública: Bajo la pasarela, Peñalolén"


def test_the_menu_of_a_card_leads_there(browse, usuario_investigador, searched):
    page = browse(usuario_investigador, "/tablero", **PHONE)

    page.locator(f"#oficio-card-{searched.id} .card-menu").click()
    page.get_by_role("link", name="¡Ubicado!").click()

    expect(page).to_have_url(re.compile(f"/oficios/{searched.id}/ubicado$"))
