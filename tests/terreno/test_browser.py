"""Terreno on a phone without a signal: nothing is lost, nothing comes twice."""

from __future__ import annotations

import hashlib
import re
import threading
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.adjuntos.models import Adjunto
from app.ajustes.service import set_setting
from app.core.clock import utcnow
from app.db import db, transaction
from app.direcciones.models import Visita
from app.direcciones.rules import ResultadoVisita
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.oficios.service import DireccionData, record
from app.terreno import pages as views
from app.ubicado.models import Ubicacion
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.usuarios.rules.sesiones import KEEP_DATA
from tests.adjuntos.files import jpeg, make_adjunto
from tests.factories import make_usuario
from tests.plugins.browser import wait_until
from tests.terreno.places import change_place, make_place

PHONE = {
    "width": 360,
    "height": 740,
    "has_touch": True,
    "geolocation": {"latitude": -33.4569, "longitude": -70.6, "accuracy": 14},
    "permissions": ["geolocation"],
}
#: What a browser writes down of requests without a signal, or whose answer never came.
NO_SIGNAL = [r"ERR_INTERNET_DISCONNECTED", r"ERR_FAILED", r"ERR_CONNECTION"]

#: Has the phone refuse photos, until ``window.full`` is false.
FULL = """() => {
    window.full = true;
    const { add } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.add = function (row) {
        if (window.full && this.name === "fotos") throw new DOMException("", "QuotaExceededError");
        return add.call(this, row);
    };
}"""
#: Counts what is in the phone's store.
COUNT = """(lists) => new Promise((resolve) => {
    const request = indexedDB.open("terreno");
    request.onsuccess = () => {
        const names = ["visitas", "fotos", "listas"].slice(0, lists ? 3 : 2);
        const transaction = request.result.transaction(names);
        const asked = names.map((name) => transaction.objectStore(name).count());
        transaction.oncomplete = () => resolve(asked.reduce((sum, one) => sum + one.result, 0));
    };
})"""
#: Whether the small photos of a person's list are on the phone.
PHOTOS_KEPT = """async (id) => {
    const store = await import(document.querySelector("[href$='terreno/store.js']").href);
    return Object.keys((await store.keptList(id)).fotos).length > 0;
}"""
#: How many files that were shared an account is shown.
SHARED = """async (id) => {
    const store = await import(document.querySelector("[href$='terreno/shared-store.js']").href);
    return (await store.listShared(id)).length;
}"""
#: Does what a phone does when a photo is shared with Terreno from its gallery.
SHARE = """(bytes) => {
    const make = (tag, values) => Object.assign(document.createElement(tag), values);
    const where = { method: "post", action: "/terreno/compartir" };
    const form = make("form", { ...where, enctype: "multipart/form-data" });
    for (const [name, value] of [["titulo", "Mire"], ["texto", "está aquí"]]) {
        form.append(make("input", { name, value }));
    }
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(bytes)], "chat.jpg", { type: "image/jpeg" }));
    const input = make("input", { type: "file", name: "archivos" });
    input.files = files.files;
    form.append(input);
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
}"""

pytestmark = pytest.mark.e2e


@pytest.fixture
def phone(request, browse, usuario_investigador):
    """Carla's phone with Terreno open and its worker in place."""
    if request.config.getoption("--database") == "postgresql":
        pytest.skip("what a browser shows does not depend on the database")
    page = browse(usuario_investigador, "/terreno", **PHONE)
    installed(page)
    return page


def installed(page):
    """Wait until the worker has all that it keeps, and answers for the page."""
    page.tolerated = list(NO_SIGNAL)
    ready(page)
    wait_until(page, "() => navigator.serviceWorker.controller !== null")


def ready(page):
    page.wait_for_selector("#terreno[data-listo]", state="attached")


def only_cache(page, name):
    """Wait until the phone keeps this version and no other: its worker is in place."""
    wait_until(page, "async (name) => (await caches.keys()).join() === name", name)


def reopen(page):
    """Close the page and open it anew in the same browser, as people do."""
    context = page.context
    page.close()
    new = context.new_page()
    new.goto("/terreno")
    ready(new)
    return new


def register(page, direccion_id, outcome, photos=0):
    """Two taps: the outcome, save; with photos of the camera between them."""
    card = page.locator(f"#terreno-lugar-{direccion_id}")
    card.get_by_role("radio", name=outcome, exact=True).tap()
    if photos:
        card.locator("[name=fotos]").set_input_files(
            [
                {"name": f"foto-{n}.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
                for n in range(photos)
            ]
        )
    card.get_by_role("button", name="Guardar visita").tap()
    card.locator("[data-terreno-waiting] li").first.wait_for()


def rows_waiting(page, *, with_lists=False):
    """How many visits and photos the phone has."""
    return page.evaluate(COUNT, with_lists)


def ids(page):
    """The addresses on the page, from top to bottom."""
    cards = page.locator(".terreno-lugar")
    return [
        int(pk) for pk in cards.evaluate_all("all => all.map((one) => one.dataset.direccionId)")
    ]


def waiting(page):
    return page.locator("[data-terreno-queue-title]").text_content()


def sent(page):
    page.locator("[data-terreno-queue]").wait_for(state="hidden")


def test_visits_and_photos_made_without_a_signal_come_once_and_in_order(
    app, buffet, usuario_investigador, rows, request
):
    oficio_id, first = make_place(app, buffet, usuario_investigador)
    places = [first] + [
        make_place(
            app,
            buffet,
            usuario_investigador,
            direccion=DireccionData(direccion=street, comuna="Macul"),
        )[1]
        for street in ("Los Plátanos 10", "Los Olmos 20")
    ]
    page = request.getfixturevalue("phone")
    page.context.set_offline(True)
    page = reopen(page)
    assert "Sin señal. La lista es del" in page.locator("[data-terreno-state]").text_content()
    for place, outcome in zip(places, ("No encontrado", "Se mudó", "Exitosa"), strict=True):
        register(page, place, outcome, photos=2)
    assert waiting(page) == "3 visitas y 6 fotos esperan señal"
    page = reopen(page)
    assert waiting(page) == "3 visitas y 6 fotos esperan señal"
    assert rows(Visita) == []

    page.context.set_offline(False)
    sent(page)

    visitas = rows(Visita)
    assert [(visita.direccion_id, visita.resultado.value) for visita in visitas] == list(
        zip(places, ("no_encontrado", "se_mudo", "exitosa"), strict=True)
    )
    assert [visita.fecha_hora for visita in visitas] == sorted(v.fecha_hora for v in visitas)
    assert all((visita.lat, visita.exactitud_m) == (-33.4569, 14) for visita in visitas)
    fotos = rows(Adjunto)
    assert [foto.visita_id for foto in fotos] == [v.id for v in visitas for _ in range(2)]
    assert [foto.filename for foto in fotos] == ["foto-0.jpg", "foto-1.jpg"] * 3
    assert len({foto.sha256 for foto in fotos}) == 6
    kinds = [entry.tipo for entry in rows(Investigacion, oficio_id=oficio_id)]
    assert kinds.count(Actividad.TERRENO) == 1
    assert kinds.count(Actividad.ADJUNTO) == 2
    # Reopening sends nothing again, and the list says what was found.
    page = reopen(page)
    assert page.locator("[data-grupo=hoy] .terreno-lugar").count() == 3
    assert len(rows(Visita)) == 3


def test_an_answer_that_is_lost_leaves_one_visit_and_one_photo(
    app, buffet, usuario_investigador, rows, request
):
    _, place = make_place(app, buffet, usuario_investigador)
    page = request.getfixturevalue("phone")
    lost: list[str] = []

    def lose_the_first(route):
        url = route.request.url
        if route.request.method == "POST" and url not in lost:
            lost.append(url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/terreno/datos/visitas**", lose_the_first)
    register(page, place, "Otro resultado", photos=1)
    queue = page.locator("[data-terreno-queue]")
    for _ in range(100):
        if len(lost) == 2 and not queue.is_visible():
            break
        page.locator("[data-terreno-send]").evaluate("button => button.click()")
        page.wait_for_timeout(200)

    assert len(lost) == 2, "the answers to the visit and to its photo were lost"
    assert len(rows(Visita)) == 1
    assert len(rows(Adjunto)) == 1


def test_what_changed_meanwhile_is_decided_on_the_phone(
    app, buffet, usuario_investigador, rows, change, request
):
    oficio_id, place = make_place(app, buffet, usuario_investigador)
    page = request.getfixturevalue("phone")
    page.tolerated.append("409")
    colleague = make_usuario(app, Rol.INVESTIGADOR, nombre="Julia Paz")
    page.context.set_offline(True)
    register(page, place, "No encontrado")
    [oficio] = rows(Oficio, id=oficio_id)
    change(oficio, investigador_id=colleague.id)
    page.context.set_offline(False)

    problem = page.locator("[data-part=problem]")
    problem.wait_for()
    assert "ahora está asignado a Julia Paz" in problem.text_content()
    assert "usted decida" in waiting(page)
    assert rows(Visita) == []
    page.get_by_role("button", name="Enviar igual").tap()
    sent(page)

    assert [visita.resultado for visita in rows(Visita)] == [ResultadoVisita.NO_ENCONTRADO]


def test_a_full_phone_says_so_and_what_is_refused_waits_for_a_decision(
    app, buffet, usuario_investigador, rows, request
):
    _, place = make_place(app, buffet, usuario_investigador)
    page = request.getfixturevalue("phone")
    page.tolerated.append("422")
    card = page.locator(f"#terreno-lugar-{place}")
    card.get_by_role("radio", name="Otro resultado").tap()
    card.get_by_label("Notas").fill("Hay un portón gris.")
    card.locator("[name=camara]").set_input_files(
        {"name": "rota.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + bytes(60_000)}
    )
    page.evaluate(FULL)
    card.get_by_role("button", name="Guardar visita").tap()
    card.get_by_text("El teléfono no tiene espacio").wait_for()
    assert card.get_by_label("Notas").input_value() == "Hay un portón gris."

    assert rows_waiting(page) == 0, "neither the photo nor its visit"
    page.evaluate("window.full = false")
    card.get_by_role("button", name="Guardar visita").tap()
    stuck = page.locator("[data-part=photos] .is-stuck")
    stuck.wait_for()
    assert [visita.notas for visita in rows(Visita)] == ["Hay un portón gris."]
    assert "cortada o dañada" in stuck.text_content()
    assert stuck.get_by_role("link", name="Guardar en el teléfono").is_visible()
    stuck.get_by_role("button", name="Descartar").tap()
    page.get_by_role("button", name="Descartar la foto").tap()
    sent(page)
    assert rows(Adjunto) == []


def test_the_nearest_comes_first_where_that_is_allowed_and_else_it_says_why_not(
    app, buffet, usuario_investigador, request
):
    _, far = make_place(app, buffet, usuario_investigador, fecha_limite=date(2026, 12, 1))
    _, near = make_place(app, buffet, usuario_investigador, fecha_limite=date(2027, 3, 1))
    change_place(app, far, lat=-33.60, lon=-70.6)
    change_place(app, near, lat=-33.457, lon=-70.601)
    page = request.getfixturevalue("phone")

    page.get_by_text("Más cercanas primero; su posición tiene un margen de ±14 m.").wait_for()
    assert ids(page) == [near, far]
    assert page.locator(f"#terreno-lugar-{near} [data-terreno-distance]").text_content() == "a 90 m"

    page.context.clear_permissions()
    page = reopen(page)
    page.get_by_role("button", name="Más cercanas primero").tap()
    page.get_by_text("permita la posición en los ajustes del navegador").wait_for()
    assert ids(page) == [far, near]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_used_by_everybody(
    app, browse, buffet, usuario_investigador, request, scheme
):
    if request.config.getoption("--database") == "postgresql":
        pytest.skip("what a browser shows does not depend on the database")
    _, place = make_place(app, buffet, usuario_investigador)
    page = browse(usuario_investigador, "/terreno", color_scheme=scheme, **PHONE)
    installed(page)
    page.context.set_offline(True)
    register(page, place, "No encontrado", photos=1)
    page.get_by_role("radio", name="Exitosa").check()

    found = Axe().run(page).response["violations"]

    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"], "nothing is wider than the screen"


def test_a_new_version_replaces_what_the_phone_kept(phone, monkeypatch):
    monkeypatch.setattr(views, "version", lambda: "otra")

    phone.goto("/terreno")

    only_cache(phone, "terreno-otra")
    ready(phone)
    assert phone.locator("#terreno").get_attribute("data-version") == "otra"


def test_a_phone_with_the_worker_of_before_the_modules_gets_the_new_one(
    browse, usuario_investigador, app, monkeypatch
):
    old = """
        self.addEventListener("install", (event) => event.waitUntil(
            caches.open("terreno-vieja").then(() => self.skipWaiting())));
        self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
    """
    headers = {"Content-Type": "text/javascript", "Service-Worker-Allowed": "/terreno"}
    with monkeypatch.context() as before:
        before.setitem(app.view_functions, "terreno.service_worker", lambda: (old, headers))
        page = browse(usuario_investigador, "/tablero", **PHONE)
        page.evaluate(
            """async () => {
                const options = { scope: "/terreno", updateViaCache: "none" };
                const made = await navigator.serviceWorker.register("/terreno/sw.js", options);
                const tick = () => new Promise((resolve) => { setTimeout(resolve, 20); });
                while (made.active?.state !== "activated") await tick();
            }"""
        )
    page.goto("/terreno")
    page.tolerated = list(NO_SIGNAL)
    ready(page)

    only_cache(page, f"terreno-{views.version()}")
    page.context.set_offline(True)
    assert reopen(page).locator("#terreno").get_attribute("data-version") == views.version()


def test_without_a_signal_in_the_minute_of_an_update_the_version_of_before_starts(
    phone, app, monkeypatch
):
    """The update is cut off while it is fetched: what the phone had must still open."""
    before = phone.locator("#terreno").get_attribute("data-version")
    shell = app.view_functions["terreno.shell"]
    asked, over = threading.Event(), threading.Event()

    def slow_shell():
        asked.set()
        over.wait(20)
        return shell()

    monkeypatch.setattr(views, "version", lambda: "otra")
    monkeypatch.setitem(app.view_functions, "terreno.shell", slow_shell)
    try:
        phone.goto("/terreno")
        ready(phone)
        assert phone.locator("#terreno").get_attribute("data-version") == "otra"
        assert asked.wait(20)
        phone.context.set_offline(True)

        again = reopen(phone)

        assert again.locator("#terreno").get_attribute("data-version") == before
    finally:
        over.set()


def test_a_browser_that_cannot_keep_the_page_is_told_so(browse, usuario_investigador, request):
    if request.config.getoption("--database") == "postgresql":
        pytest.skip("what a browser shows does not depend on the database")
    page = browse(usuario_investigador, "/tablero", **PHONE)
    page.add_init_script(
        "ServiceWorkerContainer.prototype.register = () => Promise.reject(new TypeError('type'))"
    )

    page.goto("/terreno")

    page.get_by_text("use una versión actual de Chrome, Edge o Safari").wait_for()


def test_without_javascript_a_visit_is_two_taps_as_well(
    request, browse, app, buffet, usuario_investigador, rows
):
    if request.config.getoption("--database") == "postgresql":
        pytest.skip("what a browser shows does not depend on the database")
    _, place = make_place(app, buffet, usuario_investigador)
    page = browse(usuario_investigador, "/terreno", java_script_enabled=False, **PHONE)
    save = page.get_by_role("button", name="Guardar visita")
    assert not save.is_visible()

    page.get_by_role("radio", name="Se mudó").check()
    save.click()

    page.get_by_text("Se guardó la visita.").wait_for()
    assert [visita.direccion_id for visita in rows(Visita)] == [place]


def test_signing_out_warns_and_then_leaves_nothing_and_nobody_else_sees_it_before(
    app, buffet, usuario_investigador, rows, sign_in, request, live_server
):
    _, place = make_place(app, buffet, usuario_investigador)
    page = request.getfixturevalue("phone")
    page.tolerated.append("401")
    own = page.context.cookies()
    page.context.set_offline(True)
    register(page, place, "No encontrado", photos=1)

    # The session ended meanwhile: the visit waits for its person, and is not shown to anybody.
    page.context.clear_cookies()
    page.context.set_offline(False)
    page.get_by_text("Su sesión terminó").wait_for()
    assert page.locator("[data-terreno-items] li").count() == 0
    assert "1 visita y 1 foto" in page.locator("[data-terreno-session]").text_content()

    # A colleague signs in on the same phone: told of it, without seeing or sending it.
    colleague = make_usuario(app, Rol.INVESTIGADOR, nombre="Julia Paz")
    cookie = sign_in(colleague).get_cookie("rastro")
    page.context.add_cookies([{"name": "rastro", "value": cookie.value, "url": live_server}])
    page = reopen(page)
    page.get_by_text("1 visita espera en este teléfono y no es suya").wait_for()
    assert not page.locator("[data-terreno-queue]").is_visible()
    assert "Rosa Soto" not in page.content()
    assert rows(Visita) == []

    # Carla again, with a weak signal for what she sends: she may sign out after a warning.
    page.context.clear_cookies()
    page.context.add_cookies(own)
    page.route("**/terreno/datos/visitas**", lambda route: route.abort())
    page.goto("/terreno")
    page.locator("[data-terreno-queue]").wait_for()
    assert "1 visita y 1 foto" in waiting(page)
    leave = page.locator("form[action$='/salir']")
    leave.evaluate("form => form.requestSubmit()")
    page.get_by_text("1 visita y 1 foto sin enviar").wait_for()
    page.get_by_role("button", name="Borrar y cerrar sesión").tap()
    page.wait_for_url(re.compile("/entrar"))

    left = page.evaluate(
        """async () => ({
            caches: (await caches.keys()).length,
            workers: (await navigator.serviceWorker.getRegistrations()).length,
            owner: localStorage.getItem("terreno-usuario"),
        })"""
    )
    assert left == {"caches": 0, "workers": 0, "owner": None}
    assert rows_waiting(page, with_lists=True) == 0
    assert rows(Visita) == []


def test_where_the_office_has_devices_keep_nothing_what_waited_is_sent_and_all_else_goes(
    app, buffet, usuario_investigador, rows, request, direccion_id
):
    page = request.getfixturevalue("phone")
    own = rows_waiting(page, with_lists=True)
    page.context.set_offline(True)
    register(page, direccion_id, "No encontrado")
    assert rows_waiting(page, with_lists=True) == own + 1
    with app.app_context(), transaction():
        set_setting(KEEP_DATA.clave, "no")
    page.route("**/terreno/datos/**", lambda route: route.abort())
    page.context.set_offline(False)

    page = reopen(page)

    page.get_by_text("Terreno funciona solo con señal").wait_for()
    wait_until(page, "() => localStorage.getItem('terreno-usuario') === null")
    assert len(rows(Visita)) == 1, "what waited was not lost"
    assert rows_waiting(page, with_lists=True) == 0
    left = (
        "async () => [...await caches.keys(), ...await navigator.serviceWorker.getRegistrations()]"
    )
    assert page.evaluate(left) == []
    # What is sent with the plain form leaves no copy in the tab either.
    kept = page.evaluate(
        """() => {
            addEventListener("submit", (event) => event.preventDefault());
            document.querySelector("[data-terreno-form]").requestSubmit();
            return sessionStorage.getItem("borrador");
        }"""
    )
    assert kept is None


def test_a_vehicle_found_in_a_car_park_waits_on_the_phone_and_is_sent_once(
    app, buffet, usuario_investigador, rows, request
):
    oficio_id, _ = make_place(app, buffet, usuario_investigador)
    with app.app_context(), transaction():
        oficio = db.session.get_one(Oficio, oficio_id)
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        record(oficio, Actividad.NOTA, "El guardia conoce el auto.", actor=actor, now=utcnow())
    make_adjunto(app, rows(Oficio, id=oficio_id)[0], usuario_investigador)
    page = request.getfixturevalue("phone")
    wait_until(page, PHOTOS_KEPT, usuario_investigador.id)
    page.context.set_offline(True)
    page = reopen(page)
    page.get_by_text("lo último que se anotó").tap()
    assert page.get_by_text("El guardia conoce el auto.").is_visible()
    picture = page.get_by_alt_text("Foto 1 del caso")
    wait_until(page, "() => document.querySelector('img[data-foto]').naturalWidth > 0")
    assert picture.get_attribute("src").startswith("blob:")

    page.evaluate("navigator.storage.persist = async () => (globalThis.asked = true)")
    page.get_by_role("link", name="¡Ubicado!").tap()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Posición tomada, exactitud ±14 m.").wait_for()
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    dialog.get_by_role("button", name="¡Ubicado!").tap()
    dialog.get_by_text("Falta la foto").wait_for()
    for name, title in (("camara", "uno.jpg"), ("fotos", "dos.jpg")):
        dialog.locator(f"[name=found-{name}]").set_input_files(
            [{"name": title, "mimeType": "image/jpeg", "buffer": jpeg()}]
        )
    dialog.get_by_label("Vía pública").check()
    dialog.get_by_label("Comuna").fill("Ninguna")
    dialog.get_by_role("button", name="¡Ubicado!").tap()
    dialog.get_by_text("Elija la comuna de la lista").wait_for()
    dialog.get_by_label("Av. Grecia 1180, Ñuñoa").check()
    dialog.get_by_label("Otros datos de acceso").fill("Puesto 214.")
    dialog.get_by_role("button", name="¡Ubicado!").tap()
    dialog.wait_for(state="hidden")
    page.get_by_text("1 ubicación y 2 fotos esperan señal", exact=True).wait_for()
    assert page.evaluate("asked"), "the phone is to keep what waits, however full it gets"
    page = reopen(page)
    assert rows(Ubicacion) == []

    page.context.set_offline(False)
    sent(page)

    (located,) = rows(Ubicacion)
    assert (located.lugar, located.lat, located.acceso) == (
        "Av. Grecia 1180",
        -33.4569,
        "Puesto 214.",
    )
    assert len(rows(Adjunto)) == 3
    page.get_by_role("link", name="Revisar el aviso").wait_for()
    assert len(rows(Ubicacion)) == 1


def test_what_another_application_shares_without_a_signal_goes_to_the_case_that_is_chosen(
    app, buffet, usuario_investigador, rows, request
):
    oficio_id, _ = make_place(app, buffet, usuario_investigador)
    page = request.getfixturevalue("phone")
    page.context.set_offline(True)
    picture = jpeg()
    page.evaluate(SHARE, list(picture))
    page.get_by_text("1 archivo recibido de otra aplicación").wait_for()
    own, others = (page.evaluate(SHARED, usuario_investigador.id + more) for more in (0, 1))
    assert (own, others) == (1, 0), "another account on this phone"

    page.get_by_label("¿De qué caso son?").select_option(str(oficio_id))
    page.get_by_role("button", name="Guardar en el caso").tap()
    page.get_by_text("1 foto espera señal", exact=True).wait_for()
    page.context.set_offline(False)
    sent(page)

    (photo,) = rows(Adjunto)
    assert (photo.oficio_id, photo.sha256) == (oficio_id, hashlib.sha256(picture).hexdigest())
    assert photo.descripcion == "Recibida por otra aplicación: «Mire: está aquí»"
    assert not page.locator("[data-terreno-shared]").is_visible()
