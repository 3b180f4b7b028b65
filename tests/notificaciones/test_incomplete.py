"""A notice without photos or without an address asks once more before it goes."""

from __future__ import annotations

import pytest

from app.db import db, transaction
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import PLACE_HEADINGS, describe_lacking
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from tests.adjuntos.conftest import folder
from tests.adjuntos.files import make_adjunto
from tests.api.conftest import api_of, investigador_api, token_of
from tests.factories import make_oficio
from tests.notificaciones.rows import EMAIL, find_notice, make_notice, make_sent_notice
from tests.notificaciones.test_views import KEY, send, typed
from tests.plugins.application import HTMX
from tests.ubicado.rows import make_location

__all__ = ["api_of", "folder", "investigador_api", "token_of"]

BOX = 'name="confirmar_incompleto"'


@pytest.fixture
def located(app, folder, buffet, usuario_investigador):
    """A case whose vehicle was found, with a photo of the place and another one."""
    oficio = make_oficio(app, buffet, usuario_investigador, estado=Estado.INVESTIGACION)
    there = make_adjunto(app, oficio, usuario_investigador)
    make_adjunto(app, oficio, usuario_investigador)
    make_location(app, oficio, usuario_investigador, adjunto_ids=[there.id])
    return oficio, there


@pytest.mark.parametrize("heading", sorted(PLACE_HEADINGS))
def test_the_sentence_names_what_is_lacking(heading):
    assert describe_lacking("Hola", 0) == "Este aviso va sin fotos y sin dirección."
    assert describe_lacking("Hola", 2) == "Este aviso va sin dirección."
    assert describe_lacking(f"Hola\n{heading}\nAv. Grecia 1180", 0) == "Este aviso va sin fotos."
    assert describe_lacking(f"Hola\n{heading}\nAv. Grecia 1180", 1) == ""


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_bare_notice_waits_for_a_yes_and_keeps_what_was_typed(
    headers, investigador, oficio, rows
):
    base = f"/oficios/{oficio.id}/notificaciones"
    bare = typed(confirmar_incompleto="", mensaje="Llame antes.")

    refused = investigador.post(base, data=bare, headers=headers)

    assert refused.status_code == 422
    assert "Este aviso va sin fotos y sin dirección." in refused.text
    assert BOX in refused.text
    assert "Llame antes." in refused.text
    assert rows(Notificacion) == []
    sent = investigador.post(base, data={**bare, "confirmar_incompleto": "y"}, headers=headers)
    assert sent.status_code in {200, 204, 303}
    assert len(rows(Notificacion)) == 1


def test_the_preview_says_what_is_lacking_before_it_is_asked(investigador, oficio, rows):
    base = f"/oficios/{oficio.id}/notificaciones"
    url = investigador.post(f"{base}/vista-previa", data=typed()).headers["Location"]

    page = investigador.get(url).text
    assert "Este aviso va sin fotos y sin dirección. ¿Enviarlo igual?" in page
    assert BOX in page
    assert investigador.post(base, data={"clave": KEY}).status_code == 422
    assert rows(Notificacion) == []
    assert investigador.post(base, data=send(KEY)).status_code == 303
    assert len(rows(Notificacion)) == 1


def test_a_notice_with_photo_and_place_is_not_asked_for(investigador, located, rows):
    oficio, there = located
    base = f"/oficios/{oficio.id}/notificaciones"
    whole = typed(confirmar_incompleto="", adjuntos=[str(there.id)])
    url = investigador.post(f"{base}/vista-previa", data=whole).headers["Location"]

    assert BOX not in investigador.get(url).text
    assert investigador.post(base, data={"clave": KEY}).status_code == 303
    assert len(rows(Notificacion)) == 1


def test_a_repeated_and_bare_notice_keeps_the_first_yes(
    app, investigador, usuario_investigador, oficio, rows
):
    make_notice(app, oficio, usuario_investigador)
    base = f"/oficios/{oficio.id}/notificaciones"

    page = investigador.post(base, data=typed(confirmar="y", confirmar_incompleto="")).text

    assert BOX in page
    assert 'name="confirmar"' in page
    assert len(rows(Notificacion)) == 1
    assert investigador.post(base, data=typed(confirmar="y")).status_code == 303


def test_sending_again_says_what_the_notice_lacks(app, investigador, usuario_investigador, oficio):
    notice_id = make_sent_notice(app, oficio, usuario_investigador)
    url = f"/oficios/{oficio.id}/notificaciones/{notice_id}"

    for answer in (investigador.get(url), investigador.post(f"{url}/reenviar")):
        assert "Este aviso va sin fotos y sin dirección." in answer.text


def test_a_program_says_yes_with_a_field_of_its_own(investigador_api, oficio, rows):
    path, body = f"/oficios/{oficio.id}/notificar-receptor", {"receptor_email": EMAIL}

    refused = investigador_api("POST", path, body)

    assert refused.status_code == 409
    assert refused.get_json()["detail"] == (
        "Este aviso va sin fotos y sin dirección. "
        "Para enviarlo igual, mande «confirmar_incompleto»: true."
    )
    assert rows(Notificacion) == []
    body["confirmar_incompleto"] = True
    assert investigador_api("POST", path, body).status_code == 202


def test_photos_left_out_are_those_of_the_place_and_an_empty_list_is_none(
    app, investigador_api, located, rows
):
    oficio, there = located
    path, body = f"/oficios/{oficio.id}/notificar-receptor", {"receptor_email": EMAIL}

    assert investigador_api("POST", path, body).status_code == 202
    (first,) = rows(Notificacion)
    assert [photo.id for photo in find_notice(app, first.id).adjuntos] == [there.id]

    body |= {"adjuntos_ids": [], "confirmar_repetida": True}
    refused = investigador_api("POST", path, body)
    assert refused.status_code == 409
    assert "Este aviso va sin fotos. " in refused.get_json()["detail"]
    assert investigador_api("POST", path, {**body, "confirmar_incompleto": True}).status_code == 202
    second = max(rows(Notificacion), key=lambda row: row.id)
    assert find_notice(app, second.id).adjuntos == []


@pytest.mark.parametrize(
    ("tribunal", "is_said"),
    [("1º Juzgado de Letras de Arica", True), ("19° Juzgado Civil de Santiago", False)],
)
def test_the_form_says_when_the_place_is_of_another_corte(
    app, investigador, located, tribunal, is_said
):
    oficio, _photo = located
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).tribunal = tribunal

    page = investigador.get(f"/oficios/{oficio.id}/notificaciones/nueva").text

    assert ("Puede hacer falta un exhorto" in page) is is_said
