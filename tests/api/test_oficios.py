"""The two routes that put work into the queue, up to what the work does."""

from __future__ import annotations

from datetime import date

import pytest

from app.avistamientos.models import Avistamiento
from app.consultas.models import Consulta
from app.jobs.models import Trabajo
from app.jobs.runner import work
from app.notificaciones.models import Notificacion
from app.notificaciones.service import notices
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad, Estado
from app.usuarios.rules import Rol
from app.usuarios.rules.guessing import ATTEMPTS_JOB
from tests.adjuntos.files import make_adjunto
from tests.factories import make_oficio, make_usuario
from tests.notificaciones.rows import make_receptor

EMAIL = "ema.soto@actuarios.example"
CROSSING = {
    "fecha_hora": "2026-11-20T08:15:00-03:00",
    "ubicacion": "Pórtico 7",
    "empresa": "Autopista",
    "monto": 850,
}


def run_jobs(app) -> None:
    with app.app_context():
        work("test")


def follow(client, response):
    """The job that an answer points to."""
    path = response.headers["Location"].removeprefix("/api/v1")
    assert path == f"/trabajos/{response.get_json()['task_id']}"
    return client("GET", path)


def test_a_check_is_enqueued_and_done(
    app, configure, provider_server, investigador_api, buscado, rows
):
    configure(
        provider_api_url=provider_server.url,
        provider_api_key="una clave",
        provider_allow_private=True,
        provider_timeout=5.0,
    )
    provider_server.answer("/porticos/BBCL12", body={"avistamientos": [CROSSING]})

    response = investigador_api("POST", f"/oficios/{buscado.id}/consultar-apis")

    assert response.status_code == 202
    (trabajo,) = rows(Trabajo)
    assert response.get_json() == {
        "message": "Consulta encolada",
        "task_id": trabajo.id,
        "status": "pending",
        "advertencias": [],
    }
    assert follow(investigador_api, response).get_json()["estado"] == "pendiente"

    run_jobs(app)

    (seen,) = rows(Avistamiento, oficio_id=buscado.id)
    assert seen.ubicacion == "Pórtico 7"
    (entry,) = rows(Investigacion, tipo=Actividad.CONSULTA_API)
    assert entry.usuario_id == trabajo.usuario_id
    done = follow(investigador_api, response).get_json()
    assert (done["estado"], done["intentos"], done["error"]) == ("hecho", 1, None)


def test_an_open_check_is_the_same_one_and_everybody_who_asked_may_follow_it(
    app, admin_api, investigador_api, api_of, buscado, rows
):
    path = f"/oficios/{buscado.id}/consultar-apis"
    first = admin_api("POST", path)
    assert follow(investigador_api, first).status_code == 404
    others = [investigador_api, api_of(make_usuario(app, Rol.INVESTIGADOR))]

    answers = [client("POST", f"{path}/") for client in (*others, *others)]

    assert {answer.get_json()["task_id"] for answer in answers} == {first.get_json()["task_id"]}
    (trabajo,) = rows(Trabajo)
    assert len(trabajo.argumentos["pedido_tambien_por"]) == 2
    for client in others:
        assert follow(client, first).status_code == 200
    stranger = api_of(make_usuario(app, Rol.INVESTIGADOR))
    assert follow(stranger, first).status_code == 404


@pytest.mark.parametrize(
    ("query", "motivo"),
    [("", "Pedida por la API, sin motivo indicado"), ("?motivo=Dato+nuevo", "Dato nuevo")],
)
def test_the_log_keeps_why_a_program_looked_a_plate_up(
    query, motivo, investigador_api, buscado, usuario_investigador, rows
):
    response = investigador_api("POST", f"/oficios/{buscado.id}/consultar-apis{query}")

    assert response.status_code == 202
    (row,) = rows(Consulta)
    assert (row.motivo, row.usuario_id) == (motivo, usuario_investigador.id)


def test_a_reason_that_says_nothing_is_refused(investigador_api, buscado, rows):
    response = investigador_api("POST", f"/oficios/{buscado.id}/consultar-apis?motivo=x")

    assert response.status_code == 422
    assert rows(Trabajo) == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"estado": Estado.PENDIENTE}, "Investigación"),
        ({"estado": Estado.NOTIFICACION}, "ya fue ubicado"),
        ({"estado": Estado.INVESTIGACION, "fecha_limite": date(2020, 1, 2)}, "venció"),
    ],
)
def test_a_plate_is_looked_up_only_under_an_order_that_is_in_force(
    values, says, app, admin_api, buffet, usuario_admin, rows
):
    oficio = make_oficio(app, buffet, usuario_admin, **values)

    response = admin_api("POST", f"/oficios/{oficio.id}/consultar-apis")

    assert response.status_code == 409
    assert says in response.get_json()["detail"]
    assert rows(Trabajo) == []


def test_a_closed_case_is_not_checked(app, admin_api, buffet, usuario_admin, rows):
    closed = make_oficio(app, buffet, usuario_admin, estado=Estado.NO_ENCONTRADO)
    response = admin_api("POST", f"/oficios/{closed.id}/consultar-apis")

    assert response.status_code == 409
    assert "El caso está cerrado" in response.get_json()["detail"]
    assert rows(Trabajo) == []


@pytest.mark.parametrize("verb", ["consultar-apis", "notificar-receptor"])
def test_an_oficio_that_does_not_exist_is_a_404(verb, investigador_api):
    response = investigador_api("POST", f"/oficios/999/{verb}", {"receptor_email": EMAIL})

    assert response.status_code == 404
    assert response.get_json() == {"detail": "Oficio no encontrado"}


@pytest.mark.parametrize("verb", ["consultar-apis", "notificar-receptor"])
def test_a_cliente_puts_no_work_into_the_queue(verb, cliente_api, oficio, rows):
    response = cliente_api("POST", f"/oficios/{oficio.id}/{verb}", {"receptor_email": EMAIL})

    assert response.status_code == 403
    assert {row.tipo for row in rows(Trabajo)} <= {ATTEMPTS_JOB}


@pytest.fixture
def mail(configure, smtp_server):
    configure(
        smtp_host=smtp_server.host,
        smtp_port=smtp_server.port,
        smtp_tls=False,
        smtp_from="avisos@oficina.example",
    )
    return smtp_server


def test_a_notice_is_enqueued_and_sent_with_its_photos(
    app, mail, investigador_api, usuario_investigador, oficio, rows
):
    photo = make_adjunto(app, oficio, usuario_investigador)
    make_receptor(app, usuario_investigador)
    body = {
        "receptor_email": "Ema.Soto@actuarios.example",
        "mensaje_adicional": "Estacionado en el -2.\nPreguntar al conserje.",
        "adjuntos_ids": [photo.id, photo.id],
        "cc_email": "abogada@andes.example",
        "responder_a": "turno@oficina.example",
        "confirmar_incompleto": True,
    }

    response = investigador_api("POST", f"/oficios/{oficio.id}/notificar-receptor", body)

    assert response.status_code == 202
    (notice,) = rows(Notificacion)
    assert response.get_json() == {
        "message": "Notificación encolada",
        "task_id": notice.trabajo_id,
    }
    assert notice.receptor_id is not None
    assert notice.destinatario_nombre == "Ema Soto"
    assert notice.usuario_id == usuario_investigador.id

    run_jobs(app)

    (received,) = mail.received
    assert received.rcpt_tos == [EMAIL, "abogada@andes.example"]
    assert received.message["Cc"] == "abogada@andes.example"
    assert received.message["Reply-To"] == "turno@oficina.example"
    text = received.message.get_body(("plain",)).get_content()
    assert "Preguntar al conserje." in text
    assert [part.get_content_type() for part in received.message.walk()].count("image/jpeg") == 1
    assert follow(investigador_api, response).get_json()["estado"] == "hecho"


def test_photos_of_another_oficio_are_refused(
    app, investigador_api, usuario_investigador, buffet, oficio, rows
):
    other = make_oficio(app, buffet, usuario_investigador)
    foreign = make_adjunto(app, other, usuario_investigador)
    own = make_adjunto(app, oficio, usuario_investigador)

    for ids in ([foreign.id], [own.id, foreign.id], [12345]):
        body = {"receptor_email": EMAIL, "adjuntos_ids": ids}
        response = investigador_api("POST", f"/oficios/{oficio.id}/notificar-receptor", body)
        assert response.status_code == 422
        (problem,) = response.get_json()["detail"]
        assert problem["loc"] == ["body", "adjuntos_ids"]
        assert "ya no está en este caso" in problem["msg"]
    assert rows(Notificacion) == []
    assert rows(Trabajo) == []


def test_telling_an_address_again_takes_a_second_yes(app, admin_api, oficio, rows):
    path, body = f"/oficios/{oficio.id}/notificar-receptor", {"receptor_email": EMAIL}
    body["confirmar_incompleto"] = True
    assert admin_api("POST", path, body).status_code == 202

    again = admin_api("POST", path, {**body, "receptor_email": EMAIL.upper()})
    assert again.status_code == 409
    assert f"Ya hay un aviso de este caso a {EMAIL}" in again.get_json()["detail"]
    assert "«confirmar_repetida»: true" in again.get_json()["detail"]
    assert len(rows(Notificacion)) == 1

    assert admin_api("POST", path, {**body, "confirmar_repetida": True}).status_code == 202
    assert len(rows(Notificacion)) == 2


def test_a_notice_that_no_server_takes_is_not_enqueued(
    app, admin_api, usuario_admin, oficio, rows, monkeypatch
):
    photo = make_adjunto(app, oficio, usuario_admin)
    monkeypatch.setattr(notices, "max_mail_bytes", lambda: 500)
    body = {"receptor_email": EMAIL, "adjuntos_ids": [photo.id]}
    response = admin_api("POST", f"/oficios/{oficio.id}/notificar-receptor", body)

    assert response.status_code == 422
    assert "el máximo es" in response.get_json()["detail"][0]["msg"]
    assert rows(Trabajo) == []


def test_a_check_that_was_asked_for_twice_keeps_its_askers_when_it_waits(
    app, admin_api, investigador_api, buscado, configure, provider_server, rows
):
    """The quota makes a running check wait while a second person asks for it."""
    configure(
        provider_api_url=provider_server.url,
        provider_api_key="una clave",
        provider_allow_private=True,
        provider_quota=1,
        provider_quota_seconds=3600,
    )
    path = f"/oficios/{buscado.id}/consultar-apis"
    provider_server.answer("/porticos/", body={"avistamientos": []})
    admin_api("POST", path)
    run_jobs(app)
    second = admin_api("POST", path)
    investigador_api("POST", path)
    run_jobs(app)

    waiting = follow(investigador_api, second)
    assert waiting.status_code == 200
    assert waiting.get_json()["estado"] == "programado"


def test_the_dates_of_the_order_and_of_its_entry_are_two(investigador_api, buffet):
    body = {
        "numero_oficio": "F-1",
        "buffet_id": buffet.id,
        "patente": "BBCL12",
        "fecha_oficio": "2026-11-24",
        "fecha_ingreso": "2026-11-20",
    }
    made = investigador_api("POST", "/oficios/", body).get_json()

    assert (made["fecha_oficio"], made["fecha_ingreso"]) == ("2026-11-24", "2026-11-20")
    assert any("posterior a la de ingreso" in text for text in made["advertencias"])

    change = {"fecha_oficio": "2026-11-18"}
    mended = investigador_api("PATCH", f"/oficios/{made['id']}", change).get_json()
    assert (mended["fecha_oficio"], mended["advertencias"]) == ("2026-11-18", [])
    unknown = investigador_api("PATCH", f"/oficios/{made['id']}", {"fecha_oficio": None})
    assert unknown.get_json()["fecha_oficio"] is None
