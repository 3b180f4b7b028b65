"""Notices on a person's devices: by a push service on loopback, which only the browser can read."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.auditoria.models import Auditoria
from app.avisos import outside
from app.avisos.models import Aviso, EquipoAvisado
from app.avisos.queries import read_choices
from app.avisos.rules import Canales, Novedad, PorCorreo, offered, say_on_device
from app.avisos.service import choose
from app.core.clock import utcnow
from app.core.push_message import new_key
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.oficios.models import Oficio
from app.oficios.service import PropietarioData, assign_oficio
from app.titulares.service import block_cases
from app.usuarios.models import Sesion, Usuario
from app.usuarios.rules.sesiones import FinSesion
from app.usuarios.service.sesiones import end_session
from tests.avisos.push_service import Browser
from tests.factories import make_oficio

SERVICE = "https://push.example.com/enviar/abc"


@pytest.fixture
def push(configure, provider_server, monkeypatch):
    """An installation with keys, and a push service of this machine that takes everything."""
    configure(vapid_private_key=new_key(), vapid_subject="mailto:rastro@oficina.example")
    monkeypatch.setattr(outside, "ALLOW_PRIVATE", True)
    provider_server.answer("/enviar", 201)
    return provider_server


@pytest.fixture
def phone(app, push, investigador, usuario_investigador):
    """The investigator's phone, which was allowed and whose messages go to that service."""
    own = Browser()
    agreed = investigador.post("/cuenta/avisos/equipos", data=own.subscription(SERVICE))
    assert agreed.json == {"ok": True}
    with app.app_context(), transaction():
        db.session.execute(sa.update(EquipoAvisado).values(direccion=f"{push.url}/enviar/abc"))
    return own


@pytest.fixture
def caso(app, buffet, usuario_admin):
    return make_oficio(
        app,
        buffet,
        usuario_admin,
        patente="BBCL12",
        propietario=PropietarioData(nombre="Rosa Soto", rut="12345678-5"),
    )


def assign(app, oficio, actor, to):
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        person = db.session.get_one(Usuario, to.id)
        assign_oficio(row, person, actor=db.session.get_one(Usuario, actor.id), now=utcnow())


def run(app, **ahead):
    now = utcnow() + timedelta(**ahead)
    with app.app_context():
        work("prueba", clock=lambda: now)


def test_an_assignment_reaches_the_device_by_kind_and_number_alone(
    app, push, phone, caso, usuario_admin, usuario_investigador, rows
):
    assign(app, caso, usuario_admin, usuario_investigador)
    assert push.requests == []
    run(app)

    (sent,) = push.requests
    message = json.loads(phone.read(sent.body))
    assert message["texto"] == f"Le asignaron un caso · oficio {caso.numero_oficio}"
    assert message["url"] == f"/oficios/{caso.id}"
    for secret in ("Rosa", "Soto", "BBCL12", "12345678", "Estudio"):
        assert secret not in json.dumps(message)
    assert caso.numero_oficio.encode() not in sent.body
    assert sent.headers["Content-Encoding"] == "aes128gcm"
    assert sent.headers["Authorization"].startswith("vapid t=")
    assert int(sent.headers["TTL"]) > 0
    assert rows(EquipoAvisado)[0].enviado_at is not None
    run(app, minutes=5)
    assert len(push.requests) == 1


def test_much_in_a_minute_is_one_message(
    app, push, phone, buffet, usuario_admin, usuario_investigador
):
    first, *others = [make_oficio(app, buffet, usuario_admin) for _ in range(4)]
    assign(app, first, usuario_admin, usuario_investigador)
    run(app)
    for one in others:
        assign(app, one, usuario_admin, usuario_investigador)
    run(app)
    assert len(push.requests) == 1
    run(app, minutes=2)

    assert json.loads(phone.read(push.requests[1].body)) == {
        "texto": "3 avisos nuevos",
        "url": "/avisos",
        "marca": push.requests[1].headers["Topic"],
    }
    run(app, minutes=5)
    assert len(push.requests) == 2


def test_nobody_is_told_of_their_own_deed_nor_of_a_kind_they_left_out(
    app, push, phone, caso, buffet, usuario_admin, usuario_investigador, rows
):
    assign(app, caso, usuario_investigador, usuario_investigador)
    with app.app_context(), transaction():
        row = db.session.get_one(Usuario, usuario_investigador.id)
        choose(row, {Novedad.ASIGNADO: Canales(True, PorCorreo.NO, False)}, hora=8)
    other = make_oficio(app, buffet, usuario_admin)
    assign(app, other, usuario_admin, usuario_investigador)
    run(app)

    assert push.requests == []
    assert rows(Trabajo, tipo="avisos.equipos") == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    app, push, phone, caso, usuario_admin, usuario_investigador, rows, status
):
    push.answer("/enviar", status)
    assign(app, caso, usuario_admin, usuario_investigador)
    run(app)

    assert rows(EquipoAvisado) == []
    assert [one.estado for one in rows(Trabajo, tipo="avisos.equipo")] == [EstadoTrabajo.HECHO]
    run(app, hours=2)
    assert len(push.requests) == 1


def test_a_service_that_is_down_is_tried_again_with_the_same_mark(
    app, push, phone, caso, usuario_admin, usuario_investigador
):
    push.answer("/enviar", 503)
    assign(app, caso, usuario_admin, usuario_investigador)
    run(app)
    push.answer("/enviar", 201)
    run(app, hours=1)

    one, again = push.requests
    assert one.headers["Topic"] == again.headers["Topic"]
    assert json.loads(phone.read(one.body)) == json.loads(phone.read(again.body))


def test_nothing_goes_out_once_the_session_ended_the_notice_was_read_or_its_case_is_blocked(
    app, push, phone, buffet, usuario_admin, usuario_investigador, investigador, rows
):
    read, blocked, late = [make_oficio(app, buffet, usuario_admin) for _ in range(3)]
    assign(app, read, usuario_admin, usuario_investigador)
    investigador.post("/avisos/leidos")
    run(app)
    assign(app, blocked, usuario_admin, usuario_investigador)
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([blocked.id], "Lo pidió la persona.", actor=actor, now=utcnow())
    run(app, minutes=2)
    assign(app, late, usuario_admin, usuario_investigador)
    with app.app_context(), transaction():
        for sesion in db.session.scalars(sa.select(Sesion)):
            end_session(sesion.id, FinSesion.SALIDA, now=utcnow())
    run(app, minutes=4)

    assert push.requests == []
    assert len(rows(Aviso)) == 3
    with app.app_context(), transaction():
        enqueue("avisos.equipos_terminados", key="prueba", now=utcnow())
    run(app)
    assert rows(EquipoAvisado) == []


def test_an_address_of_this_network_is_never_asked(
    app, push, phone, caso, usuario_admin, usuario_investigador, monkeypatch, rows
):
    monkeypatch.setattr(outside, "ALLOW_PRIVATE", False)
    assign(app, caso, usuario_admin, usuario_investigador)
    run(app)

    assert push.requests == []
    (job,) = rows(Trabajo, tipo="avisos.equipo")
    assert job.estado is EstadoTrabajo.FALLIDO
    assert "red privada" in job.error


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://push.example.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://push.example.com:8443/x",
        "https://a:b@push.example.com/x",
        "https://push.example.com/" + "x" * 1000,
        "https://[/x",
        "javascript:alert(1)",
        "https://push.example.com/\x00",
    ],
)
def test_an_address_that_is_no_push_service_is_refused(push, investigador, rows, address):
    answer = investigador.post("/cuenta/avisos/equipos", data=Browser().subscription(address))

    assert answer.status_code == 422
    assert rows(EquipoAvisado) == []


def test_keys_that_no_browser_has_are_refused(push, investigador, rows):
    broken = {**Browser().subscription(SERVICE), "p256dh": "AAAA"}

    assert investigador.post("/cuenta/avisos/equipos", data=broken).status_code == 422
    assert rows(EquipoAvisado) == []


def test_a_device_is_of_who_is_signed_in_on_it_and_theirs_alone_to_take_away(
    app, push, admin, usuario_admin, investigador, cliente, stranger, phone, rows
):
    (device,) = rows(EquipoAvisado)
    path = f"/cuenta/avisos/equipos/{device.id}/quitar"
    assert admin.post(path).status_code == 404
    assert cliente.post(path).status_code == 404
    assert stranger.post(path).status_code in {302, 303, 401}
    assert (
        cliente.post("/cuenta/avisos/equipos", data=phone.subscription(SERVICE)).status_code == 404
    )

    assert admin.post("/cuenta/avisos/equipos", data=phone.subscription(SERVICE)).json["ok"]
    (device,) = rows(EquipoAvisado)
    assert device.usuario_id == usuario_admin.id
    assert "Ninguno todavía" in investigador.get("/cuenta/avisos").text
    page = admin.get("/cuenta/avisos").text
    assert path in page
    assert phone.subscription(SERVICE)["auth"] not in page

    admin.post(path)
    assert rows(EquipoAvisado) == []
    assert {one.accion for one in rows(Auditoria)} >= {
        "usuario.equipo_avisado",
        "usuario.equipo_sin_avisos",
    }


def test_kinds_are_chosen_beside_bell_and_mail_and_a_plain_installation_keeps_them(
    app, configure, push, investigador, usuario_investigador
):
    page = investigador.get("/cuenta/avisos").text
    assert "Avisarme en este equipo" in page
    chosen = {
        "hora": "8",
        **{f"campana_{one.value}": "y" for one in offered(False)},
        **{f"correo_{one.value}": "no" for one in offered(False)},
        "equipos_vencido": "y",
    }
    assert investigador.post("/cuenta/avisos", data=chosen).status_code == 303

    def on_devices():
        with app.app_context():
            choices = read_choices(usuario_investigador.id)
        return [one for one in Novedad if choices[one].en_equipos]

    assert on_devices() == [Novedad.VENCIDO]
    configure(vapid_private_key="", vapid_subject="")
    assert "Avisarme en este equipo" not in investigador.get("/cuenta/avisos").text
    investigador.post("/cuenta/avisos", data=chosen)
    assert on_devices() == [Novedad.VENCIDO]
    refused = investigador.post("/cuenta/avisos/equipos", data=Browser().subscription(SERVICE))
    assert refused.status_code == 409


def test_each_kind_has_words_for_a_screen_that_anybody_sees():
    assert [one for one in Novedad if not say_on_device(one, "", 1)] == []


def test_the_worker_is_a_program_of_ours(stranger):
    answer = stranger.get("/avisos/sw.js")

    assert answer.mimetype == "text/javascript"
    assert "js/avisos-worker.js" in answer.text


def receive(page, *messages):
    """Have the page's browser get these as its push service would deliver them; its worker."""
    page.context.grant_permissions(["notifications"])
    cdp = page.context.new_cdp_session(page)
    known: list[dict] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"])
    )
    cdp.send("ServiceWorker.enable")
    with page.context.expect_event("serviceworker") as begun:
        page.evaluate("navigator.serviceWorker.register('/avisos/sw.js', { type: 'module' })")
    worker = begun.value
    # A browser without a screen shows nothing: what it is asked to show is noted instead.
    worker.evaluate(
        """() => {
          self.shown = [];
          self.registration.showNotification = (...asked) => self.shown.push(asked);
        }"""
    )
    own = known[-1]
    for data in messages:
        cdp.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": own["scopeURL"].removesuffix("/avisos/"),
                "registrationId": own["registrationId"],
                "data": data,
            },
        )
    return worker


@pytest.mark.e2e
def test_the_worker_shows_what_comes_under_its_mark(browse, push, usuario_investigador):
    page = browse(usuario_investigador, "/cuenta/avisos")
    message = {"texto": "Seguimiento para hoy · oficio 7", "url": "/oficios/7", "marca": "aviso-1"}
    worker = receive(page, json.dumps(message), "nothing of ours")
    shown = worker.evaluate(
        """async () => {
          while (!self.shown.length) await new Promise((done) => setTimeout(done, 20));
          return self.shown;
        }"""
    )

    ((title, said),) = shown
    assert (title, said["body"], said["tag"]) == ("Rastro", message["texto"], message["marca"])
    assert said["data"] == {"url": message["url"]}


CLICK = """async (data) => {
  const asked = [];
  self.clients.openWindow = async (address) => { asked.push(["open", address]); };
  WindowClient.prototype.focus = async function () { asked.push(["focus", this.url]); };
  const event = new ExtendableEvent("notificationclick");
  event.notification = { data, close: () => asked.push(["close", ""]) };
  const works = [];
  event.waitUntil = (work) => works.push(work);
  self.dispatchEvent(event);
  await Promise.all(works);
  return asked;
}"""


@pytest.mark.e2e
def test_a_click_opens_the_case_or_comes_back_to_the_page_that_shows_it(
    browse, push, caso, usuario_admin
):
    page = browse(usuario_admin, "/cuenta/avisos")
    worker = receive(page)
    # There is no screen to click on, and only a real click lets a worker open a window: the worker
    # gets the event of one, and what it asks the browser for is noted.
    data = {"url": f"/oficios/{caso.id}"}
    closed, (deed, address) = worker.evaluate(CLICK, data)

    assert (closed[0], deed) == ("close", "open")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text(caso.numero_oficio)
    # Somebody who has the case open is brought back to it.
    assert worker.evaluate(CLICK, data)[1] == ["focus", page.url]
    assert worker.evaluate(CLICK, {"url": "https://otra.example/"}) == [["close", ""]]
