"""The door of the phones: each visit and photo once, and what changed meanwhile is asked about."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from app.adjuntos.models import Adjunto
from app.adjuntos.rules import TipoAdjunto
from app.adjuntos.service import delete_adjunto
from app.core.clock import utcnow
from app.core.personal_data import EMPTIED
from app.custodia.service import verify
from app.db import db, transaction
from app.direcciones.models import Direccion, Visita
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import remove_direccion
from app.titulares.models import Bloqueo
from app.titulares.service import block_cases, lift_block
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from tests.adjuntos.files import jpeg
from tests.factories import make_usuario
from tests.terreno.places import change_place, sent_visit

VISITAS = "/terreno/datos/visitas"


def send(client, body):
    return client.post(VISITAS, json=body)


def send_photo(client, visita_id, data=None, foto_id=None, name="foto.jpg"):
    return client.post(
        f"{VISITAS}/{visita_id}/fotos",
        data={
            "cliente_id": foto_id or str(uuid4()),
            "archivo": (BytesIO(data if data is not None else jpeg()), name),
        },
    )


def at_once(app, clients, ask):
    """Ask with each client in a thread of its own, at the same moment; the answers."""
    gate = threading.Barrier(len(clients))
    answers = []

    def run(client):
        gate.wait()
        answers.append(ask(client))

    threads = [threading.Thread(target=run, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_visit_keeps_the_hour_of_the_phone_and_the_position(
    investigador, direccion_id, rows, usuario_investigador
):
    made = utcnow() - timedelta(hours=2)

    response = send(
        investigador,
        sent_visit(direccion_id, at=made, lat=-33.45, lon=-70.6, exactitud_m=12),
    )

    assert response.status_code == 201
    [visita] = rows(Visita)
    assert response.json == {"visita_id": visita.id}
    assert visita.fecha_hora == made
    assert visita.created_at - made > timedelta(hours=1, minutes=59)
    assert (visita.lat, visita.lon, visita.exactitud_m) == (-33.45, -70.6, 12)
    assert visita.usuario_id == usuario_investigador.id
    [entry] = rows(Investigacion, tipo=Actividad.TERRENO)
    assert entry.ocurrido_at == made
    assert "Nadie abre." in entry.descripcion


def test_the_same_visit_again_is_answered_as_the_first_time(investigador, direccion_id, rows):
    body = sent_visit(direccion_id)

    first, again = send(investigador, body), send(investigador, {**body, "notas": "Otra cosa."})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert [visita.notas for visita in rows(Visita)] == ["Nadie abre."]


def test_a_visit_and_its_photo_sent_several_times_at_once_are_one_each(
    app, sign_in, usuario_investigador, place, rows
):
    oficio_id, pk = place
    clients = [sign_in(usuario_investigador) for _ in range(4)]
    body, data, foto_id = sent_visit(pk), jpeg(), str(uuid4())

    answers = at_once(app, clients, lambda client: send(client, body))
    assert {answer.status_code for answer in answers} == {200, 201}
    photos = at_once(
        app, clients, lambda client: send_photo(client, body["cliente_id"], data, foto_id)
    )

    assert {answer.status_code for answer in photos} == {201}
    [visita], [foto] = rows(Visita), rows(Adjunto)
    assert {answer.json["visita_id"] for answer in answers} == {visita.id}
    assert {answer.json["adjunto_id"] for answer in photos} == {foto.id}
    assert (foto.visita_id, foto.cliente_id) == (visita.id, foto_id)
    assert len(rows(Investigacion, tipo=Actividad.TERRENO)) == 1
    assert len(rows(Investigacion, tipo=Actividad.ADJUNTO)) == 1
    with app.app_context():
        # The state was set by the test, past the seals.
        assert [p for p in verify(oficio_id).problemas if p.tipo != "estado"] == []


def test_a_photo_belongs_to_its_visit_and_is_evidence_when_nothing_was_found(
    app, investigador, direccion_id, usuario_investigador, rows
):
    body = sent_visit(direccion_id)
    send(investigador, body)
    data, foto_id = jpeg(), str(uuid4())

    first = send_photo(investigador, body["cliente_id"], data, foto_id)
    with app.app_context(), transaction():
        delete_adjunto(
            db.session.get_one(Adjunto, first.json["adjunto_id"]),
            "Salió movida.",
            actor=db.session.get_one(Usuario, usuario_investigador.id),
            now=utcnow(),
        )
    late = send_photo(investigador, body["cliente_id"], data, foto_id)

    assert first.json == late.json, "what was sent before does not come back after it was deleted"
    [foto] = rows(Adjunto)
    assert foto.tipo is TipoAdjunto.EVIDENCIA
    assert foto.visita_id == rows(Visita)[0].id


def test_a_photo_that_the_case_has_already_is_not_stored_twice(investigador, direccion_id, rows):
    body, data = sent_visit(direccion_id), jpeg()
    send(investigador, body)

    send_photo(investigador, body["cliente_id"], data)
    again = send_photo(investigador, body["cliente_id"], data)

    assert again.status_code == 201
    assert "Ya está en este oficio" in again.json["detail"]
    assert len(rows(Adjunto)) == 1


def test_a_photo_that_is_refused_says_why(configure, investigador, direccion_id, rows):
    body = sent_visit(direccion_id)
    send(investigador, body)
    broken = send_photo(investigador, body["cliente_id"], b"no es una foto")
    incomplete = investigador.post(
        f"{VISITAS}/{body['cliente_id']}/fotos", data={"cliente_id": "x"}
    )
    configure(max_upload_bytes=2000)
    large = send_photo(investigador, body["cliente_id"], jpeg((900, 900), quality=100))

    assert [r.status_code for r in (broken, incomplete, large)] == [422, 422, 422]
    assert "Pesa más de" in large.json["detail"]
    assert "incompleta" in incomplete.json["detail"]
    assert rows(Adjunto) == []


def test_a_full_storage_asks_the_phone_to_wait(app, investigador, direccion_id, rows):
    class Full:
        name = "local"

        def put(self, key, data):
            raise OSError("no space left on device")

        def delete(self, key):
            return None

    body = sent_visit(direccion_id)
    send(investigador, body)
    app.extensions["rastro_storages"] = {"local": Full()}
    try:
        full = send_photo(investigador, body["cliente_id"])
    finally:
        del app.extensions["rastro_storages"]

    assert full.status_code == 503
    assert rows(Adjunto) == []
    assert send_photo(investigador, body["cliente_id"]).status_code == 201


def test_a_photo_without_its_visit_is_kept_on_the_phone(
    app, sign_in, investigador, direccion_id, rows
):
    never = send_photo(investigador, str(uuid4()))
    body = sent_visit(direccion_id)
    send(investigador, body)
    colleague = send_photo(sign_in(make_usuario(app, Rol.INVESTIGADOR)), body["cliente_id"])

    for response in (never, colleague):
        assert response.status_code == 409
        assert (response.json["motivo"], response.json["puede"]) == ("sin_visita", False)
    assert rows(Adjunto) == []


def close(app, oficio_id, **_):
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio_id).estado = Estado.NO_ENCONTRADO


def reassign(app, oficio_id, **_):
    ana = make_usuario(app, Rol.INVESTIGADOR, nombre="Julia Paz")
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio_id).investigador_id = ana.id


def correct(app, direccion_id, **_):
    change_place(app, direccion_id, direccion="Av. Grecia 1181")


CHANGES: dict[str, tuple[Callable[..., None], str]] = {
    "cerrado": (close, "se cerró como «No encontrado»"),
    "reasignado": (reassign, "ahora está asignado a Julia Paz"),
    "cambiada": (correct, "ahora dice «Av. Grecia 1181, Ñuñoa»"),
}


@pytest.mark.parametrize("motivo", CHANGES)
def test_what_changed_meanwhile_is_asked_about_and_stored_when_accepted(
    motivo, app, investigador, place, rows
):
    oficio_id, pk = place
    change, words = CHANGES[motivo]
    body = sent_visit(pk)
    change(app, oficio_id=oficio_id, direccion_id=pk)

    asked = send(investigador, body)
    assert asked.status_code == 409
    assert words in asked.json["detail"]
    assert (asked.json["motivo"], asked.json["puede"]) == (motivo, True)
    assert rows(Visita) == []

    assert send(investigador, {**body, "aceptados": [motivo]}).status_code == 201
    [visita] = rows(Visita)
    if motivo == "cambiada":
        assert "la dirección decía «Av. Grecia 1180, Ñuñoa»" in visita.notas


def test_accepting_one_change_does_not_accept_another(app, investigador, place, rows):
    oficio_id, pk = place
    reassign(app, oficio_id)
    close(app, oficio_id)

    response = send(investigador, {**sent_visit(pk), "aceptados": ["reasignado"]})

    assert response.json["motivo"] == "cerrado"
    assert rows(Visita) == []


def test_a_visit_to_an_address_that_was_removed_cannot_be_stored(
    app, investigador, usuario_investigador, place, rows
):
    oficio_id, pk = place
    with app.app_context(), transaction():
        oficio = db.session.get_one(Oficio, oficio_id)
        actor = db.session.get_one(Usuario, usuario_investigador.id)
        remove_direccion(oficio, oficio.direcciones[0], actor=actor, now=utcnow())

    response = send(investigador, {**sent_visit(pk), "aceptados": ["eliminada"]})

    assert response.status_code == 409
    assert (response.json["motivo"], response.json["puede"]) == ("eliminada", False)
    assert "«Av. Grecia 1180, Ñuñoa» ya no está en el caso" in response.json["detail"]
    assert rows(Visita) == []


@pytest.mark.parametrize(("hours", "side"), [(3, "adelantado"), (-3, "atrasado")])
def test_a_phone_whose_clock_is_wrong_is_told_and_its_hour_put_right(
    hours, side, investigador, direccion_id, rows
):
    off = timedelta(hours=hours)
    made = utcnow() - timedelta(minutes=30)
    body = sent_visit(direccion_id, at=made + off)

    def ask(**values):
        moment = (utcnow() + off).isoformat()
        return send(investigador, {**body, "enviada_at": moment, **values})

    asked = ask()
    assert asked.json["motivo"] == "reloj"
    assert f"va 3 h {side}" in asked.json["detail"].replace("va 2 h", "va 3 h")
    assert rows(Visita) == []

    assert ask(aceptados=["reloj"]).status_code == 201
    [visita] = rows(Visita)
    assert abs(visita.fecha_hora - made) < timedelta(seconds=20)
    assert "Hora corregida: el reloj del teléfono marcaba" in visita.notas


def test_a_visit_of_tomorrow_is_not_believed_though_the_clock_is_right_now(
    investigador, direccion_id, rows
):
    body = sent_visit(direccion_id, at=utcnow() + timedelta(days=1))

    assert send(investigador, body).json["motivo"] == "reloj"
    assert send(investigador, {**body, "aceptados": ["reloj"]}).status_code == 201
    assert rows(Visita)[0].fecha_hora <= utcnow()


def test_an_id_that_is_somebody_elses_stores_nothing(
    app, sign_in, investigador, direccion_id, rows
):
    body = sent_visit(direccion_id)
    send(investigador, body)
    colleague = sign_in(make_usuario(app, Rol.INVESTIGADOR))

    response = send(colleague, body)

    assert (response.status_code, response.json["motivo"]) == (409, "ajena")
    assert len(rows(Visita)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"resultado": "bailó"},
        {"cliente_id": "1"},
        {"fecha_hora": "2026-11-25T10:00:00"},
        {"lat": "NaN"},
        {"otra_cosa": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_cannot_be_read_is_refused_in_words(change, investigador, direccion_id, rows):
    response = send(investigador, {**sent_visit(direccion_id), **change})

    assert response.status_code == 422
    assert next(iter(change)) in response.json["detail"]
    assert rows(Visita) == []


def test_half_a_position_is_none_and_a_body_that_is_no_json_is_refused(
    investigador, direccion_id, rows
):
    assert send(investigador, sent_visit(direccion_id, lat=-33.4)).status_code == 201
    assert investigador.post(VISITAS, data="hola").status_code == 422
    assert rows(Visita)[0].lat is None


def test_an_ended_session_is_told_in_json_and_a_cliente_finds_nothing(
    stranger, cliente, cliente_ajeno, direccion_id, rows
):
    for path in ("/terreno/datos/sesion", "/terreno/datos/lista"):
        assert stranger.get(path).status_code == 401
        assert stranger.get(path).is_json
        assert cliente.get(path).status_code == 404
    for client, status in ((stranger, 401), (cliente, 404), (cliente_ajeno, 404)):
        body = sent_visit(direccion_id)
        assert send(client, body).status_code == status
        assert send_photo(client, body["cliente_id"]).status_code == status
    assert rows(Visita) == []


def test_sending_needs_the_fresh_token_of_the_session(app, investigador, direccion_id, rows):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        state = investigador.get("/terreno/datos/sesion").json
        without = send(investigador, sent_visit(direccion_id))
        with_it = investigador.post(
            VISITAS, json=sent_visit(direccion_id), headers={"X-CSRFToken": state["csrf"]}
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    assert (without.status_code, without.is_json) == (400, True)
    assert with_it.status_code == 201
    assert state["usuario"]["nombre"] == "Carla Muñoz"
    assert len(rows(Visita)) == 1


def test_the_list_comes_alone_to_be_kept(investigador, direccion_id, usuario_investigador):
    html = investigador.get("/terreno/datos/lista").json["html"]

    assert f'id="terreno-lista-{usuario_investigador.id}"' in html
    assert f'id="terreno-lugar-{direccion_id}"' in html
    assert "<html" not in html


def test_of_a_blocked_case_the_phone_forgets_the_place_and_keeps_what_waits(
    app, investigador, place, rows, usuario_admin
):
    oficio_id, pk = place
    stored, waiting = sent_visit(pk), sent_visit(pk)
    send(investigador, stored)
    assert "Av. Grecia 1180" in investigador.get("/terreno/datos/lista").json["html"]
    assert investigador.get("/terreno/datos/sesion").json["direcciones"] == [pk]
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        (bloqueo,) = block_cases([oficio_id], "Lo pidió.", actor=actor, now=utcnow())
        bloqueo_id = bloqueo.id

    synced = investigador.get("/terreno/datos/lista").json["html"]
    refused = [send(investigador, waiting), send_photo(investigador, stored["cliente_id"])]

    assert investigador.get("/terreno/datos/sesion").json["direcciones"] == []
    assert "Av. Grecia 1180" not in synced
    assert "Rosa Soto" not in synced
    assert {(one.status_code, one.json["motivo"], one.json["puede"]) for one in refused} == {
        (409, "bloqueado", False)
    }
    assert all("sigue guardado en este teléfono" in one.json["detail"] for one in refused)
    assert send(investigador, stored).status_code == 200, "it is stored: the phone forgets it"
    assert (len(rows(Visita)), len(rows(Adjunto))) == (1, 0)
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        lift_block(db.session.get_one(Bloqueo, bloqueo_id), "Desistió.", actor=actor, now=utcnow())
    assert send(investigador, waiting).status_code == 201
    assert send_photo(investigador, stored["cliente_id"]).status_code == 201
    assert len(rows(Visita)) == 2


def test_what_a_phone_kept_of_an_erased_address_is_never_stored_again(
    app, investigador, place, rows
):
    _, pk = place
    stored, waiting = sent_visit(pk), sent_visit(pk)
    send(investigador, stored)
    with app.app_context(), transaction():
        db.session.get_one(Direccion, pk).direccion = EMPTIED

    refused = [
        send(investigador, waiting),
        send(investigador, {**waiting, "aceptados": ["cambiada", "borrado"]}),
        send_photo(investigador, stored["cliente_id"]),
    ]

    assert {(one.status_code, one.json["motivo"], one.json["puede"]) for one in refused[:1]} == {
        (409, "borrado", False)
    }
    assert {one.status_code for one in refused[1:]} <= {409, 422}
    assert "se borraron por ley" in refused[0].json["detail"]
    assert (len(rows(Visita)), len(rows(Adjunto))) == (1, 0)
    assert investigador.get("/terreno/datos/sesion").json["direcciones"] == []
    assert f'id="terreno-lugar-{pk}"' not in investigador.get("/terreno/datos/lista").json["html"]


def test_a_file_that_another_application_shared_comes_once_and_says_so(
    investigador, cliente, stranger, place, rows
):
    url = f"/terreno/datos/oficios/{place[0]}/compartidos"
    picture, key = jpeg(), str(uuid4())

    def share(client, **values):
        sent = {"cliente_id": key, "archivo": (BytesIO(picture), "chat.jpg"), **values}
        return client.post(url, data=sent)

    assert [share(investigador).status_code for _ in range(2)] == [201, 201]
    (file,) = rows(Adjunto)
    assert file.descripcion == "Recibida por otra aplicación"
    assert share(investigador, cliente_id="x").status_code == 422
    assert (share(cliente).status_code, share(stranger).status_code) == (404, 401)
    told = stranger.post("/terreno/compartir", data={"texto": "algo"})
    assert (told.status_code, "Ábralo con señal" in told.text) == (409, True)
    assert stranger.get("/terreno/manifest.webmanifest").json["share_target"]["action"] == (
        "/terreno/compartir"
    )
    assert len(rows(Adjunto)) == 1
