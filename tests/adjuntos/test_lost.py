"""A row whose file is gone from the storage: each door says so in words, and none breaks."""

from __future__ import annotations

import pytest

from app.adjuntos.models import Adjunto
from app.adjuntos.outside.storage import LocalStorage
from app.api.v1.tokens import make_token
from app.core.clock import utcnow
from tests.adjuntos.files import jpeg, make_adjunto, pdf
from tests.notificaciones.rows import link_of, make_sent_notice
from tests.plugins.application import HTMX

SENTENCE = "El archivo no está en el almacenamiento. Avise a quien administra Rastro."
#: What Chromium and Firefox send for an ``img``, and what a browser from before 2020 does.
PICTURE = {"Sec-Fetch-Dest": "image", "Accept": "image/avif,image/webp,*/*;q=0.8"}
OLD_PICTURE = {"Accept": "image/webp,image/apng,image/*,*/*;q=0.8"}


@pytest.fixture
def lost(app, folder, oficio, usuario_investigador) -> Adjunto:
    """A photo none of whose files is there any more."""
    adjunto = make_adjunto(app, oficio, usuario_investigador, "auto.jpg", jpeg((640, 480)))
    lose(folder, adjunto)
    return adjunto


def lose(folder, adjunto: Adjunto) -> None:
    for key, _sha256 in adjunto.keys:
        LocalStorage(folder).delete(key)


def assert_words_in_a_picture(response) -> None:
    assert response.status_code == 404
    assert response.mimetype == "image/svg+xml"
    assert "Falta el archivo" in response.text
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("headers", [PICTURE, OLD_PICTURE])
@pytest.mark.parametrize("end", ["", "/miniatura"])
def test_a_tile_and_a_photo_show_words_where_the_picture_was(investigador, lost, end, headers):
    assert_words_in_a_picture(investigador.get(f"/adjuntos/{lost.id}{end}", headers=headers))


@pytest.mark.parametrize("end", ["", "/miniatura"])
def test_who_opens_the_picture_itself_reads_the_sentence(investigador, lost, end):
    response = investigador.get(f"/adjuntos/{lost.id}{end}", headers={"Accept": "text/html"})

    assert response.status_code == 404
    assert SENTENCE in response.text
    assert "enlace esté incompleto" not in response.text


def test_the_pages_around_it_go_on(investigador, oficio, lost):
    assert investigador.get(f"/oficios/{oficio.id}/fotos").status_code == 200
    assert investigador.get(f"/oficios/{oficio.id}/fotos/{lost.id}").status_code == 200


def test_a_lost_original_and_a_lost_document_are_told(
    app, folder, investigador, oficio, usuario_investigador, lost
):
    document = make_adjunto(app, oficio, usuario_investigador, "orden.pdf", pdf())
    lose(folder, document)

    for response in (
        investigador.post(f"/adjuntos/{lost.id}/original"),
        investigador.get(f"/adjuntos/{document.id}"),
    ):
        assert response.status_code == 404
        assert SENTENCE in response.text
    toast = investigador.post(f"/adjuntos/{lost.id}/original", headers=HTMX)
    assert toast.status_code == 404


@pytest.mark.parametrize("what", ["copia", "original"])
def test_a_program_reads_it_in_detail(app, usuario_investigador, oficio, lost, what):
    token = make_token(usuario_investigador, str(app.secret_key), now=utcnow(), minutes=5)
    response = app.test_client().get(
        f"/api/v1/oficios/{oficio.id}/adjuntos/{lost.id}/{what}",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert response.status_code == 404
    assert response.get_json() == {"detail": SENTENCE}


def test_a_buffet_sees_words_in_its_dashboard(investigador, cliente, oficio, lost):
    investigador.post(f"/oficios/{oficio.id}/fotos/{lost.id}/buffet", data={"aprobado": "si"})
    url = f"/portal/oficios/{oficio.id}/fotos/{lost.id}"

    assert url in cliente.get(f"/portal/oficios/{oficio.id}").text
    assert_words_in_a_picture(cliente.get(url, headers=PICTURE))


def test_a_receptor_sees_words_on_the_page_of_the_notice(
    app, folder, stranger, oficio, usuario_investigador
):
    photo = make_adjunto(app, oficio, usuario_investigador, "auto.jpg")
    notice_id = make_sent_notice(app, oficio, usuario_investigador, adjunto_ids=[photo.id])
    link = link_of(app, notice_id)
    lose(folder, photo)

    assert stranger.get(link).status_code == 200
    assert_words_in_a_picture(stranger.get(f"{link}/foto/{photo.id}", headers=PICTURE))


def test_a_notice_names_the_photo_that_it_cannot_carry(app, usuario_investigador, oficio, lost):
    token = make_token(usuario_investigador, str(app.secret_key), now=utcnow(), minutes=5)
    response = app.test_client().post(
        f"/api/v1/oficios/{oficio.id}/notificar-receptor",
        headers={"Authorization": f"Bearer {token}"},
        json={"receptor_email": "ana@receptores.example", "adjuntos_ids": [lost.id]},
    )

    assert response.status_code == 422, response.text
    (told,) = response.get_json()["detail"]
    assert "El archivo de la foto «auto.jpg» no está en el almacenamiento" in told["msg"]


def test_what_a_stranger_may_not_know_of_is_not_told_as_lost(stranger, cliente, oficio, lost):
    assert stranger.get(f"/adjuntos/{lost.id}", headers=PICTURE).status_code != 404
    hidden = cliente.get(f"/portal/oficios/{oficio.id}/fotos/{lost.id}", headers=PICTURE)
    assert hidden.status_code == 404
    assert "Falta el archivo" not in hidden.text
