"""What somebody typed, when their session ended meanwhile or they are about to leave it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.oficios.models import Oficio, TextoPredefinido
from app.oficios.rules import Estado
from tests.adjuntos.files import jpeg
from tests.factories import PASSWORD, make_oficio

pytestmark = pytest.mark.e2e

WORDS = "Lo vio la vecina, sale a las siete"


def end_session(page: Page) -> None:
    """The browser is not known any more, as after the time of a session."""
    # What is asked for in the background meanwhile is refused, or sent to the page for signing in.
    page.tolerated.extend(["40[01]", "ERR_FAILED"])  # type: ignore[attr-defined] # of tests/plugins/browser.py
    page.context.clear_cookies()


def grow_old(page: Page) -> None:
    """The page's tokens do not hold any more, as after half a day."""
    page.tolerated.append("400")  # type: ignore[attr-defined] # of tests/plugins/browser.py
    page.evaluate(
        """() => {
          document.querySelectorAll("[name=csrf_token]").forEach((one) => { one.value = "viejo"; });
          document.body.setAttribute("hx-headers", '{"X-CSRFToken": "viejo"}');
        }"""
    )


def sign_in_again(page: Page, email: str) -> None:
    # A plain form is answered by a page that says so and leads on to the door.
    onwards = page.locator("a[data-to-form]")
    onwards.or_(page.locator("input[type=password]")).first.wait_for()
    if onwards.is_visible():
        onwards.click()
    page.wait_for_url("**/entrar**")
    page.locator("input[type=email]").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/oficios/{id}", "#linea"),
        ("/oficios/{id}/bitacora", "#descripcion"),
        ("/oficios/nuevo", "#notas_generales"),
        ("/oficios/{id}/mensajes", "textarea[name=texto]"),
        ("/admin/ajustes", "main form:not([enctype]) input[type=text] >> nth=0"),
    ],
    ids=["line", "note", "new oficio", "message", "settings"],
)
def test_what_was_typed_comes_back_after_signing_in(
    app, browse, buffet, usuario_admin, path, field
):
    case = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
    page = browse(usuario_admin, path.format(id=case.id))
    page.locator(field).fill(WORDS)
    form = page.locator(field).locator("xpath=ancestor::form")
    end_session(page)

    form.locator("button[type=submit], button:not([type])").first.click()
    sign_in_again(page, usuario_admin.email)

    expect(page.locator(field)).to_have_value(WORDS)
    expect(page.get_by_text("Aquí está lo que escribió")).to_be_visible()


def test_a_case_whose_session_ended_asks_no_more_says_it_once_and_keeps_what_is_typed(
    app, browse, buffet, usuario_admin
):
    case = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
    page = browse(usuario_admin, f"/oficios/{case.id}")
    page.locator("#linea").focus()
    page.keyboard.type(WORDS)
    end_session(page)
    asked: list[str] = []
    # What is typed is sent for a day that it names, once; the page itself only reads.
    page.on("request", lambda request: request.method == "GET" and asked.append(request.url))
    tell = """() => ["novedades:caso", "avisos:preguntar"]
      .forEach((name) => document.body.dispatchEvent(new Event(name)))"""

    page.evaluate(tell)
    told = page.get_by_text("Su sesión terminó")
    expect(told).to_be_visible()
    asked.clear()
    page.evaluate(tell)
    page.wait_for_timeout(1200)  # longer than the pause between two questions

    assert asked == []
    expect(told).to_have_count(1)
    expect(page.locator("#linea")).to_have_value(WORDS)
    page.reload()
    sign_in_again(page, usuario_admin.email)
    expect(page.locator("#linea")).to_have_value(WORDS)


def test_ubicado_goes_on_after_signing_in_with_its_words_and_its_photo(
    app, browse, buffet, usuario_investigador, usuario_admin, rows
):
    case = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
    page = browse(
        usuario_investigador,
        f"/oficios/{case.id}/ubicado",
        width=360,
        height=740,
        geolocation={"latitude": -33.456, "longitude": -70.612, "accuracy": 12},
        permissions=["geolocation"],
    )
    expect(page.locator("[data-position-status]")).to_contain_text("Posición tomada")
    photo = {"name": "frente.jpg", "mimeType": "image/jpeg", "buffer": jpeg((800, 600))}
    page.locator("input[type=file] >> nth=0").set_input_files([photo])
    expect(page.locator("input[name=adjuntos]:checked")).to_have_count(1)
    page.locator("#acceso").fill(WORDS)
    end_session(page)

    page.get_by_role("button", name="¡Ubicado!").click()
    sign_in_again(page, usuario_investigador.email)

    expect(page.locator("#acceso")).to_have_value(WORDS)
    expect(page.locator("input[name=adjuntos]:checked")).to_have_count(1)
    assert rows(Oficio, id=case.id)[0].estado is Estado.INVESTIGACION


def test_a_photo_of_a_form_that_did_not_arrive_comes_back(
    app, browse, buffet, usuario_investigador, usuario_admin
):
    case = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
    page = browse(usuario_investigador, f"/oficios/{case.id}/fotos")
    field = page.locator("#seccion form input[type=file]").first
    field.set_input_files(
        [{"name": "frente.jpg", "mimeType": "image/jpeg", "buffer": jpeg((800, 600))}]
    )
    end_session(page)

    page.locator("#seccion form button[type=submit]").first.click()
    sign_in_again(page, usuario_investigador.email)

    expect(page.get_by_text("Aquí está lo que escribió")).to_be_visible()
    page.wait_for_function(
        "document.querySelector('#seccion form input[type=file]').files.length === 1"
    )


def test_leaving_with_unsaved_typing_asks_and_leaving_without_does_not(
    app, browse, buffet, usuario_admin
):
    case = make_oficio(app, buffet, usuario_admin)
    page = browse(usuario_admin, f"/oficios/{case.id}")
    asked: list[str] = []

    def stay(dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("#linea").press_sequentially("A medio escribir")
    page.get_by_role("link", name="Informes").first.click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.locator("#linea")).to_have_value("A medio escribir")

    page.locator("#linea").fill("")
    page.get_by_role("link", name="Informes").first.click()
    page.wait_for_url("**/informes**")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/oficios/{id}", "#linea"),
        ("/oficios/{id}/bitacora", "#descripcion"),
        ("/oficios/{id}/avistamientos", "#notas"),
        ("/oficios/nuevo", "#notas_generales"),
        ("/oficios/{id}/mensajes", "textarea[name=texto]"),
    ],
    ids=["line", "note", "sighting", "new oficio", "message"],
)
def test_a_form_older_than_its_token_keeps_what_was_typed_and_goes_on(
    app, browse, buffet, usuario_admin, path, field
):
    case = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
    page = browse(usuario_admin, path.format(id=case.id))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    box = page.locator(field)
    for shut in box.locator("xpath=ancestor::details[not(@open)]").all():
        shut.locator("> summary").click()
    box.press_sequentially(WORDS)
    grow_old(page)

    box.locator("xpath=ancestor::form").locator("button:not([type=button])").first.click()
    back = page.get_by_role("link", name="Volver al formulario")
    told = page.get_by_text("Aquí está lo que escribió")
    told.or_(back).first.wait_for()
    if back.is_visible():
        back.click()

    expect(told).to_be_visible()
    expect(box).to_have_value(WORDS)
    assert asked == []


def test_what_is_sent_again_from_the_answer_to_an_old_token_does_not_come_back(
    browse, usuario_admin, rows
):
    page = browse(usuario_admin, "/admin/textos")
    field = page.locator("#texto")
    field.fill(WORDS)
    form = field.locator("xpath=ancestor::form")
    grow_old(page)
    form.locator("button:not([type=button])").first.click()

    page.get_by_role("button", name="Guardar otra vez").click()
    page.wait_for_url("**/admin/textos")

    assert [row.texto for row in rows(TextoPredefinido)] == [WORDS]
    expect(page.get_by_text("Aquí está lo que escribió")).to_have_count(0)
    expect(field).to_have_value("")
