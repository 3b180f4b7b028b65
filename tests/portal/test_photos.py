"""The photos that the office approved for a buffet, on its dashboard; and no other file."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from app.adjuntos.models import Adjunto
from app.auditoria.models import Auditoria
from app.custodia.service import verify
from tests.adjuntos.files import camera_exif, encode, make_adjunto, pdf, picture
from tests.factories import make_link, make_oficio
from tests.plugins.application import HTMX, assert_fragment


@pytest.fixture
def foto(app, oficio, usuario_investigador):
    data = encode(picture(), exif=camera_exif())
    return make_adjunto(app, oficio, usuario_investigador, "casa-de-rosa.jpg", data)


def approve(client, oficio, foto, value="si", **options):
    return client.post(
        f"/oficios/{oficio.id}/fotos/{foto.id}/buffet", data={"aprobado": value}, **options
    )


def photo_url(oficio, foto):
    return f"/portal/oficios/{oficio.id}/fotos/{foto.id}"


def test_a_buffet_sees_a_photo_from_its_approval_until_that_is_taken_back(
    app, investigador, cliente, stranger, buffet, oficio, foto
):
    stranger.post(f"/b/{make_link(app, buffet)}")
    page, url = f"/portal/oficios/{oficio.id}", photo_url(oficio, foto)
    for buffets in (cliente, stranger):
        assert url not in buffets.get(page).text
        assert buffets.get(url).status_code == 404

    assert approve(investigador, oficio, foto).status_code == 303
    for buffets in (cliente, stranger):
        assert url in buffets.get(page).text
        assert "casa-de-rosa" not in buffets.get(page).text
        answer = buffets.get(url)
        assert "casa-de-rosa" not in str(answer.headers)
        with Image.open(io.BytesIO(answer.data)) as image:
            assert dict(image.getexif()) == {}

    approve(investigador, oficio, foto, "no")
    for buffets in (cliente, stranger):
        assert buffets.get(url).status_code == 404


def test_the_office_sees_and_changes_it_with_and_without_javascript(investigador, oficio, foto):
    page = f"/oficios/{oficio.id}/fotos/{foto.id}"
    assert "No la ve" in investigador.get(page).text

    changed = assert_fragment(
        approve(investigador, oficio, foto, headers=HTMX), f"oficio-fotos-{oficio.id}"
    )
    assert "Dejar de mostrar al buffet" in changed
    assert "La ve el buffet" in investigador.get(f"/oficios/{oficio.id}/fotos").text
    assert "Muestra al buffet la foto" in investigador.get(f"/oficios/{oficio.id}").text


def test_asked_for_twice_it_is_one_deed(investigador, oficio, foto, rows):
    first = [approve(investigador, oficio, foto) and rows(Adjunto)[0].aprobado_at]
    approve(investigador, oficio, foto)

    assert [rows(Adjunto)[0].aprobado_at] == first
    assert len(rows(Auditoria, accion="adjunto.aprobado")) == 1


@pytest.mark.parametrize("value", ["", "quizás"])
def test_what_is_neither_yes_nor_no_changes_nothing(value, investigador, oficio, foto, rows):
    assert approve(investigador, oficio, foto, value).status_code == 422
    assert rows(Adjunto)[0].aprobado_at is None


def test_a_document_is_refused_since_it_has_no_copy(
    app, investigador, oficio, usuario_investigador, rows
):
    paper = make_adjunto(app, oficio, usuario_investigador, "cav.pdf", pdf())
    page = investigador.get(f"/oficios/{oficio.id}/fotos/{paper.id}").text

    assert "Mostrar al buffet" not in page
    assert approve(investigador, oficio, paper).status_code == 422
    assert rows(Adjunto)[0].aprobado_at is None


def test_a_photo_is_of_its_case_and_its_buffet(
    app, investigador, cliente, cliente_ajeno, buffet, oficio, foto, usuario_admin
):
    approve(investigador, oficio, foto)
    other = make_oficio(app, buffet, usuario_admin)

    assert cliente.get(photo_url(oficio, foto)).status_code == 200
    assert cliente.get(photo_url(other, foto)).status_code == 404
    assert cliente_ajeno.get(photo_url(oficio, foto)).status_code == 404
    assert investigador.get(photo_url(oficio, foto)).status_code == 404


def test_only_the_firm_approves(cliente, stranger, oficio, foto, rows):
    assert approve(cliente, oficio, foto).status_code == 404
    assert approve(stranger, oficio, foto).status_code == 303
    assert rows(Adjunto)[0].aprobado_at is None


def test_an_approval_leaves_the_chain_of_custody_whole(app, investigador, oficio, foto, rows):
    approve(investigador, oficio, foto)

    assert rows(Adjunto)[0].aprobado_at is not None
    with app.app_context():
        assert verify(oficio.id).problemas == []
