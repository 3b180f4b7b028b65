"""Buffets are told of milestones by mail as they chose, each milestone once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.auditoria.models import Auditoria, DivulgacionCaso
from app.buffets.models import Buffet
from app.buffets.rules import ModoHitos, make_leave_token
from app.buffets.service import set_milestone_mails
from app.core.clock import to_local, utcnow
from app.core.link_signature import make_token
from app.db import db, transaction
from app.jobs.aside import join_aside
from app.jobs.queue import enqueue
from app.jobs.runner import claim, execute, work
from app.notificaciones.jobs import hand_over
from app.notificaciones.models import HitoInformado, Notificacion
from app.notificaciones.queries.hitos import list_hitos
from app.notificaciones.rules import (
    EstadoNotificacion,
    TipoNotificacion,
    TipoRespuesta,
    last_digest_moment,
)
from app.notificaciones.service import RespuestaData, answer_notice
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import Move, move_oficio, undo_move
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from tests.factories import make_link, make_oficio
from tests.notificaciones.rows import make_notice, make_sent_notice


def choose(app, buffet, modo, now):
    with app.app_context(), transaction():
        set_milestone_mails(db.session.get_one(Buffet, buffet.id), modo, actor=None, now=now)


def move(app, oficio, estado, actor, now):
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, oficio.id)
        move_oficio(
            row,
            Move(estado, row.version),
            actor=db.session.get_one(Usuario, actor.id),
            now=now,
        )


def look(app, now):
    """Run the periodic job, and what it orders, at that moment."""
    with app.app_context():
        with transaction():
            enqueue("notificaciones.hitos", key=f"hitos:{now.isoformat()}", now=now)
        work("prueba", clock=lambda: now)


@pytest.fixture
def since():
    return utcnow() - timedelta(hours=2)


@pytest.fixture
def caso(app, buffet, usuario_investigador, since):
    return make_oficio(
        app, buffet, usuario_investigador, now=since - timedelta(days=1), caratulado="BANCO/SOTO"
    )


def test_at_once_means_within_minutes_and_once(
    app, buffet, caso, usuario_investigador, mail_server, since, rows
):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    link = make_link(app, buffet)
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, utcnow())

    look(app, utcnow() + timedelta(minutes=5))
    look(app, utcnow() + timedelta(minutes=10))

    [received] = mail_server.received
    assert received.rcpt_tos == [buffet.email_principal]
    assert received.message["Subject"] == f"Comienza la búsqueda · Oficio {caso.numero_oficio}"
    html = received.message.get_body(("html",)).get_content()
    text = received.message.get_body(("plain",)).get_content()
    for body in (html, text):
        assert "BB·CL·12" in body
        assert "BANCO/SOTO" in body
        assert f"http://localhost/b/{link}" in body
    [notice] = rows(Notificacion)
    assert (notice.tipo, notice.oficio_id) == (TipoNotificacion.BUFFET, caso.id)
    assert [row.notificacion_id for row in rows(HitoInformado)] == [notice.id]
    [entry] = rows(Investigacion, oficio_id=caso.id, tipo=Actividad.NOTIFICACION)
    assert entry.descripcion == f"Correo de avance enviado al buffet ({buffet.email_principal})."


def test_several_news_are_one_mail_and_another_buffet_learns_nothing_of_them(
    app, buffet, otro_buffet, caso, usuario_investigador, mail_server, since, rows
):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    choose(app, otro_buffet, ModoHitos.AL_MOMENTO, since)
    other = make_oficio(app, buffet, usuario_investigador, patente="GGZL12")
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, utcnow())
    move(app, caso, Estado.NOTIFICACION, usuario_investigador, utcnow())
    make_sent_notice(app, caso, usuario_investigador)

    look(app, utcnow() + timedelta(minutes=5))

    [received] = mail_server.received
    assert received.message["Subject"] == "4 novedades en sus oficios"
    text = received.message.get_body(("plain",)).get_content()
    for line in (
        "Comienza la búsqueda",
        "Vehículo ubicado",
        "Receptor judicial notificado",
        "Oficio recibido",
    ):
        assert line in text
    assert other.numero_oficio in text
    assert sorted(row.oficio_id for row in rows(DivulgacionCaso)) == sorted([caso.id, other.id])
    [digest] = rows(Notificacion, tipo=TipoNotificacion.BUFFET)
    assert (digest.oficio_id, digest.buffet_id) == (None, buffet.id)


def test_a_digest_is_not_sent_when_one_of_its_cases_is_blocked_while_it_waits(
    app, buffet, caso, usuario_investigador, usuario_admin, mail_server, since, rows
):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    other = make_oficio(app, buffet, usuario_investigador, patente="GGZL12")
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, utcnow())
    now = utcnow() + timedelta(minutes=5)
    with app.app_context():
        with transaction():
            enqueue("notificaciones.hitos", key="hitos", now=now)
        run = claim("prueba", now=now)
        run.clock = lambda: now
        execute(run)
        with transaction():
            actor = db.session.get_one(Usuario, usuario_admin.id)
            block_cases([caso.id], "Lo pidió.", actor=actor, now=now)
        work("prueba", clock=lambda: now)
    assert mail_server.received == []
    look(app, now + timedelta(minutes=10))

    [received] = mail_server.received
    assert other.numero_oficio in received.message["Subject"]
    held, sent = rows(Notificacion, tipo=TipoNotificacion.BUFFET)
    assert (held.estado, sent.estado) == (EstadoNotificacion.FALLIDA, EstadoNotificacion.ENVIADA)
    assert "se bloqueó mientras esperaba" in held.error


def test_an_order_of_last_week_that_came_in_today_is_told_by_its_day(
    app, buffet, usuario_investigador, mail_server, since
):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    make_oficio(app, buffet, usuario_investigador, fecha_ingreso=date(2026, 11, 3))

    look(app, utcnow() + timedelta(minutes=5))

    [received] = mail_server.received
    for kind in ("html", "plain"):
        body = received.message.get_body((kind,)).get_content()
        assert "03-11-2026" in body
        assert "03-11-2026 0" not in body


def test_a_slip_that_was_undone_is_told_to_nobody(
    app, buffet, caso, usuario_investigador, mail_server, since
):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    now = utcnow()
    move(app, caso, Estado.NO_ENCONTRADO, usuario_investigador, now)
    look(app, now + timedelta(seconds=5))
    with app.app_context(), transaction():
        row = db.session.get_one(Oficio, caso.id)
        undo_move(
            row,
            Move(Estado.PENDIENTE, row.version),
            actor=db.session.get_one(Usuario, usuario_investigador.id),
            now=now + timedelta(seconds=10),
        )

    look(app, now + timedelta(minutes=5))

    assert mail_server.messages == []
    with app.app_context():
        assert [hito.texto for hito in list_hitos([caso.id])[caso.id]] == ["Oficio recibido"]


@pytest.mark.parametrize("estado", list(EstadoNotificacion))
def test_a_receptor_is_told_when_the_mail_went_or_when_he_answers(
    app, caso, usuario_investigador, since, estado
):
    now = utcnow()
    notice_id = make_notice(app, caso, usuario_investigador)
    with app.app_context(), transaction():
        notice = db.session.get_one(Notificacion, notice_id)
        notice.estado = estado
        notice.enviada_at = now if estado is EstadoNotificacion.ENVIADA else None

    def milestones():
        with app.app_context():
            return [hito.texto for hito in list_hitos([caso.id])[caso.id]]

    told = ["Receptor judicial notificado"] if estado is EstadoNotificacion.ENVIADA else []
    assert milestones() == [*told, "Oficio recibido"]

    with app.app_context(), transaction():
        answer_notice(
            db.session.get_one(Notificacion, notice_id),
            RespuestaData(TipoRespuesta.DILIGENCIADO),
            clave="la-respuesta",
            now=now + timedelta(minutes=1),
        )

    assert milestones() == [
        "Diligencia realizada",
        "Receptor judicial notificado",
        "Oficio recibido",
    ]


def test_who_chose_silence_is_told_nothing_and_later_nothing_of_before(
    app, buffet, caso, usuario_investigador, mail_server
):
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, utcnow())
    look(app, utcnow() + timedelta(minutes=5))
    choose(app, buffet, ModoHitos.AL_MOMENTO, utcnow() + timedelta(minutes=6))
    look(app, utcnow() + timedelta(minutes=10))

    with app.app_context():
        assert len(list_hitos([caso.id])[caso.id]) == 2
    assert mail_server.messages == []


def test_an_inactive_buffet_is_told_nothing(
    app, buffet, caso, usuario_investigador, mail_server, since
):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, utcnow())
    with app.app_context(), transaction():
        db.session.get_one(Buffet, buffet.id).activo = False

    look(app, utcnow() + timedelta(minutes=5))

    with app.app_context():
        assert len(list_hitos([caso.id])[caso.id]) == 2
    assert mail_server.messages == []


def test_two_workers_order_one_mail(app, buffet, caso, usuario_investigador, since, rows):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, utcnow())
    now = utcnow() + timedelta(minutes=5)
    with app.app_context(), transaction():
        for number in range(3):
            enqueue("notificaciones.hitos", key=f"hitos:{number}", now=now)

    with app.app_context():
        work("uno", clock=lambda: now)
        work("otro", clock=lambda: now + timedelta(minutes=10))

    assert len(rows(Notificacion)) == 1


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # Wednesday.
        ("2026-11-25T15:00:00", "2026-11-23T11:00:00"),
        # Monday, a minute before and at 8:00 in Santiago (summer: UTC-3).
        ("2026-11-23T10:59:00", "2026-11-16T11:00:00"),
        ("2026-11-23T11:00:00", "2026-11-23T11:00:00"),
        # The Monday after the clocks went back (UTC-4) and after they went forward (UTC-3).
        ("2026-04-06T11:59:00", "2026-03-30T11:00:00"),
        ("2026-04-06T12:00:00", "2026-04-06T12:00:00"),
        ("2026-09-07T10:59:00", "2026-08-31T12:00:00"),
        ("2026-09-07T11:00:00", "2026-09-07T11:00:00"),
        # Sunday night, when it is Monday in UTC already.
        ("2026-11-23T02:00:00", "2026-11-16T11:00:00"),
    ],
)
def test_the_digest_is_due_on_mondays_at_eight_whatever_the_clock_does(now, due):
    moment = last_digest_moment(datetime.fromisoformat(now).replace(tzinfo=UTC))

    assert moment == datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert to_local(moment).strftime("%A %H:%M") == "Monday 08:00"


def test_the_digest_tells_the_week_once_and_catches_up_after_a_downtime(
    app, buffet, usuario_investigador, mail_server, rows
):
    monday = last_digest_moment(utcnow())
    chosen = monday + timedelta(hours=1)
    caso = make_oficio(app, buffet, usuario_investigador, now=chosen - timedelta(days=1))
    choose(app, buffet, ModoHitos.SEMANAL, chosen)
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, chosen + timedelta(hours=2))
    next_monday = last_digest_moment(monday + timedelta(days=7, hours=2))

    look(app, next_monday - timedelta(minutes=5))
    assert mail_server.messages == []
    look(app, next_monday + timedelta(hours=30))  # nothing ran on Monday
    look(app, next_monday + timedelta(hours=31))

    [message] = mail_server.messages
    assert message["Subject"] == "Resumen semanal de sus oficios"
    assert "Comienza la búsqueda" in message.get_body(("html",)).get_content()
    # A week without news brings no mail.
    look(app, next_monday + timedelta(days=7, minutes=5))
    assert len(mail_server.messages) == 1


def test_the_mail_brings_a_way_out_that_a_scanner_does_not_take(
    app, buffet, caso, usuario_investigador, mail_server, since, stranger, rows
):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, utcnow())
    look(app, utcnow() + timedelta(minutes=5))
    [message] = mail_server.messages
    path = re.search(r"http://localhost(/baja/[\w.-]+)", message["List-Unsubscribe"])[1]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert f"http://localhost{path}" in message.get_body(("plain",)).get_content()
    with app.app_context():
        stored = db.session.scalar(sa.select(Notificacion.cuerpo_html))
    assert path not in stored

    page = stranger.get(path)
    assert "Dejar de recibirlos" in page.get_data(as_text=True)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert rows(Buffet, id=buffet.id)[0].modo_hitos is ModoHitos.AL_MOMENTO

    for _ in range(2):
        answer = stranger.post(path, data={"List-Unsubscribe": "One-Click"})
        assert "Ya no recibirán correos" in answer.get_data(as_text=True)
    assert rows(Buffet, id=buffet.id)[0].modo_hitos is ModoHitos.NUNCA
    move(app, caso, Estado.NOTIFICACION, usuario_investigador, utcnow())
    look(app, utcnow() + timedelta(minutes=15))
    assert len(mail_server.messages) == 1


def test_a_way_out_is_signed(app, buffet, otro_buffet, stranger, rows):
    token = make_leave_token(buffet.id, 1, str(app.secret_key), utcnow())
    said, signature = token.split(".")
    other = f"{otro_buffet.id}-{said.partition('-')[2]}"
    later = f"{said[:-1]}{'8' if said.endswith('9') else '9'}"

    for bad in (f"{other}.{signature}", f"{said}.x", f"{later}.{signature}", said, ".", "x.y"):
        assert stranger.get(f"/baja/{bad}").status_code == 404
        assert stranger.post(f"/baja/{bad}").status_code == 404


def ended(app, buffet, **values):
    """The path of a link that was sent so long ago, or before a rotation."""
    moment = utcnow() - values.get("before", timedelta())
    version = values.get("version", 1)
    return f"/baja/{make_leave_token(buffet.id, version, str(app.secret_key), moment)}"


def test_a_way_out_ends_and_says_how_else(app, buffet, stranger, rows, since):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    good = ended(app, buffet, before=timedelta(days=89))
    assert stranger.get(good).status_code == 200
    old = "/baja/" + make_token(str(buffet.id), str(app.secret_key), purpose="baja")

    for path in (ended(app, buffet, before=timedelta(days=91)), old):
        for answer in (
            stranger.get(path),
            stranger.post(path, data={"List-Unsubscribe": "One-Click"}),
        ):
            assert answer.status_code == 410
            assert "Este enlace ya no sirve" in answer.text
            assert "usted puede" in answer.text
            assert buffet.nombre not in answer.text
    assert rows(Buffet, id=buffet.id)[0].modo_hitos is ModoHitos.AL_MOMENTO
    stranger.post(good, data={"List-Unsubscribe": "One-Click"})
    assert rows(Buffet, id=buffet.id)[0].modo_hitos is ModoHitos.NUNCA


@pytest.mark.parametrize("who", ["admin", "buffet"])
def test_a_way_out_is_rotated_by_the_office_and_by_the_buffet(
    who, app, buffet, admin, cliente, cliente_ajeno, investigador, stranger, rows, since
):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    path = ended(app, buffet)
    assert cliente_ajeno.post("/portal/correos/rotar").status_code == 303  # its own alone
    assert investigador.post(f"/admin/buffets/{buffet.id}/correos/rotar").status_code == 404
    assert stranger.get(path).status_code == 200

    if who == "admin":
        assert admin.post(f"/admin/buffets/{buffet.id}/correos/rotar").status_code == 303
    else:
        assert "Anular los enlaces anteriores" in cliente.get("/portal/correos").text
        assert cliente.post("/portal/correos/rotar").status_code == 303

    assert stranger.get(path).status_code == 410
    assert stranger.post(path).status_code == 410
    assert stranger.get(ended(app, buffet, version=2)).status_code == 200
    [row] = rows(Auditoria, accion="buffet.baja_rotada", entidad_id=buffet.id)
    assert row.usuario_id is not None


def test_the_admin_sets_what_a_buffet_chose(admin, investigador, buffet, rows):
    url = f"/admin/buffets/{buffet.id}"
    assert "No enviar correos" in admin.get(url).get_data(as_text=True)

    assert admin.post(f"{url}/correos", data={"modo_hitos": "semanal"}).status_code == 303
    [row] = rows(Buffet, id=buffet.id)
    assert row.modo_hitos is ModoHitos.SEMANAL
    assert row.modo_hitos_desde is not None

    answer = admin.post(f"{url}/correos", data={"modo_hitos": "siempre"})
    assert answer.status_code == 422
    assert "Elija una de las opciones" in answer.get_data(as_text=True)
    assert investigador.post(f"{url}/correos", data={"modo_hitos": "nunca"}).status_code == 404
    assert rows(Buffet, id=buffet.id)[0].modo_hitos is ModoHitos.SEMANAL


def test_changing_from_weekly_to_at_once_loses_nothing(
    app, buffet, caso, usuario_investigador, mail_server, since
):
    choose(app, buffet, ModoHitos.SEMANAL, since)
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, utcnow())
    choose(app, buffet, ModoHitos.AL_MOMENTO, utcnow())

    look(app, utcnow() + timedelta(minutes=5))

    assert len(mail_server.messages) == 1


def test_a_digest_of_which_nobody_knows_does_not_break_the_page_of_jobs(
    app, buffet, usuario_investigador, since, admin, mail_server, monkeypatch, rows
):
    choose(app, buffet, ModoHitos.AL_MOMENTO, since)
    for patente in ("BBCL12", "GGZL12"):
        make_oficio(app, buffet, usuario_investigador, patente=patente)
    monkeypatch.setattr(hand_over, "WORKER_SECONDS", 0.3)
    monkeypatch.setattr(hand_over, "FINAL_SECONDS", 0.6)
    mail_server.hang()

    look(app, utcnow() + timedelta(minutes=5))
    assert join_aside(10) == 0
    mail_server.recover()

    [notice] = rows(Notificacion)
    assert (notice.oficio_id, notice.estado) == (None, EstadoNotificacion.INCIERTA)
    assert admin.get("/admin/trabajos").status_code == 200
    assert admin.get(f"/admin/trabajos/{notice.trabajo_id}").status_code == 200


def set_buffet(app, buffet, **values):
    with app.app_context(), transaction():
        row = db.session.get_one(Buffet, buffet.id)
        for name, value in values.items():
            setattr(row, name, value)


def test_a_digest_of_a_clock_that_ran_ahead_skips_no_week(
    app, buffet, usuario_investigador, mail_server, rows
):
    monday = last_digest_moment(utcnow())
    caso = make_oficio(app, buffet, usuario_investigador, now=monday - timedelta(days=3))
    choose(app, buffet, ModoHitos.SEMANAL, monday - timedelta(days=2))
    next_monday = last_digest_moment(monday + timedelta(days=7, hours=2))
    # The clock showed the Monday that comes, and was put right.
    set_buffet(app, buffet, resumen_hasta=next_monday)
    look(app, monday + timedelta(hours=3))
    assert rows(Buffet, id=buffet.id)[0].resumen_hasta == monday
    assert mail_server.messages == []
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, monday + timedelta(hours=4))

    look(app, next_monday + timedelta(minutes=5))
    assert [message["Subject"] for message in mail_server.messages] == [
        "Resumen semanal de sus oficios"
    ]


def test_news_go_on_after_a_clock_that_ran_ahead(
    app, buffet, caso, usuario_investigador, mail_server, since
):
    choose(app, buffet, ModoHitos.AL_MOMENTO, utcnow() + timedelta(days=2))
    look(app, utcnow())
    # One step was written while the clock ran ahead, the other by a right one.
    move(app, caso, Estado.INVESTIGACION, usuario_investigador, utcnow() + timedelta(days=2))
    look(app, utcnow() + timedelta(minutes=5))
    assert len(mail_server.messages) == 1
    move(app, caso, Estado.NOTIFICACION, usuario_investigador, utcnow() + timedelta(minutes=6))
    look(app, utcnow() + timedelta(minutes=10))

    assert len(mail_server.messages) == 2
