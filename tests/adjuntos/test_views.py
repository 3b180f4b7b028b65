"""The section of photos and documents: for a phone, for HTMX, without JavaScript, for strangers."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from app.adjuntos import pages as views
from app.adjuntos.models import Adjunto
from app.auditoria.models import Auditoria
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from tests.adjuntos.files import camera_exif, encode, jpeg, make_adjunto, pdf, picture
from tests.factories import make_oficio
from tests.plugins.application import HTMX, assert_fragment

pytestmark = pytest.mark.usefixtures("archive")


def files(*pairs: tuple[str, bytes], field: str = "archivos") -> dict:
    return {field: [(io.BytesIO(data), name) for name, data in pairs]}


def text_of(response) -> str:
    return response.get_data(as_text=True)


@pytest.fixture
def photo(app, oficio, usuario_investigador) -> Adjunto:
    return make_adjunto(
        app, oficio, usuario_investigador, "auto.jpg", jpeg((640, 480), exif=camera_exif())
    )


@pytest.fixture
def document(app, oficio, usuario_investigador) -> Adjunto:
    return make_adjunto(app, oficio, usuario_investigador, "orden.pdf", pdf())


def test_an_empty_section_says_what_photos_are_for(investigador, oficio):
    page = text_of(investigador.get(f"/oficios/{oficio.id}/fotos"))

    assert "Todavía no hay fotos ni documentos" in page
    assert "<html" in page


def test_a_phone_may_choose_from_its_gallery_and_open_its_camera(investigador, oficio):
    page = text_of(investigador.get(f"/oficios/{oficio.id}/fotos"))

    inputs = re.findall(r"<input[^>]*type=\"file\"[^>]*>", page)
    assert len(inputs) == 2
    gallery, camera = inputs
    assert "multiple" in gallery
    assert "application/pdf" in gallery
    assert "capture" not in gallery
    assert 'capture="environment"' in camera


def test_several_files_are_stored_without_javascript(investigador, oficio, rows):
    response = investigador.post(
        f"/oficios/{oficio.id}/fotos",
        data={
            **files(("a.jpg", jpeg()), ("b.pdf", pdf())),
            **files(("c.jpg", jpeg()), field="camara"),
            "descripcion": "Frente a la casa",
        },
    )

    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"/oficios/{oficio.id}/fotos",
    )
    assert [row.filename for row in rows(Adjunto)] == ["a.jpg", "b.pdf", "c.jpg"]
    page = text_of(investigador.get(f"/oficios/{oficio.id}/fotos"))
    assert "Se guardaron 3 archivos." in page
    for row in rows(Adjunto):
        assert f'id="adjunto-tile-{row.id}"' in page
    assert 'alt="Frente a la casa"' in page


def test_htmx_gets_the_section_that_the_page_would_show(investigador, oficio, rows):
    response = investigador.post(
        f"/oficios/{oficio.id}/fotos", data=files(("a.jpg", jpeg())), headers=HTMX
    )

    assert response.status_code == 200
    assert_fragment(response, f"oficio-fotos-{oficio.id}")
    assert f'id="adjunto-tile-{rows(Adjunto)[0].id}"' in text_of(response)
    assert "Se guard\\u00f3 1 archivo." in response.headers["HX-Trigger"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nothing_chosen_is_said_beside_the_field_and_what_was_typed_stays(
    investigador, oficio, rows, headers
):
    response = investigador.post(
        f"/oficios/{oficio.id}/fotos",
        data={"archivos": (io.BytesIO(b""), ""), "descripcion": "Costado", "tipo": "evidencia"},
        headers=headers,
    )

    page = text_of(response)
    assert response.status_code == 422
    assert "Elija al menos una foto o un PDF" in page
    assert 'value="Costado"' in page
    assert '<option selected value="evidencia">' in page
    assert rows(Adjunto) == []


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_file_that_is_not_what_it_says_is_named_with_its_reason(
    investigador, oficio, rows, headers
):
    response = investigador.post(
        f"/oficios/{oficio.id}/fotos",
        data={**files(("factura.jpg", b"MZ" + bytes(90))), "descripcion": "Costado"},
        headers=headers,
    )

    page = text_of(response)
    assert response.status_code == 422
    assert "<strong>factura.jpg</strong>: Es un programa" in re.sub(r"\s+", " ", page)
    assert 'value="Costado"' in page
    assert rows(Adjunto) == []


def test_the_good_ones_of_several_are_stored_and_shown_with_the_reasons(investigador, oficio, rows):
    def send(headers, *names):
        return investigador.post(
            f"/oficios/{oficio.id}/fotos",
            data=files(*((name, jpeg() if "b" in name else b"") for name in names)),
            headers=headers,
        )

    plain = send({}, "b1.jpg", "x.jpg")
    fragment = send(HTMX, "b2.jpg", "x.jpg")

    assert (plain.status_code, fragment.status_code) == (422, 200)
    assert [row.filename for row in rows(Adjunto)] == ["b1.jpg", "b2.jpg"]
    for response in (plain, fragment):
        assert "Se guardó 1 archivo. 1 archivo no se guardó: vea por qué." in text_of(response)
        assert "El archivo está vacío" in text_of(response)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_photo_that_is_there_already_is_no_failure(investigador, oficio, rows, headers):
    data = jpeg()
    investigador.post(f"/oficios/{oficio.id}/fotos", data=files(("a.jpg", data)))

    response = investigador.post(
        f"/oficios/{oficio.id}/fotos", data=files(("b.jpg", data)), headers=headers
    )

    assert response.status_code == (200 if headers else 303)
    page = text_of(response if headers else investigador.get(f"/oficios/{oficio.id}/fotos"))
    assert "Ya estaba en este oficio: «b.jpg»." in page
    assert len(rows(Adjunto)) == 1


def test_an_unknown_kind_is_refused_in_words(investigador, oficio, rows):
    response = investigador.post(
        f"/oficios/{oficio.id}/fotos",
        data={**files(("a.jpg", jpeg())), "tipo": "secreto"},
        headers=HTMX,
    )

    assert response.status_code == 422
    assert "Elija una de las opciones de la lista." in text_of(response)
    assert rows(Adjunto) == []


def test_the_chosen_kind_is_kept(investigador, oficio, rows):
    investigador.post(
        f"/oficios/{oficio.id}/fotos", data={**files(("a.jpg", jpeg())), "tipo": "evidencia"}
    )

    assert rows(Adjunto)[0].tipo.value == "evidencia"


def test_a_file_above_the_limit_is_named_and_the_others_kept(investigador, oficio, rows, configure):
    configure(max_upload_bytes=100 * 1024)

    response = investigador.post(
        f"/oficios/{oficio.id}/fotos",
        data=files(("enorme.jpg", jpeg() + bytes(100 * 1024)), ("a.jpg", jpeg())),
    )

    assert "Pesa más de 100 kB, que es el máximo por archivo." in text_of(response)
    assert [row.filename for row in rows(Adjunto)] == ["a.jpg"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_more_than_a_request_may_carry_is_refused_with_a_sentence(
    app, investigador, oficio, rows, headers, monkeypatch
):
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 10_000)

    response = investigador.post(
        f"/oficios/{oficio.id}/fotos", data=files(("a.jpg", bytes(50_000))), headers=headers
    )

    said = response.headers["HX-Trigger"] if headers else text_of(response)
    assert response.status_code == 413
    assert "demasiado grande" in said
    assert rows(Adjunto) == []


def test_the_page_of_a_photo_shows_what_the_camera_wrote(investigador, oficio, photo):
    page = text_of(investigador.get(f"/oficios/{oficio.id}/fotos/{photo.id}"))

    assert f'src="/adjuntos/{photo.id}"' in page
    assert "tomada el 20-11-2026 18:04 según la cámara" in page
    assert "Acme Foto 3" in page
    assert "-33.4375, -70.65" in page
    assert photo.sha256 in page
    assert "640 × 480 px" in page


def test_one_goes_from_photo_to_photo_by_links(
    app, investigador, oficio, usuario_investigador, photo, document
):
    newest = make_adjunto(app, oficio, usuario_investigador)

    page = text_of(investigador.get(f"/oficios/{oficio.id}/fotos/{document.id}"))

    def link(rel):
        return re.search(rf'rel="{rel}"\s+href="([^"]+)"', page)[1]

    assert link("prev") == f"/oficios/{oficio.id}/fotos/{newest.id}"
    assert link("next") == f"/oficios/{oficio.id}/fotos/{photo.id}"
    assert "2 de 3" in page


def test_every_text_of_a_stranger_is_only_text(app, investigador, oficio, usuario_investigador):
    exif = camera_exif()
    exif[272] = "<script>alert(1)</script>"
    photo = make_adjunto(
        app, oficio, usuario_investigador, "<b>x</b>.jpg", encode(picture(), exif=exif)
    )
    investigador.post(
        f"/oficios/{oficio.id}/fotos/{photo.id}",
        data={"tipo": "evidencia", "descripcion": '"><script>alert(2)</script>'},
    )

    for url in (f"/oficios/{oficio.id}/fotos", f"/oficios/{oficio.id}/fotos/{photo.id}"):
        page = text_of(investigador.get(url))
        assert "<script>alert" not in page
        assert "<b>x" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_people_say_of_a_photo_is_changed_by_form(investigador, oficio, photo, rows, headers):
    response = investigador.post(
        f"/oficios/{oficio.id}/fotos/{photo.id}",
        data={"tipo": "evidencia", "descripcion": "Patente trasera"},
        headers=headers,
    )

    assert response.status_code == (200 if headers else 303)
    if headers:
        assert "Patente trasera" in assert_fragment(response, f"oficio-fotos-{oficio.id}")
    row = rows(Adjunto)[0]
    assert (row.tipo.value, row.descripcion) == ("evidencia", "Patente trasera")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"tipo": "secreto"}, "Elija una de las opciones de la lista."),
        ({"tipo": "evidencia", "descripcion": "x" * 501}, "No puede tener más de 500"),
    ],
)
def test_a_wrong_change_keeps_what_was_typed(investigador, oficio, photo, rows, typed, sentence):
    response = investigador.post(f"/oficios/{oficio.id}/fotos/{photo.id}", data=typed)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert typed.get("descripcion", "") in text_of(response)
    assert rows(Adjunto)[0].tipo.value == "foto_vehiculo"


def test_a_pdf_is_not_offered_to_be_a_photo(investigador, oficio, document, rows):
    url = f"/oficios/{oficio.id}/fotos/{document.id}"

    assert 'value="foto_vehiculo"' not in text_of(investigador.get(url))
    response = investigador.post(url, data={"tipo": "foto_vehiculo"})

    assert response.status_code == 422
    assert rows(Adjunto)[0].tipo.value == "documento"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_photo_leaves_the_case_with_a_reason(investigador, oficio, photo, rows, headers):
    url = f"/oficios/{oficio.id}/fotos/{photo.id}"
    refused = investigador.post(f"{url}/eliminar", data={"motivo": " "}, headers=headers)
    assert refused.status_code == 422
    assert "Escriba por qué se elimina" in text_of(refused)

    response = investigador.post(
        f"{url}/eliminar", data={"motivo": "Es de otro auto"}, headers=headers
    )

    where = response.headers["HX-Redirect" if headers else "Location"]
    assert where == f"/oficios/{oficio.id}/fotos"
    assert "Eliminado del caso" in text_of(investigador.get(where))
    assert rows(Adjunto)[0].eliminado_motivo == "Es de otro auto"
    for gone in (url, f"/adjuntos/{photo.id}", f"/adjuntos/{photo.id}/miniatura"):
        assert investigador.get(gone).status_code == 404


def test_the_copy_is_an_upright_jpeg_that_a_browser_may_keep_to_itself(investigador, photo):
    response = investigador.get(f"/adjuntos/{photo.id}")

    assert response.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(response.data)).size == (640, 480)
    assert b"Acme" not in response.data
    headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    policy = headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert policy[-1] == "sandbox"
    assert headers["Content-Disposition"] == "inline; filename=auto.jpg"
    response.close()


def test_the_thumbnail_is_small_and_a_document_has_none(investigador, photo, document):
    response = investigador.get(f"/adjuntos/{photo.id}/miniatura")

    assert Image.open(io.BytesIO(response.data)).size == (480, 360)
    assert investigador.get(f"/adjuntos/{document.id}/miniatura").status_code == 404
    response.close()


def test_a_document_is_downloaded_and_never_opened_in_the_page(investigador, document):
    response = investigador.get(f"/adjuntos/{document.id}")

    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF-")
    assert response.headers["Content-Disposition"] == "attachment; filename=orden.pdf"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    response.close()


def test_taking_the_original_is_written_down(
    app, admin, oficio, usuario_admin, usuario_investigador, rows
):
    data = jpeg(exif=camera_exif())
    photo = make_adjunto(app, oficio, usuario_investigador, "auto.jpg", data)

    response = admin.post(f"/adjuntos/{photo.id}/original")

    assert response.data == data
    assert response.content_length == len(data)
    assert response.mimetype == "application/octet-stream"
    assert response.headers["Content-Disposition"] == "attachment; filename=auto.jpg"
    assert response.headers["Cache-Control"] == "no-store"
    response.close()
    (entry,) = rows(Auditoria, accion="adjunto.original_descargado")
    assert (entry.usuario_id, entry.entidad, entry.entidad_id) == (
        usuario_admin.id,
        "adjunto",
        photo.id,
    )
    assert admin.get(f"/adjuntos/{photo.id}/original").status_code == 405


def test_an_original_is_not_handed_out_when_it_cannot_be_written_down(
    investigador, photo, monkeypatch
):
    def fail(*_args, **_kwargs):
        raise RuntimeError("the audit is out of order")

    monkeypatch.setattr(views, "note_original_download", fail)

    response = investigador.post(f"/adjuntos/{photo.id}/original")

    assert response.status_code == 500
    assert b"\xff\xd8\xff" not in response.data


def test_a_lost_file_is_a_sentence_and_nothing_is_written_down(investigador, photo, archive, rows):
    archive.lose(*archive.keys())

    assert investigador.get(f"/adjuntos/{photo.id}").status_code == 404
    assert investigador.post(f"/adjuntos/{photo.id}/original").status_code == 404
    assert rows(Auditoria, accion="adjunto.original_descargado") == []


def test_a_photo_is_only_found_in_its_own_oficio(
    app, investigador, buffet, oficio, photo, usuario_investigador, rows
):
    other = make_oficio(app, buffet, usuario_investigador)
    url = f"/oficios/{other.id}/fotos/{photo.id}"

    assert investigador.get(url).status_code == 404
    assert investigador.post(url, data={"tipo": "evidencia"}).status_code == 404
    assert investigador.post(f"{url}/eliminar", data={"motivo": "x"}).status_code == 404
    assert rows(Adjunto)[0].eliminado_at is None
    assert investigador.get(f"/oficios/{oficio.id}/fotos/{photo.id}").status_code == 200


def test_people_of_a_buffet_and_strangers_find_nothing(
    stranger, cliente, cliente_ajeno, oficio, photo, rows
):
    section = f"/oficios/{oficio.id}/fotos"
    pages = (
        section,
        f"{section}/{photo.id}",
        f"/adjuntos/{photo.id}",
        f"/adjuntos/{photo.id}/miniatura",
    )
    deeds = (
        section,
        f"{section}/{photo.id}",
        f"{section}/{photo.id}/eliminar",
        f"/adjuntos/{photo.id}/original",
    )

    for client, refusal in ((cliente, 404), (cliente_ajeno, 404), (stranger, 303)):
        assert {client.get(url).status_code for url in pages} == {refusal}
        assert {client.post(url).status_code for url in deeds} == {refusal}
    assert len(rows(Adjunto)) == 1
    assert len(rows(Investigacion, tipo=Actividad.ADJUNTO)) == 1
    assert rows(Auditoria) == []
