"""Messages between office and buffet: written on both sides, released, told, answered."""

from __future__ import annotations

import io

import pytest

from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria
from app.avisos.models import Aviso
from app.bandeja.models import Ingreso
from app.custodia.service import verify
from app.db import db, transaction
from app.mensajes.models import Mensaje
from app.mensajes.rules import RELEASE, ClaseMensaje, EstadoMensaje, LadoMensaje
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import TipoNotificacion
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from tests.factories import make_link
from tests.mensajes.rows import make_message, make_question
from tests.plugins.application import HTMX, assert_fragment

ASKED = "¿Sigue vigente el domicilio?"


def write(client, oficio, texto=ASKED, **values):
    data = {"texto": texto, "clase": "pregunta", **values}
    return client.post(f"/oficios/{oficio.id}/mensajes", data=data)


def mails(rows):
    return [row for row in rows(Notificacion) if row.tipo is TipoNotificacion.BUFFET]


def test_what_an_investigator_writes_waits_until_an_admin_releases_it(
    app, investigador, admin, cliente, stranger, buffet, oficio, usuario_admin, rows
):
    stranger.post(f"/b/{make_link(app, buffet)}")
    page = f"/portal/oficios/{oficio.id}"
    assert write(investigador, oficio).status_code == 303

    (mensaje,) = rows(Mensaje)
    assert mensaje.estado is EstadoMensaje.POR_VALIDAR
    assert mails(rows) == []
    for buffets in (cliente, stranger):
        for path in ("/portal", page, "/portal/mensajes"):
            assert "domicilio" not in buffets.get(path).text
    assert [row.texto for row in rows(Aviso, usuario_id=usuario_admin.id)]
    assert "Revisar" in admin.get(f"/oficios/{oficio.id}").text
    assert "Por validar" in admin.get("/mensajes").text
    one = f"/oficios/{oficio.id}/mensajes/{mensaje.id}"
    assert investigador.post(f"{one}/validar").status_code == 404

    assert_fragment(admin.post(f"{one}/validar", headers=HTMX), f"oficio-mensajes-{oficio.id}")

    for buffets in (cliente, stranger):
        assert f"La oficina pregunta: «{ASKED}»" in buffets.get("/portal").text
        assert ASKED in buffets.get(page).text
    (mail,) = mails(rows)
    assert mail.destinatario_email == buffet.email_principal
    with app.app_context():
        body = db.session.get_one(Notificacion, mail.id).cuerpo_texto
        assert oficio.numero_oficio in body
        assert ASKED not in body  # it is read where its reader is known
        assert verify(oficio.id).problemas == []
    again = admin.post(f"{one}/descartar", data={"motivo": "Tarde"})
    assert again.status_code in {303, 409}
    assert [row.estado for row in rows(Mensaje)] == [EstadoMensaje.ENVIADO]
    assert len(rows(Auditoria, accion="mensaje.validado")) == 1


def test_one_that_is_held_back_is_never_seen_and_its_author_learns_why(
    investigador, admin, cliente, oficio, usuario_investigador, rows
):
    write(investigador, oficio)
    (mensaje,) = rows(Mensaje)
    one = f"/oficios/{oficio.id}/mensajes/{mensaje.id}"

    assert admin.post(f"{one}/descartar", data={"motivo": " "}).status_code == 422
    assert admin.post(f"{one}/descartar", data={"motivo": "Nombra a la deudora"}).status_code == 303

    assert ASKED not in cliente.get(f"/portal/oficios/{oficio.id}").text
    assert mails(rows) == []
    told = [row.texto for row in rows(Aviso, usuario_id=usuario_investigador.id)]
    assert any("Nombra a la deudora" in text for text in told)
    assert ASKED in investigador.get(f"/oficios/{oficio.id}/bitacora?tipo=mensaje").text


def test_an_admin_writes_at_once_and_so_do_all_where_the_office_says_so(
    app, admin, investigador, oficio, rows
):
    write(admin, oficio, "Uno")
    write(admin, oficio, "Uno")  # the form was sent twice
    with app.app_context(), transaction():
        set_setting(RELEASE.clave, "al_escribir")
    write(investigador, oficio, "Dos", clase="informa")

    assert [row.estado for row in rows(Mensaje)] == [EstadoMensaje.ENVIADO] * 2
    assert len(mails(rows)) == 2


def test_a_question_waits_on_both_sides_until_it_is_answered(
    app, cliente, investigador, admin, oficio, usuario_admin, usuario_investigador, rows
):
    asked = make_message(app, oficio, usuario_admin)
    assert "Espera al buffet" in investigador.get(f"/oficios/{oficio.id}/mensajes").text
    assert "Espera su respuesta" in cliente.get(f"/portal/oficios/{oficio.id}").text
    with app.app_context():
        before = db.session.get_one(Oficio, oficio.id).ultima_actividad_at

    answer = cliente.post(
        f"/portal/oficios/{oficio.id}/mensajes",
        data={"texto": "Sí, sigue ahí.", "responde": asked, "pregunta": "y"},
    )

    assert answer.status_code == 303
    assert "Necesitan algo de usted" not in cliente.get("/portal").text
    assert "La oficina no ha respondido" in cliente.get(f"/portal/oficios/{oficio.id}").text
    case = investigador.get(f"/oficios/{oficio.id}").text
    assert "Sí, sigue ahí." in case
    assert "Responder" in case
    question, mine = rows(Mensaje)
    assert question.respondido_at is not None
    assert (mine.lado, mine.responde_a_id) == (LadoMensaje.BUFFET, asked)
    entry = next(row for row in rows(Investigacion) if row.id == mine.entrada_id)
    assert entry.tipo is Actividad.MENSAJE
    with app.app_context():
        # What a buffet writes is no work of the office.
        assert db.session.get_one(Oficio, oficio.id).ultima_actividad_at == before
    told = [row.texto for row in rows(Aviso) if row.clave.startswith("mensaje-del-buffet")]
    assert len(told) == 1

    write(investigador, oficio, "Vamos el lunes.", responde=mine.id, clase="informa")
    assert "La oficina no ha respondido" in cliente.get(f"/portal/oficios/{oficio.id}").text
    reply = rows(Mensaje)[-1]
    admin.post(f"/oficios/{oficio.id}/mensajes/{reply.id}/validar")
    assert "Vamos el lunes." in cliente.get(f"/portal/oficios/{oficio.id}").text
    assert "La oficina no ha respondido" not in cliente.get(f"/portal/oficios/{oficio.id}").text


def test_the_order_that_the_office_asks_for_is_uploaded_from_the_case(
    app, cliente, oficio, usuario_admin, rows
):
    make_message(app, oficio, usuario_admin, "Suba la orden.", ClaseMensaje.ORDEN)
    assert "Ubicado: falta la orden de retiro" in cliente.get("/portal").text
    url = f"/portal/oficios/{oficio.id}/orden"

    empty = cliente.post(url, data={}, content_type="multipart/form-data")
    sent = cliente.post(
        url,
        data={"archivos": (io.BytesIO(b"%PDF-1.4 una orden"), "orden.pdf")},
        content_type="multipart/form-data",
    )

    assert (empty.status_code, sent.status_code) == (422, 303)
    assert [row.nombre for row in rows(Ingreso)] == ["orden.pdf"]
    assert "orden.pdf" in rows(Investigacion)[-1].descripcion
    assert "falta la orden" not in cliente.get("/portal").text


def test_what_needs_no_answer_is_put_aside(app, investigador, oficio, rows):
    asked = make_question(app, oficio)
    one = f"/oficios/{oficio.id}/mensajes/{asked}/atendido"

    assert investigador.post(one).status_code == 303
    assert rows(Mensaje)[0].respondido_at is not None
    assert investigador.post(one).status_code in {303, 409}
    assert len(rows(Auditoria, accion="mensaje.atendido")) == 1


@pytest.mark.parametrize("texto", ["", "   ", "x" * 2001])
def test_what_says_nothing_or_too_much_is_refused_and_kept(texto, cliente, admin, oficio, rows):
    theirs = cliente.post(f"/portal/oficios/{oficio.id}/mensajes", data={"texto": texto})
    ours = write(admin, oficio, texto)

    assert (theirs.status_code, ours.status_code) == (422, 422)
    assert texto.strip() in theirs.text
    assert rows(Mensaje) == []


def test_only_the_people_of_the_case_take_part(
    app, cliente_ajeno, stranger, cliente, investigador, oficio, usuario_admin, rows
):
    asked = make_message(app, oficio, usuario_admin)
    url = f"/portal/oficios/{oficio.id}"
    said = {"texto": "Hola", "responde": asked}

    for client in (cliente_ajeno, investigador):
        assert client.post(f"{url}/mensajes", data=said).status_code == 404
        assert client.post(f"{url}/orden", data={}).status_code == 404
    assert stranger.post(f"{url}/mensajes", data=said).status_code == 303
    assert cliente.post(f"/oficios/{oficio.id}/mensajes", data=said).status_code == 404
    assert ASKED not in cliente_ajeno.get("/portal/mensajes").text
    # An answer to what one was never asked.
    hidden = make_question(app, oficio)
    assert cliente.post(f"{url}/mensajes", data={**said, "responde": hidden}).status_code == 409
    assert cliente.post(f"{url}/mensajes", data={**said, "responde": 99}).status_code == 404
    assert len(rows(Mensaje)) == 2


def test_a_case_that_went_to_another_buffet_takes_no_words_along(
    app, cliente, cliente_ajeno, oficio, otro_buffet, usuario_admin
):
    make_message(app, oficio, usuario_admin)
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).buffet_id = otro_buffet.id

    for client in (cliente, cliente_ajeno):
        assert ASKED not in client.get("/portal").text
        assert ASKED not in client.get("/portal/mensajes").text
        assert ASKED not in client.get(f"/portal/oficios/{oficio.id}").text
