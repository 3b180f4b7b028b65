"""Every mail can be seen and sent again by a person who says yes twice, whatever kind it is."""

from __future__ import annotations

import re

import pytest

from app.ajustes.rules import OFFICE_NAME
from app.ajustes.service import set_setting
from app.anclaje.service import anchor
from app.avisos.models import Aviso
from app.avisos.rules import PorCorreo
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.notificaciones.mails import compose_internal, compose_milestones
from app.notificaciones.models import Notificacion
from app.notificaciones.queries.hitos import list_hitos
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion
from app.notificaciones.service import give_up, order_mail
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from tests.adjuntos.files import make_adjunto
from tests.ajustes.logos import make_logo
from tests.notificaciones.rows import EMAIL, find_notice, link_of, make_notice, make_sent_notice

URL = "/admin/correos"
YES = {"confirmar": "y"}
ASKED = "Marque «Sí, enviar otra vez»"


def make_digest(app, buffet, clave="hitos:prueba"):
    """The id of a mail to a buffet about no one case, which waits to be sent."""
    with app.app_context(), transaction():
        row = db.session.get_one(Buffet, buffet.id)
        return order_mail(
            TipoNotificacion.BUFFET,
            compose_milestones(row, [], weekly=True),
            email=row.email_principal,
            nombre=row.nombre,
            clave=clave,
            now=utcnow(),
            buffet_id=row.id,
        ).id


def make_internal(app, oficio):
    with app.app_context(), transaction():
        return order_mail(
            TipoNotificacion.INTERNA,
            compose_internal("Algo pasó.", path="/", accion="Ver", nombre="Carla"),
            email="carla@oficina.example",
            nombre="Carla",
            clave="interna:prueba",
            now=utcnow(),
            oficio_id=oficio.id,
        ).id


def settle(app, notice_id, estado):
    """Say how it went, without a mail server."""
    with app.app_context(), transaction():
        notice = db.session.get_one(Notificacion, notice_id)
        notice.estado = estado
        if estado is EstadoNotificacion.ENVIADA:
            notice.enviada_at = utcnow()
        db.session.execute(db.delete(Trabajo))


@pytest.fixture(params=["receptor", "recordatorio", "buffet", "resumen", "interna"])
def mail(request, app, oficio, buffet, usuario_investigador):
    """One mail of each kind: its id, its address for a person who may send it again."""
    if request.param == "resumen":
        notice_id = make_digest(app, buffet)
        return notice_id, f"{URL}/{notice_id}"
    if request.param == "interna":
        notice_id = make_internal(app, oficio)
    else:
        notice_id = make_notice(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        notice = db.session.get_one(Notificacion, notice_id)
        if request.param == "recordatorio":
            first = make_sent_copy(notice)
            notice.recordatorio_de_id = first
        if request.param == "buffet":
            notice.tipo = TipoNotificacion.BUFFET
            notice.buffet_id = buffet.id
    return notice_id, f"/oficios/{oficio.id}/notificaciones/{notice_id}"


def make_sent_copy(notice):
    """An earlier notice that this one reminds of."""
    first = Notificacion(
        oficio_id=notice.oficio_id,
        tipo=notice.tipo,
        estado=EstadoNotificacion.ENVIADA,
        destinatario_email=notice.destinatario_email,
        asunto="Primero",
        cuerpo_texto="x",
        cuerpo_html="x",
        message_id="<primero@rastro.example>",
        enviada_at=utcnow(),
    )
    db.session.add(first)
    db.session.flush()
    return first.id


@pytest.mark.parametrize(
    ("estado", "known", "label"),
    [
        (EstadoNotificacion.FALLIDA, "no salió", "Intentar otra vez"),
        (EstadoNotificacion.INCIERTA, "puede haber llegado", "Enviar otra vez"),
        (EstadoNotificacion.ENVIADA, "ya se envió el", "Enviar otra vez"),
    ],
)
def test_each_kind_of_mail_is_sent_again_after_the_same_second_yes(
    estado, known, label, mail, app, admin, mail_server, worker
):
    notice_id, url = mail
    settle(app, notice_id, estado)
    page = admin.get(url).get_data(as_text=True)
    assert known in page
    assert label in page

    refused = admin.post(f"{url}/reenviar")

    assert refused.status_code == 422
    assert ASKED in refused.get_data(as_text=True)
    assert worker() == 0
    assert mail_server.messages == []

    assert admin.post(f"{url}/reenviar", data=YES).status_code == 303
    worker()

    [message] = mail_server.messages
    sent = find_notice(app, notice_id)
    assert sent.estado is EstadoNotificacion.ENVIADA
    # One that may have arrived goes out under its own name; a copy of a sent one has its own.
    is_same = message["Message-ID"] == sent.message_id
    assert is_same == (estado is not EstadoNotificacion.ENVIADA)


def test_a_mail_on_its_way_is_not_sent_again(mail, app, admin, rows):
    notice_id, url = mail
    settle(app, notice_id, EstadoNotificacion.ENVIANDO)

    answer = admin.post(f"{url}/reenviar", data=YES)

    assert answer.status_code == 422
    assert "espere a ver qué pasa" in answer.get_data(as_text=True)
    assert rows(Trabajo) == []


def test_a_copy_has_a_link_of_its_own_and_is_no_news_to_the_client(
    app, investigador, usuario_investigador, oficio, stranger, mail_server, worker, rows
):
    notice_id = make_sent_notice(app, oficio, usuario_investigador, html="", texto="")
    with app.app_context(), transaction():
        notice = db.session.get_one(Notificacion, notice_id)
        notice.cuerpo_html = f'<a href="http://localhost/r/{notice.selector}">Responder</a>'
        notice.cuerpo_texto = f"http://localhost/r/{notice.selector}\n"
    url = f"/oficios/{oficio.id}/notificaciones/{notice_id}/reenviar"

    investigador.post(url, data=YES)
    investigador.post(url, data=YES)  # pressed twice: one copy
    worker()

    first, copy = rows(Notificacion)
    assert len(mail_server.messages) == 1
    assert copy.selector != first.selector
    html = mail_server.messages[0].get_body(("html",)).get_content()
    assert link_of(app, copy.id) in html
    assert first.selector not in html
    assert stranger.get(link_of(app, copy.id)).status_code == 200
    assert stranger.get(link_of(app, first.id)).status_code == 200
    with app.app_context():
        told = [hito.texto for hito in list_hitos([oficio.id])[oficio.id]]
    assert told.count("Receptor judicial notificado") == 1

    investigador.post(url, data=YES)
    worker()
    assert [row.clave for row in rows(Notificacion)][1:] == [
        f"reenvio-{notice_id}-1",
        f"reenvio-{notice_id}-2",
    ]


def test_after_the_case_is_closed_no_receptor_is_written_to_again(
    app, investigador, usuario_investigador, oficio, rows
):
    notice_id = make_sent_notice(app, oficio, usuario_investigador)
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).estado = Estado.ENCONTRADO

    answer = investigador.post(
        f"/oficios/{oficio.id}/notificaciones/{notice_id}/reenviar", data=YES
    )

    assert answer.status_code == 422
    assert "El caso está cerrado" in answer.get_data(as_text=True)
    assert len(rows(Notificacion)) == 1


def test_a_photo_that_left_the_case_is_not_sent_again(
    app, investigador, usuario_investigador, oficio, rows
):
    photo = make_adjunto(app, oficio, usuario_investigador)
    notice_id = make_sent_notice(app, oficio, usuario_investigador, adjunto_ids=[photo.id])
    investigador.post(
        f"/oficios/{oficio.id}/fotos/{photo.id}/eliminar", data={"motivo": "Es otro vehículo"}
    )

    answer = investigador.post(
        f"/oficios/{oficio.id}/notificaciones/{notice_id}/reenviar", data=YES
    )

    assert "escriba un aviso nuevo" in answer.get_data(as_text=True)
    assert len(rows(Notificacion)) == 1


def test_the_page_shows_what_is_of_no_case_and_what_waits_for_a_decision(
    app, admin, buffet, oficio, usuario_investigador
):
    digest = make_digest(app, buffet)
    failed = make_notice(app, oficio, usuario_investigador)
    settle(app, failed, EstadoNotificacion.FALLIDA)
    with app.app_context(), transaction():
        db.session.get_one(Notificacion, failed).error = "550 no such user"

    def shown(query=""):
        page = admin.get(f"{URL}{query}").get_data(as_text=True)
        return {int(pk) for pk in re.findall(r'id="correo-item-(\d+)"', page)}, page

    assert shown()[0] == {digest, failed}
    assert shown("?ver=sin_caso")[0] == {digest}
    ids, page = shown("?ver=problemas")
    assert ids == {failed}
    assert "550 no such user" in page
    assert oficio.numero_oficio in page
    assert shown(f"?buffet={buffet.id}")[0] == {digest}
    for nobody in (999, 0, -1, 10**20):
        assert admin.get(f"{URL}?buffet={nobody}").status_code == 404
    assert f"?buffet={buffet.id}" in admin.get(f"/admin/buffets/{buffet.id}").get_data(as_text=True)


def test_a_digest_is_previewed_as_it_was_sent_and_a_notice_in_its_case(
    app, admin, buffet, oficio, usuario_investigador
):
    digest = make_digest(app, buffet)
    notice_id = make_notice(app, oficio, usuario_investigador)

    page = admin.get(f"{URL}/{digest}").get_data(as_text=True)
    assert buffet.email_principal in page
    assert f"{URL}/{digest}/html" in page
    assert "Resumen de la semana" in admin.get(f"{URL}/{digest}/html").get_data(as_text=True)
    there = admin.get(f"{URL}/{notice_id}").headers["Location"]
    assert there == f"/oficios/{oficio.id}/notificaciones/{notice_id}"


def test_the_admins_hear_of_a_digest_that_did_not_go_out(
    app, admin, usuario_admin, buffet, mail_server, worker, rows
):
    digest = make_digest(app, buffet)
    mail_server.fail_with(550, "no such user")
    worker()

    [aviso] = rows(Aviso)
    assert aviso.usuario_id == usuario_admin.id
    assert "no se pudo enviar" in aviso.texto
    assert aviso.url == f"{URL}/{digest}"
    page = admin.get(aviso.url).get_data(as_text=True)
    assert "550 no such user" in page


def test_whoever_has_the_case_hears_of_a_notice_that_did_not_go_out(
    app, usuario_investigador, oficio, mail_server, worker, rows
):
    notice_id = make_notice(app, oficio, usuario_investigador)
    mail_server.fail_with(550, "no such user")
    worker()

    [aviso] = rows(Aviso)
    assert aviso.usuario_id == usuario_investigador.id
    assert aviso.texto.startswith(f"Oficio {oficio.numero_oficio}: el aviso a Ema Soto ({EMAIL})")
    assert aviso.url == f"/oficios/{oficio.id}/notificaciones/{notice_id}"


def test_every_mail_carries_the_offices_name_and_logo(
    app, admin, usuario_admin, buffet, mail_server, worker
):
    with app.app_context(), transaction():
        set_setting(OFFICE_NAME.clave, "Oficina <Sur>")
    plain = make_digest(app, buffet)
    logo = make_logo(app, usuario_admin)
    digest = make_digest(app, buffet, clave="hitos:con-logo")
    worker()

    without, with_logo = mail_server.messages
    assert "Oficina &lt;Sur&gt;" in without.get_body(("html",)).get_content()
    for message in (without, with_logo):
        assert "Oficina <Sur>" in message.get_body(("plain",)).get_content()
    html = with_logo.get_body(("html",)).get_content()
    [picture] = [part for part in with_logo.walk() if part.get_content_type() == "image/png"]
    assert f"cid:{picture['Content-ID'].strip('<>')}" in html
    assert picture.get_content() == admin.get(f"/oficina/logo/{logo}.png").data
    assert "image/png" not in str(without.get_content_type())
    # The page shows the same picture in its frame.
    framed = admin.get(f"{URL}/{digest}/html").get_data(as_text=True)
    assert f'src="/oficina/logo/{logo}.png"' in framed
    assert "cid:" not in framed
    assert "/oficina/logo/" not in admin.get(f"{URL}/{plain}/html").get_data(as_text=True)


def test_a_digest_brings_the_newest_root_so_that_the_buffet_holds_it(app, buffet):
    with app.app_context():
        before = compose_milestones(db.session.get_one(Buffet, buffet.id), [], weekly=True)
        with transaction():
            raiz = anchor(utcnow()).raiz
        mail = compose_milestones(db.session.get_one(Buffet, buffet.id), [], weekly=True)

    assert "custodia" not in before.texto
    assert "/anclas" not in before.html
    for part in (mail.texto, mail.html):
        assert raiz in part
        assert "no se escribió de nuevo" in part
        assert "/anclas" in part


def test_a_mail_of_notices_that_fails_is_told_in_the_application_once_a_day(
    app, usuario_admin, usuario_investigador
):
    for number in range(2):
        with app.app_context(), transaction():
            notice = order_mail(
                TipoNotificacion.INTERNA,
                compose_internal("Algo pasó.", path="/", accion="Ver", nombre="Carla"),
                email=usuario_investigador.email,
                nombre="Carla",
                clave=f"avisos:{number}",
                now=utcnow(),
            )
            give_up(notice, "El servidor no responde.", now=utcnow())

    with app.app_context():
        told = {row.usuario_id: row for row in db.session.scalars(db.select(Aviso))}
        assert len(told) == len(list(db.session.scalars(db.select(Aviso)))) == 2
        assert "lea aquí lo que le habría llegado" in told[usuario_investigador.id].texto
        assert told[usuario_investigador.id].url == "/avisos"
        assert "no se pudo enviar" in told[usuario_admin.id].texto
        # Nobody is mailed of it: that mail would fail as well.
        assert {row.correo for row in told.values()} == {PorCorreo.NO}
