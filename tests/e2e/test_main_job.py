"""The whole main job in a browser, over the served application with all its real processes."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from config import ROOT
from tests.plugins.browser import drag
from tests.plugins.served import Served

pytestmark = pytest.mark.e2e

SAMPLE = ROOT / "tests" / "data" / "oficios_buffet.xlsx"
#: A row of the sample whose plate crosses gantries in the demo's provider.
NUMERO = "OF-2026-00700"


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    page.goto(f"{url}/entrar")
    page.get_by_label("Correo").fill(email)
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("button", name="Entrar", exact=True).click()


def photo() -> dict:
    buffer = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(buffer, "JPEG")
    return {"name": "frente.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def test_from_a_buffets_spreadsheet_to_a_notified_bailiff(rastro: Served, new_page):
    page = new_page(width=1440, height=900)

    # Sign in: an investigador lands on the Kanban.
    sign_in(page, rastro.url, "investigador@investigaciones.cl", "inv123")
    expect(page).to_have_url(re.compile("/tablero$"))

    # Import the sample as it is.
    page.goto(f"{rastro.url}/importar")
    page.locator("main").get_by_label("Buffet").select_option(label="González y Asociados")
    page.locator("input[type=file]").set_input_files(SAMPLE)
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("button", name="Importar 56 oficios").click()
    expect(page.get_by_text("Se crearon 56 oficios.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("3 filas quedaron fuera")).to_be_visible()
    page.goto(f"{rastro.url}/tablero?q={NUMERO}")
    card = page.locator(".oficio-card", has_text=NUMERO)
    expect(card).to_be_visible()
    oficio_id = card.get_attribute("data-id")

    # Drag the card to another column; the server keeps it there.
    target = page.locator(".board-cards[data-estado=investigacion]")
    column = page.locator(".board-column", has=target)
    with page.expect_response(re.compile(r"/mover$")) as moved:
        drag(page, card, column)
    assert moved.value.status == 200
    page.reload()
    expect(target.locator(".oficio-card", has_text=NUMERO)).to_be_visible()

    # Check the gantries: sightings arrive without reloading.
    case = f"{rastro.url}/oficios/{oficio_id}"
    page.goto(f"{case}/avistamientos")
    section = page.locator(f"#oficio-avistamientos-{oficio_id}")
    expect(section.locator("tbody tr")).to_have_count(0)
    section.get_by_role("button", name="Consultar pórticos").click()
    section.get_by_role("button", name="Búsqueda del vehículo").click()
    expect(section.get_by_text("Simulado").first).to_be_visible(timeout=40_000)
    page.goto(case)
    expect(page.get_by_text("Pasa a Investigación")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+ avistamientos? nuevos?")).first).to_be_visible()

    # Add a visit.
    page.goto(f"{case}/direcciones")
    section = page.locator(f"#oficio-direcciones-{oficio_id}")
    section.get_by_role("link", name="Registrar visita").click()
    section.get_by_label("Exitosa").check()
    section.get_by_label("Notas").fill("Estacionado en el subterráneo, calza 41.")
    section.get_by_role("button", name="Guardar visita").click()
    expect(section.get_by_text("calza 41")).to_be_visible()

    # Upload a photo.
    page.goto(f"{case}/fotos")
    section = page.locator(f"#oficio-fotos-{oficio_id}")
    section.locator("input[type=file]").first.set_input_files([photo()])
    section.get_by_role("button", name="Subir").click()
    expect(section.locator("img").first).to_be_visible()

    # Notify the receptor with the photo.
    page.goto(f"{case}/notificaciones/nueva")
    form = page.locator("main")
    form.get_by_label("Receptor", exact=True).select_option("")
    form.get_by_label("Nombre").fill("Rosa Ibáñez")
    form.get_by_label("Correo").fill("rosa@receptores.example")
    form.locator("input[name=adjuntos]").first.check()
    form.get_by_label("Mensaje").fill("Sale cerca de las 7:30.")
    page.get_by_role("button", name="Ver vista previa").click()
    page.get_by_role("button", name="Enviar al receptor").click()
    expect(page.get_by_text("Enviada").first).to_be_visible(timeout=40_000)

    # The mail with the photo inside is in the SMTP server.
    (mail,) = rastro.mails()
    assert "rosa@receptores.example" in str(mail["To"])
    kinds = [part.get_content_type() for part in mail.walk()]
    assert {"text/plain", "text/html", "image/jpeg"} <= set(kinds)
    text = mail.get_body(("plain",))
    assert text is not None
    assert "7:30" in text.get_content()
    page.goto(f"{rastro.url}/demo/buzon")
    expect(page.get_by_text("rosa@receptores.example").first).to_be_visible()

    # The receptor answers from her telephone, and the investigator's bell says so, beside the
    # sightings that it told of before.
    answer_path = re.search(r"/r/[\w.-]+", text.get_content())
    assert answer_path is not None
    receptora = new_page(width=360, height=780)
    receptora.goto(rastro.url + answer_path[0])
    receptora.get_by_label("Voy en camino").check()
    receptora.get_by_label("Comentario").fill("Salgo ahora.")
    receptora.get_by_role("button", name="Enviar respuesta").click()
    expect(receptora.get_by_text("su respuesta quedó anotada")).to_be_visible()
    page.goto(f"{rastro.url}/tablero")
    page.get_by_role("link", name=re.compile(r"^Avisos: \d+ nuevos")).click()
    expect(page.get_by_text("avistamientos nuevos de").first).to_be_visible()
    page.get_by_role("button", name="Ver la respuesta").click()
    expect(page.get_by_text("Salgo ahora.").first).to_be_visible()

    # The buffet's link shows the oficio and its milestones, and nothing more.
    admin = new_page()
    sign_in(admin, rastro.url, "admin@investigaciones.cl", "admin123")
    admin.goto(f"{rastro.url}/admin/buffets")
    admin.get_by_role("link", name="González y Asociados").click()
    link = admin.locator(".secret code").inner_text()
    buffet = new_page(width=360, height=780)
    buffet.goto(link.replace(link.partition("/b/")[0], rastro.url))
    buffet.get_by_role("button", name="Ver mis oficios").click()
    expect(buffet).to_have_url(f"{rastro.url}/portal")
    buffet.goto(f"{rastro.url}/portal/oficios/{oficio_id}")
    expect(buffet.get_by_text("Receptor judicial notificado")).to_be_visible()
    expect(buffet.get_by_text("Comienza la búsqueda")).to_be_visible()
    assert "calza 41" not in buffet.content()
