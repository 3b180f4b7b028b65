"""The time of a photo is the same words on every page, in the mail, in print and by the API."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.adjuntos.models import Adjunto
from app.api.v1.tokens import make_token
from app.core.clock import utcnow
from app.db import db
from app.notificaciones.models import Borrador
from tests.adjuntos.files import jpeg, send
from tests.informes.expedientes import make_expediente, pdf_of
from tests.notificaciones.rows import link_of, make_sent_notice
from tests.notificaciones.test_views import KEY, typed
from tests.ubicado.rows import make_location

DATA = Path(__file__).with_name("data")
#: 12:14 in Chile.
UPLOADED = datetime(2026, 11, 28, 15, 14, tzinfo=UTC)
TAKEN = "tomada el 20-11-2026 08:15 según la cámara"
SENT = "subida el 28-11-2026 12:14"

PHOTOS = {
    "with an offset": ((DATA / "foto_tomada_20nov_0815.jpg").read_bytes(), TAKEN),
    "with a blank offset": ((DATA / "foto_offset_en_blanco.jpg").read_bytes(), TAKEN),
    "without EXIF": (jpeg(), SENT),
}


@pytest.fixture(params=PHOTOS)
def photo(request, app, folder, oficio, usuario_investigador):
    """The id of a photo that came in on 28 November, and the words for its time."""
    data, words = PHOTOS[request.param]
    (result,) = send(app, oficio, usuario_investigador, ("auto.jpg", data), now=UPLOADED)
    assert result.adjunto_id, result.problem
    return result.adjunto_id, words


def other(words):
    """The moment that must not be told bare."""
    return SENT.removeprefix("subida el ") if words == TAKEN else "20-11-2026"


def test_the_gallery_the_page_of_the_photo_and_the_forms_say_it(oficio, investigador, photo):
    pk, words = photo
    sentence = words[:1].upper() + words[1:]

    assert sentence in investigador.get(f"/oficios/{oficio.id}/fotos").text
    page = investigador.get(f"/oficios/{oficio.id}/fotos/{pk}").text
    assert (words if words == TAKEN else "sin hora de la cámara") in page
    assert "no existe" not in page
    assert "28-11-2026 12:14" in page
    assert sentence in investigador.get(f"/oficios/{oficio.id}/notificaciones/nueva").text


def test_a_location_says_it(app, oficio, usuario_investigador, investigador, photo):
    pk, words = photo
    make_location(app, oficio, usuario_investigador, adjunto_ids=[pk])

    page = investigador.get(f"/oficios/{oficio.id}/ubicacion").text

    assert words[1:] in page


def test_the_mail_says_it_beside_the_description_and_without_one(
    app, oficio, investigador, photo, rows
):
    pk, words = photo
    base = f"/oficios/{oficio.id}/notificaciones"

    for description, line in (
        ("Auto estacionado", f"Auto estacionado ({words})"),
        ("", words[:1].upper() + words[1:]),
    ):
        investigador.post(
            f"/oficios/{oficio.id}/fotos/{pk}",
            data={"tipo": "foto_vehiculo", "descripcion": description, "visita_id": "0"},
        )
        investigador.post(
            f"{base}/vista-previa", data=typed(clave=KEY + description[:4], adjuntos=[str(pk)])
        )
        (draft,) = rows(Borrador, clave=KEY + description[:4])
        assert f"- {line}" in draft.cuerpo_texto
        assert line in draft.cuerpo_html
        assert other(words) not in draft.cuerpo_texto


def test_the_page_of_the_receptor_says_it(app, oficio, usuario_investigador, stranger, photo):
    pk, words = photo
    notice_id = make_sent_notice(app, oficio, usuario_investigador, adjunto_ids=[pk])

    page = stranger.get(link_of(app, notice_id)).text

    assert words[:1].upper() + words[1:] in page
    assert other(words) not in page


def test_the_expediente_says_it(app, oficio, usuario_investigador, photo):
    row = make_expediente(app, oficio, usuario_investigador)
    pages = PdfReader(BytesIO(pdf_of(app, row))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    _, words = photo

    assert f"Hora: {words if words == TAKEN else 'sin hora de la cámara'}" in text
    assert f"Incorporada: {SENT}" in text


def test_the_api_keeps_the_cameras_hour_and_the_uploads_apart(
    app, oficio, usuario_investigador, photo
):
    pk, words = photo
    token = make_token(usuario_investigador, str(app.secret_key), now=utcnow(), minutes=30)

    shown = (
        app.test_client()
        .get(
            f"/api/v1/oficios/{oficio.id}/adjuntos/{pk}",
            headers={"Authorization": f"Bearer {token}"},
        )
        .json
    )

    assert shown["fecha_subida"].startswith("2026-11-28T15:14:00")
    if words == TAKEN:
        assert shown["fecha_camara"].startswith("2026-11-20T11:15:00")
    else:
        assert shown["fecha_camara"] is None
    assert shown["cuando"] == words


def test_a_row_of_an_earlier_version_is_read_as_well(app, oficio, investigador, photo):
    """They hold what the camera wrote, blank offset and all; what is sealed is not rewritten."""
    pk, _ = photo
    with app.app_context():
        db.session.get_one(Adjunto, pk).metadatos = {"tomada_at": "2026-11-20T08:15:00:"}
        db.session.commit()

    assert TAKEN[1:] in investigador.get(f"/oficios/{oficio.id}/fotos").text
