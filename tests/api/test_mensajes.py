"""Messages with a buffet by the API: the same words, rules and readers as on the pages."""

from __future__ import annotations

from app.mensajes.models import Mensaje
from tests.mensajes.rows import make_message, make_question

ASKED = "¿Sigue vigente el domicilio?"


def test_a_message_is_written_released_and_answered(
    investigador_api, admin_api, cliente_api, oficio, usuario_investigador, rows
):
    url = f"/oficios/{oficio.id}/mensajes"
    written = investigador_api("POST", url, json={"texto": ASKED, "clase": "pregunta"})
    assert written.status_code == 201
    told = written.get_json()
    assert (told["estado"], told["quien"]) == ("por_validar", usuario_investigador.nombre)
    assert cliente_api("GET", url).get_json() == []

    released = admin_api("POST", f"{url}/{told['id']}/validar")
    assert released.get_json()["estado"] == "enviado"
    assert admin_api("POST", f"{url}/{told['id']}/validar").status_code == 409
    (read,) = cliente_api("GET", url).get_json()
    assert (read["texto"], read["quien"], read["espera_respuesta"]) == (ASKED, "La oficina", True)

    reply = {"texto": "Sí.", "responde_a_id": told["id"]}
    assert cliente_api("POST", url, json=reply).status_code == 201
    first, second = investigador_api("GET", url).get_json()
    assert (first["espera_respuesta"], second["lado"]) == (False, "buffet")
    assert second["responde_a_id"] == told["id"]
    assert len(rows(Mensaje)) == 2


def test_what_does_not_fit_is_refused_with_a_sentence(
    app, cliente_api, api_of, admin_api, oficio, usuario_investigador, usuario_ajeno, rows
):
    url = f"/oficios/{oficio.id}/mensajes"
    hidden = make_message(app, oficio, usuario_investigador)
    own = make_question(app, oficio)

    order = cliente_api("POST", url, json={"texto": "La orden", "clase": "orden"})
    assert order.status_code == 422
    assert "Un cliente informa o pregunta" in order.text
    for body in ({"texto": " "}, {"texto": "x" * 2001}, {}):
        assert cliente_api("POST", url, json=body).status_code == 422
    for unknown in (hidden, 99):
        body = {"texto": "Hola", "responde_a_id": unknown}
        assert cliente_api("POST", url, json=body).status_code == 404
    assert cliente_api("POST", url, json={"texto": "Hola", "responde_a_id": own}).status_code == 409
    stranger = api_of(usuario_ajeno)
    assert stranger("GET", url).status_code == 403
    assert stranger("POST", url, json={"texto": "Hola"}).status_code == 403
    assert admin_api("POST", f"{url}/{own}/validar").status_code == 409
    assert admin_api("POST", f"{url}/99/validar").status_code == 404
    assert len(rows(Mensaje)) == 2


def test_an_admin_discards_a_message_with_a_reason_and_the_buffet_never_sees_it(
    app, investigador_api, admin_api, cliente_api, oficio, usuario_investigador, rows
):
    url = f"/oficios/{oficio.id}/mensajes"
    held = make_message(app, oficio, usuario_investigador)
    reason = {"motivo": "Ya se le dijo por teléfono."}

    assert investigador_api("POST", f"{url}/{held}/descartar", json=reason).status_code == 403
    assert admin_api("POST", f"{url}/{held}/descartar", json={"motivo": " "}).status_code == 422
    gone = admin_api("POST", f"{url}/{held}/descartar", json=reason)
    assert gone.get_json()["estado"] == "descartado"
    assert admin_api("POST", f"{url}/{held}/descartar", json=reason).status_code == 409
    assert admin_api("POST", f"{url}/99/descartar", json=reason).status_code == 404
    assert cliente_api("GET", url).get_json() == []
    assert [row.motivo for row in rows(Mensaje)] == [reason["motivo"]]
