"""Copies and where answers go, photos behind the link, and the directory with its courts."""

from __future__ import annotations

import os

import pytest
from PIL import Image

from app.core.tribunales import find_tribunal
from app.notificaciones.models import Borrador, Notificacion, Receptor
from app.notificaciones.pages import compose
from app.notificaciones.rules import CLIPPED_BYTES, MAX_MAIL_MB
from app.notificaciones.service import writing
from tests.adjuntos.files import encode, make_adjunto
from tests.notificaciones.rows import (
    EMAIL,
    find_notice,
    link_of,
    make_notice,
    make_receptor,
    make_sent_notice,
)
from tests.notificaciones.test_views import KEY, send, typed


@pytest.fixture
def base(oficio):
    return f"/oficios/{oficio.id}/notificaciones"


def test_a_copy_and_the_address_for_answers_go_out_as_previewed(
    investigador, base, mail_server, worker, rows
):
    data = typed(cc_email="Abogada@Estudio.example", responder_a="turno@oficina.example")
    url = investigador.post(f"{base}/vista-previa", data=data).headers["Location"]
    page = investigador.get(url).get_data(as_text=True)
    assert "Abogada@estudio.example" in page
    assert "turno@oficina.example" in page

    investigador.post(base, data=send(KEY))
    worker()

    [received] = mail_server.received
    assert received.rcpt_tos == [EMAIL, "Abogada@estudio.example"]
    assert received.message["Cc"].addresses[0].addr_spec == "Abogada@estudio.example"
    assert received.message["Reply-To"].addresses[0].addr_spec == "turno@oficina.example"
    [notice] = rows(Notificacion)
    detail = investigador.get(f"{base}/{notice.id}").get_data(as_text=True)
    assert "Abogada@estudio.example" in detail


@pytest.mark.parametrize("field", ["cc_email", "responder_a"])
@pytest.mark.parametrize(
    "address",
    [
        "a@uno.example,b@dos.example",
        "a@uno.example; b@dos.example",
        "a@uno.example\r\nBcc: b@dos.example",
        "Ana <a@uno.example>",
        "nadie",
    ],
)
@pytest.mark.parametrize("path", ["", "/vista-previa"])
def test_what_is_not_one_address_is_refused(field, address, path, investigador, base, rows):
    answer = investigador.post(f"{base}{path}", data=typed(**{field: address}))

    assert answer.status_code == 422
    assert "correo" in answer.get_data(as_text=True)
    assert rows(Notificacion) == rows(Borrador) == []


def test_photos_that_do_not_fit_wait_behind_the_link(
    app,
    investigador,
    usuario_investigador,
    oficio,
    base,
    mail_server,
    worker,
    stranger,
    rows,
    monkeypatch,
):
    photos = [
        make_adjunto(app, oficio, usuario_investigador, f"{number}.jpg", encode(_noise()))
        for number in range(3)
    ]
    data = typed(adjuntos=[str(photo.id) for photo in photos])
    sizes = []
    for whole in (typed(), data):
        investigador.post(f"{base}/vista-previa", data=whole)
        sizes.append(rows(Borrador)[0].tamano_bytes)
    limit = sum(sizes) // 2  # room for the text and about half of the photos
    monkeypatch.setattr(writing, "max_mail_bytes", lambda: limit)
    url = investigador.post(f"{base}/vista-previa", data=data).headers["Location"]
    page = investigador.get(url).get_data(as_text=True)
    [draft] = rows(Borrador)
    hidden = draft.adjuntos_enlace
    assert 0 < len(hidden) < 3
    assert "en el correo: el receptor las ve" in page.replace("no cabe ", "no caben ")
    assert draft.tamano_bytes <= limit

    investigador.post(base, data=send(KEY))
    worker()

    [message] = mail_server.messages
    inside = [part for part in message.walk() if part.get_content_maintype() == "image"]
    assert len(inside) == 3 - len(hidden)
    assert "Ver todas las fotos" in message.get_body(("html",)).get_content()
    assert "Véalas todas aquí" in message.get_body(("plain",)).get_content()
    [notice] = rows(Notificacion)
    link = link_of(app, notice.id)
    for photo in photos:
        assert stranger.get(f"{link}/foto/{photo.id}").status_code == 200


def test_a_long_mail_says_before_it_goes_that_readers_cut_it(
    app, investigador, base, mail_server, worker, rows, monkeypatch
):
    page = investigador.get(
        investigador.post(f"{base}/vista-previa", data=typed()).headers["Location"]
    ).text
    assert "algunos lectores lo cortan" not in page
    [small] = rows(Borrador)
    monkeypatch.setattr(compose, "CLIPPED_BYTES", len(small.cuerpo_html.encode()) - 1)

    for path in (f"{base}/vista-previa", base):
        url = investigador.post(path, data=typed()).headers["Location"]
        page = investigador.get(url).text
        assert "algunos lectores lo cortan" in page
        assert "el correo completo, con las fotos," in page
    assert rows(Notificacion) == []

    investigador.post(base, data=send(KEY))
    worker()
    assert len(mail_server.messages) == 1
    assert CLIPPED_BYTES == 100_000


def _noise():
    """A picture that does not get small."""
    return Image.frombytes("RGB", (200, 200), os.urandom(200 * 200 * 3))


def test_a_mail_that_fits_needs_no_link_for_its_photos(
    app, investigador, usuario_investigador, oficio, base, rows
):
    photo = make_adjunto(app, oficio, usuario_investigador)

    investigador.post(base, data=typed(adjuntos=[str(photo.id)]))

    [notice] = rows(Notificacion)
    assert notice.adjuntos_enlace == []
    assert MAX_MAIL_MB.defecto == 15
    assert "no cabe" not in find_notice(app, notice.id).cuerpo_html


def test_who_is_chosen_and_who_is_typed_are_one_person(
    app, investigador, usuario_investigador, base, rows
):
    receptor = make_receptor(app, usuario_investigador)

    answer = investigador.post(base, data=typed(receptor=str(receptor.id), email="otro@x.example"))

    assert answer.status_code == 422
    assert "Eligió a Ema Soto de la lista y además" in answer.get_data(as_text=True)
    assert rows(Notificacion) == []


def test_courts_are_chosen_from_the_list(app, investigador, usuario_investigador, rows):
    court = find_tribunal("19º Juzgado Civil de Santiago")
    assert court
    data = {"nombre": "Ema Soto", "email": EMAIL, "tribunales_pjud": [court.pjud_id]}

    assert investigador.post("/admin/receptores/nuevo", data=data).status_code == 303

    [receptor] = rows(Receptor)
    assert receptor.tribunales_pjud == [court.pjud_id]
    page = investigador.get(f"/admin/receptores/{receptor.id}").get_data(as_text=True)
    assert f'value="{court.pjud_id}"\n                         checked' in page
    assert court.nombre in investigador.get("/admin/receptores").get_data(as_text=True)

    answer = investigador.post(
        f"/admin/receptores/{receptor.id}", data={**data, "tribunales_pjud": ["inventado"]}
    )
    assert answer.status_code == 422
    assert "Elija los tribunales de la lista" in answer.get_data(as_text=True)


def test_a_receptor_has_a_record_of_notices_and_answers(
    app, investigador, usuario_investigador, oficio, stranger
):
    receptor = make_receptor(app, usuario_investigador)
    url = f"/admin/receptores/{receptor.id}"
    assert "Todavía no se le ha enviado ninguno" in investigador.get(url).get_data(as_text=True)
    make_notice(app, oficio, usuario_investigador)
    sent = make_sent_notice(app, oficio, usuario_investigador)
    stranger.post(
        link_of(app, sent), data={"clave": "una-clave-cualquiera", "tipo": "no_encontrado"}
    )

    page = investigador.get(url).get_data(as_text=True)

    assert page.count(f"Oficio {oficio.numero_oficio}") == 2
    assert "sin respuesta" in page
    assert "No encontré el vehículo" in page
