"""The receptor answers through the link in his mail: without an account, and for that case only."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.auditoria.models import Auditoria
from app.avisos.models import Aviso
from app.buffets.rules import make_token as make_buffet_token
from app.core.clock import to_local, utcnow
from app.core.link_signature import make_token
from app.db import db, transaction
from app.direcciones.models import Direccion
from app.eventos.models import Evento
from app.eventos.rules import TipoEvento
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.rules import TipoRespuesta
from app.notificaciones.service import Destinatario
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import Move, move_oficio
from app.ubicado.rules import TipoLugar
from app.ubicado.service import UbicacionData, locate
from app.usuarios.models import Usuario
from tests.adjuntos.files import jpeg, make_adjunto
from tests.factories import make_link, make_oficio, want_mail
from tests.notificaciones.rows import EMAIL, link_of, make_notice, make_sent_notice
from tests.notificaciones.test_views import typed

KEY = "clave-de-una-respuesta"


def said(**values):
    return {"clave": KEY, "tipo": "recibido", **values}


@pytest.fixture
def caso(app, buffet, usuario_investigador):
    """A case that is with the receptor, and whose investigator is ``usuario_investigador``."""
    oficio = make_oficio(
        app, buffet, usuario_investigador, estado=Estado.NOTIFICACION, rol="C-77-2026"
    )
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).investigador_id = usuario_investigador.id
    return oficio


@pytest.fixture
def notice_id(app, caso, usuario_investigador):
    return make_sent_notice(app, caso, usuario_investigador)


@pytest.fixture
def link(app, notice_id):
    return link_of(app, notice_id)


def count_rows(app):
    """How many rows there are of everything that an answer touches."""
    with app.app_context():
        return [
            db.session.scalar(sa.select(sa.func.count()).select_from(model))
            for model in (Respuesta, Investigacion, Aviso, Adjunto, Auditoria, Evento)
        ]


def test_the_mail_brings_a_link_that_what_is_stored_does_not_hold(
    app, investigador, caso, mail_server, worker, stranger, rows
):
    investigador.post(f"/oficios/{caso.id}/notificaciones", data=typed())
    worker()

    [message] = mail_server.messages
    [notice] = rows(Notificacion)
    html = message.get_body(("html",)).get_content()
    text = message.get_body(("plain",)).get_content()
    [path] = set(re.findall(r"http://localhost(/r/[\w.-]+)", html))
    assert f"http://localhost{path}" in text.splitlines()
    assert stranger.get(path).status_code == 200
    with app.app_context():
        stored = db.session.get_one(Notificacion, notice.id)
        assert path not in stored.cuerpo_html + stored.cuerpo_texto
        [known] = set(re.findall(r"(/r/[\w.-]+)", stored.cuerpo_html))
    assert stranger.get(known).status_code == 404


def test_looking_changes_nothing_however_often_a_scanner_does(app, stranger, link):
    before = count_rows(app)

    for _ in range(3):
        answer = stranger.get(link)
        assert answer.status_code == 200
        assert stranger.head(link).status_code == 200

    assert count_rows(app) == before
    page = answer.get_data(as_text=True)
    assert "Aviso para Ema Soto" in page
    assert "Rol C-77-2026" in page
    assert "<script" in page  # of the product; the form needs none of it
    assert 'method="post"' in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize(
    ("tipo", "words"),
    [
        ("recibido", "Ema Soto recibió el aviso."),
        ("diligenciado", "Ema Soto realizó la diligencia."),
        ("no_encontrado", "Ema Soto no encontró el vehículo."),
    ],
)
def test_an_answer_is_written_down_and_rings_the_investigators_bell(
    tipo, words, app, stranger, caso, link, notice_id, rows, usuario_investigador
):
    answer = stranger.post(link, data=said(tipo=tipo))

    assert answer.status_code == 303
    assert answer.headers["Location"] == link
    [stored] = rows(Respuesta)
    assert (stored.notificacion_id, stored.tipo) == (notice_id, TipoRespuesta(tipo))
    [entry] = rows(Investigacion, oficio_id=caso.id, tipo=Actividad.NOTIFICACION)
    assert (entry.descripcion, entry.usuario_id) == (words, None)
    assert entry.detalle["procedencia"] == "receptor"
    [aviso] = rows(Aviso)
    assert aviso.usuario_id == usuario_investigador.id
    assert words in aviso.texto
    assert aviso.url == f"/oficios/{caso.id}/notificaciones/{notice_id}"
    [evento] = rows(Evento, tipo=TipoEvento.RESPONDIDO)
    assert (evento.oficio_id, evento.datos["respuesta"]) == (caso.id, tipo)
    assert "Gracias" in stranger.get(link).get_data(as_text=True)


def test_on_my_way_says_when_on_a_santiago_clock(app, stranger, link, rows, investigador, caso):
    soon = to_local(utcnow() + timedelta(hours=1))

    stranger.post(link, data=said(tipo="en_camino", hora=soon.strftime("%H:%M")))

    [stored] = rows(Respuesta)
    assert stored.hora_llegada == soon.replace(second=0, microsecond=0)
    [entry] = rows(Investigacion, oficio_id=caso.id, tipo=Actividad.NOTIFICACION)
    assert entry.descripcion == f"Ema Soto va en camino y llega a las {soon:%H:%M}."
    section = investigador.get(f"/oficios/{caso.id}/notificaciones").get_data(as_text=True)
    assert f"llega a las {soon:%H:%M}" in section


def test_an_hour_that_has_passed_is_one_of_tomorrow(app, stranger, link, rows):
    passed = to_local(utcnow() - timedelta(hours=3))

    stranger.post(link, data=said(tipo="en_camino", hora=passed.strftime("%H:%M")))

    [stored] = rows(Respuesta)
    assert utcnow() < stored.hora_llegada < utcnow() + timedelta(hours=24)


def test_photos_come_with_the_answer_and_say_where_they_are_from(
    app, stranger, link, rows, caso, investigador, notice_id
):
    data = said(
        tipo="diligenciado",
        comentario="Retirado sin oposición.",
        fotos=[
            (io.BytesIO(jpeg((30, 20))), "patio.jpg"),
            (io.BytesIO(jpeg((20, 30))), "llave.jpg"),
        ],
    )

    stranger.post(link, data=data, content_type="multipart/form-data")

    photos = rows(Adjunto, oficio_id=caso.id)
    assert [one.filename for one in photos] == ["patio.jpg", "llave.jpg"]
    assert {one.usuario_id for one in photos} == {None}
    assert {one.descripcion for one in photos} == {"Del receptor Ema Soto"}
    added = rows(Investigacion, oficio_id=caso.id, tipo=Actividad.ADJUNTO)
    assert added[0].descripcion == "El receptor agrega la foto «patio.jpg»"
    assert added[0].detalle["procedencia"] == "receptor"
    [told] = rows(Investigacion, oficio_id=caso.id, tipo=Actividad.NOTIFICACION)
    assert told.descripcion == (
        "Ema Soto realizó la diligencia, con 2 fotos: «Retirado sin oposición.»"
    )
    page = investigador.get(f"/oficios/{caso.id}/notificaciones/{notice_id}").get_data(as_text=True)
    assert "Retirado sin oposición." in page
    assert f'src="/adjuntos/{photos[0].id}/miniatura"' in page


def test_a_bad_photo_is_named_and_does_not_hold_up_the_answer(stranger, link, rows, caso):
    data = said(
        fotos=[(io.BytesIO(b"MZ not a photo"), "foto.exe.jpg"), (io.BytesIO(jpeg()), "ok.jpg")]
    )

    page = stranger.post(
        link, data=data, content_type="multipart/form-data", follow_redirects=True
    ).get_data(as_text=True)

    assert "La foto «foto.exe.jpg» no se guardó." in page
    assert "su respuesta quedó anotada" in page
    assert [one.filename for one in rows(Adjunto)] == ["ok.jpg"]
    assert len(rows(Respuesta)) == 1


def test_the_same_form_twice_is_one_answer(stranger, link, rows):
    for _ in range(2):
        assert stranger.post(link, data=said(comentario="Voy")).status_code == 303

    assert len(rows(Respuesta)) == 1
    assert len(rows(Aviso)) == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"tipo": ""}, "Elija una de las opciones"),
        ({"tipo": "volando"}, "Elija una de las opciones"),
        ({"hora": "25:99"}, "Escriba la hora así"),
        ({"clave": ""}, "Abra de nuevo el enlace"),
        ({"comentario": "a" * 2001}, "2000 caracteres"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(
    values, sentence, stranger, link, rows
):
    answer = stranger.post(link, data=said(**{"comentario": "El portón estaba cerrado", **values}))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert "comentario" in values or "El portón estaba cerrado" in page
    assert rows(Respuesta) == []


def test_more_photos_than_fit_into_one_answer_are_refused_whole(stranger, link, rows):
    data = said(fotos=[(io.BytesIO(jpeg((10 + n, 10))), f"{n}.jpg") for n in range(11)])

    answer = stranger.post(link, data=data, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "hasta 10 fotos" in answer.get_data(as_text=True)
    assert rows(Adjunto) == []


def test_markup_in_a_comment_is_only_text(stranger, link, rows, investigador, caso, notice_id):
    stranger.post(link, data=said(comentario="<script>alert(1)</script>"))

    for client, url in (
        (stranger, link),
        (investigador, f"/oficios/{caso.id}/notificaciones/{notice_id}"),
        (investigador, "/avisos"),
    ):
        page = client.get(url).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_every_bad_link_is_the_same_404(
    app, stranger, link, caso, buffet, usuario_investigador, notice_id
):
    selector, signature = link.removeprefix("/r/").split(".")
    secret = str(app.secret_key)
    waiting = make_notice(app, caso, usuario_investigador)  # of the time before there were links
    expired = make_sent_notice(app, caso, usuario_investigador)
    expired_link = link_of(app, expired)
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, expired).enlace_expira_at = utcnow()
    bad = [
        f"/r/{selector}",
        f"/r/{selector}.{signature[:-1]}x",
        f"/r/{selector}x.{signature}",
        f"/r/{waiting}.{signature}",
        "/r/nada",
        f"/r/{make_token('desconocido', secret, purpose='receptor')}",
        f"/r/{make_link(app, buffet)}",
        f"/r/{make_buffet_token(selector, secret)}",
        expired_link,
    ]

    pages = {(stranger.get(url).status_code, _words(stranger.get(url))) for url in bad}
    answers = {stranger.post(url, data=said()).status_code for url in bad}

    assert len(pages) == 1
    assert {status for status, _ in pages} == {404}
    assert answers == {404}


def _words(answer):
    text = answer.get_data(as_text=True)
    return re.sub(r'"X-CSRFToken": "[^"]+"', "", text)


def test_a_link_ends_for_good_when_the_case_closes(app, stranger, link, caso, usuario_admin, rows):
    def move(estado):
        with app.app_context(), transaction():
            row = db.session.get_one(Oficio, caso.id)
            admin = db.session.get_one(Usuario, usuario_admin.id)
            move_oficio(row, Move(estado, row.version), actor=admin, now=utcnow())

    move(Estado.ENCONTRADO)
    assert stranger.get(link).status_code == 404
    assert stranger.post(link, data=said()).status_code == 404

    move(Estado.NOTIFICACION)
    assert stranger.get(link).status_code == 404
    assert rows(Respuesta) == []


def test_a_link_shows_the_photos_of_its_notice_and_no_others(
    app, stranger, caso, usuario_investigador
):
    sent = make_adjunto(app, caso, usuario_investigador, "enviada.jpg")
    kept = make_adjunto(app, caso, usuario_investigador, "interna.png")
    gone = make_adjunto(app, caso, usuario_investigador, "borrada.webp")
    notice_id = make_sent_notice(app, caso, usuario_investigador, adjunto_ids=[sent.id, gone.id])
    with app.app_context(), transaction():
        db.session.get_one(Adjunto, gone.id).eliminado_at = utcnow()
    link = link_of(app, notice_id)

    photo = stranger.get(f"{link}/foto/{sent.id}")

    assert photo.status_code == 200
    assert photo.data.startswith(b"\xff\xd8\xff")
    assert photo.headers["Cache-Control"] == "no-store"
    assert f"{link}/foto/{sent.id}" in stranger.get(link).get_data(as_text=True)
    assert stranger.get(f"{link}/foto/{kept.id}").status_code == 404
    assert stranger.get(f"{link}/foto/{gone.id}").status_code == 404


def test_a_link_opens_nothing_else(stranger, link, caso, notice_id):
    stranger.get(link)
    stranger.post(link, data=said())

    for url in (f"/oficios/{caso.id}", f"/oficios/{caso.id}/notificaciones/{notice_id}", "/portal"):
        assert stranger.get(url).status_code in {303, 302}
        assert "/entrar" in stranger.get(url).headers["Location"]


def test_whoever_tries_too_often_is_slowed_down(app, stranger, link, throttled):
    codes = [stranger.post(link, data=said(tipo="")).status_code for _ in range(21)]

    assert codes[:20] == [422] * 20
    assert codes[20] == 429


def test_the_answer_also_comes_by_mail_to_who_asked_for_it(
    app, stranger, link, caso, usuario_investigador, mail_server, worker
):
    want_mail(app, usuario_investigador)

    stranger.post(link, data=said(comentario="Mañana a primera hora"))
    worker()

    [received] = mail_server.received
    assert received.rcpt_tos == [usuario_investigador.email]
    assert "Ema Soto recibió el aviso" in received.message["Subject"]
    html = received.message.get_body(("html",)).get_content()
    assert f"http://localhost/oficios/{caso.id}/notificaciones/" in html
    assert "Mañana a primera hora" in html


def test_who_sent_it_is_told_when_nobody_has_the_case(
    app, stranger, oficio, usuario_investigador, usuario_admin, rows
):
    notice_id = make_sent_notice(app, oficio, usuario_admin)

    stranger.post(link_of(app, notice_id), data=said())

    [aviso] = rows(Aviso)
    assert aviso.usuario_id == usuario_admin.id


def test_the_page_works_for_a_notice_to_an_address_alone(app, stranger, caso, usuario_admin):
    notice_id = make_sent_notice(app, caso, usuario_admin, destinatario=Destinatario(EMAIL))

    assert "el receptor judicial" in stranger.get(link_of(app, notice_id)).get_data(as_text=True)


def test_the_page_tells_where_it_is_how_to_get_in_and_whom_to_call(
    app, stranger, caso, usuario_investigador, link
):
    photo_id = make_adjunto(app, caso, usuario_investigador).id
    with app.app_context(), transaction():
        db.session.get_one(Usuario, usuario_investigador.id).telefono = "+56912345678"
        locate(
            db.session.get_one(Oficio, caso.id),
            UbicacionData(
                TipoLugar.DIRECCION,
                "una-ubicacion-de-prueba-0001",
                [photo_id],
                lugar="Av. Grecia 1180",
                comuna="Ñuñoa",
                lat=-33.456,
                lon=-70.61,
                exactitud_m=12.0,
                acceso="Subterráneo -2, hay guardia.",
            ),
            actor=db.session.get_one(Usuario, usuario_investigador.id),
            now=utcnow(),
        )

    page = stranger.get(link).text

    for fact in (
        "Av. Grecia 1180, Ñuñoa",
        "-33.456000, -70.610000 (± 12 m)",
        "Subterráneo -2, hay guardia.",
        "query=-33.456000%2C-70.610000",
        "Abrir en el mapa",
        'href="tel:+56912345678"',
        "Llamar",
    ):
        assert fact in page, fact


def test_a_notice_of_a_located_case_comes_with_the_photos_of_the_place(
    app, investigador, caso, usuario_investigador
):
    other = make_adjunto(app, caso, usuario_investigador)
    found = make_adjunto(app, caso, usuario_investigador)
    with app.app_context(), transaction():
        locate(
            db.session.get_one(Oficio, caso.id),
            UbicacionData(
                TipoLugar.VIA_PUBLICA,
                "una-ubicacion-de-prueba-0002",
                [found.id],
                lugar="Frente al 20",
            ),
            actor=db.session.get_one(Usuario, usuario_investigador.id),
            now=utcnow(),
        )

    page = investigador.get(f"/oficios/{caso.id}/notificaciones/nueva").text
    ticked = re.findall(r'name="adjuntos"\s+value="(\d+)"\s+checked', page)

    assert ticked == [str(found.id)]
    assert f'value="{other.id}"' in page


def test_on_my_way_is_told_on_the_clock_of_the_place(app, stranger, link, rows, investigador, caso):
    with app.app_context(), transaction():
        for row in db.session.get_one(Oficio, caso.id).direcciones:
            db.session.delete(row)
        db.session.add(
            Direccion(oficio_id=caso.id, direccion="Atamu Tekena 5", comuna="Isla de Pascua")
        )
    soon = (utcnow() + timedelta(hours=1)).astimezone(ZoneInfo("Pacific/Easter"))

    stranger.post(link, data=said(tipo="en_camino", hora=soon.strftime("%H:%M")))

    [stored] = rows(Respuesta)
    assert stored.hora_llegada == soon.replace(second=0, microsecond=0)
    told = f"llega a las {soon:%H:%M} (hora de Isla de Pascua)"
    assert told in stranger.get(link).get_data(as_text=True)
    assert told in investigador.get(f"/oficios/{caso.id}/notificaciones").get_data(as_text=True)
    [entry] = rows(Investigacion, oficio_id=caso.id, tipo=Actividad.NOTIFICACION)
    assert told in entry.descripcion
