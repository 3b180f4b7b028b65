"""What is due is told in time and once, and stands in a calendar that names nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from app.agenda.jobs import tell_what_is_due
from app.agenda.models import EnlaceCalendario
from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria, Divulgacion
from app.avisos.models import Aviso
from app.avisos.rules import Novedad
from app.core.redaction import redact
from app.db import db, transaction
from app.jobs.queue import enqueue
from app.jobs.runner import work
from app.oficios.models import Oficio
from app.oficios.rules import Estado
from app.oficios.service import follow_up
from app.promesas.models import Pausa
from app.promesas.rules import MotivoPausa
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from tests.factories import make_oficio

#: A Monday, 11:00 in Santiago.
NOW = datetime(2026, 11, 30, 14, tzinfo=UTC)
TODAY = date(2026, 11, 30)


@pytest.fixture
def case(app, buffet, usuario_admin, usuario_investigador):
    """Make a case that the investigator has, with these values."""

    def make(**values):
        oficio = make_oficio(app, buffet, usuario_admin, estado=Estado.INVESTIGACION)
        given = {"investigador_id": usuario_investigador.id, "ultima_actividad_at": NOW, **values}
        with app.app_context(), transaction():
            row = db.session.get_one(Oficio, oficio.id)
            for name, value in given.items():
                setattr(row, name, value)
        return oficio

    return make


def promise(app, oficio, usuario, para):
    with app.app_context(), transaction():
        follow_up(
            db.session.get_one(Oficio, oficio.id),
            para,
            actor=db.session.get_one(Usuario, usuario.id),
            now=NOW - timedelta(days=9),
        )


def look(app, now=NOW):
    with app.app_context():
        with transaction():
            enqueue("agenda.avisar", key=f"agenda:{now.isoformat()}", now=now)
        work("prueba", clock=lambda: now)


def told(rows, novedad=None):
    return [row.texto for row in rows(Aviso) if novedad in (None, row.novedad)]


def test_deadlines_are_told_two_business_days_before_and_when_they_passed(
    app, case, investigador, usuario_investigador, rows
):
    case(numero_oficio="CERCA", fecha_limite=date(2026, 12, 2))
    case(numero_oficio="HOY", fecha_limite=TODAY)
    case(numero_oficio="PASADO", fecha_limite=date(2026, 11, 27))
    case(numero_oficio="LEJOS", fecha_limite=date(2026, 12, 3))
    case(numero_oficio="CERRADO", fecha_limite=TODAY, estado=Estado.ENCONTRADO)

    look(app, NOW - timedelta(hours=5))  # at 6:00 nobody is told
    assert rows(Aviso) == []
    look(app)
    look(app, NOW + timedelta(minutes=15))

    assert told(rows, Novedad.POR_VENCER) == [
        "Oficio HOY: vence hoy.",
        "Oficio CERCA: vence el 02-12-2026: quedan 2 días hábiles.",
    ]
    assert told(rows, Novedad.VENCIDO) == ["Oficio PASADO: venció el 27-11-2026."]
    assert {row.usuario_id for row in rows(Aviso)} == {usuario_investigador.id}
    # All that comes of the calendar is one notice.
    page = investigador.get("/avisos").get_data(as_text=True)
    assert "2 plazos o promesas por vencer, un plazo o una promesa que venció." in page
    assert "Avisos: 1 nuevo" in page
    # The same deadline is told again when it passes; three days later that of LEJOS, too.
    look(app, NOW + timedelta(days=4))
    assert len(told(rows, Novedad.VENCIDO)) == 4


def test_a_follow_up_is_told_to_who_promised_it_and_a_quiet_case_to_who_has_it(
    app, case, usuario_investigador, usuario_admin, rows
):
    long_ago = NOW - timedelta(days=11)
    today = case(numero_oficio="A", ultima_actividad_at=long_ago)
    later = case(numero_oficio="B", ultima_actividad_at=long_ago)
    case(numero_oficio="C", ultima_actividad_at=long_ago)
    case(numero_oficio="D", ultima_actividad_at=NOW - timedelta(days=9))
    paused = case(numero_oficio="E", ultima_actividad_at=long_ago)
    promise(app, today, usuario_admin, TODAY)
    promise(app, later, usuario_investigador, TODAY + timedelta(days=3))
    with app.app_context(), transaction():
        db.session.add(
            Pausa(
                oficio_id=paused.id,
                motivo=next(iter(MotivoPausa)),
                explicacion="Se espera al buffet.",
                desde=long_ago,
                detenida_por_id=usuario_admin.id,
            )
        )

    look(app)
    look(app, NOW + timedelta(minutes=15))

    follow_ups = [row for row in rows(Aviso) if row.novedad is Novedad.SEGUIMIENTO]
    assert [(row.usuario_id, row.texto) for row in follow_ups] == [
        (usuario_admin.id, "Oficio A: dejó un seguimiento para hoy.")
    ]
    assert told(rows, Novedad.SIN_ACTIVIDAD) == ["Oficio C: sin actividad desde el 19-11-2026."]


def test_a_case_of_nobody_is_told_to_the_admins_and_a_blocked_one_to_nobody(
    app, case, usuario_admin, usuario_investigador, rows
):
    case(numero_oficio="LIBRE", fecha_limite=TODAY, investigador_id=None)
    blocked = case(numero_oficio="BLOQUEADO", fecha_limite=TODAY)
    with app.app_context(), transaction():
        admin = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([blocked.id], "Lo pidió.", actor=admin, now=NOW)

    look(app)

    assert [(row.usuario_id, row.texto) for row in rows(Aviso)] == [
        (usuario_admin.id, "Oficio LIBRE: vence hoy.")
    ]


def link_of(client):
    page = client.get("/cuenta/calendario").get_data(as_text=True)
    found = page.partition('value="http://localhost/calendario/')[2].partition('"')[0]
    return f"/calendario/{found}"


def events(client, link):
    answer = client.get(link)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    return {
        str(event["summary"]): event.decoded("dtstart")
        for event in Calendar.from_ical(answer.data).walk("VEVENT")
    }, answer.get_data(as_text=True)


def test_the_calendar_shows_what_is_ones_own_and_names_nobody(
    app, case, investigador, usuario_investigador, usuario_admin, stranger, admin, rows
):
    first = case(numero_oficio="OF-1", fecha_limite=TODAY)
    case(numero_oficio="OF-2", fecha_limite=TODAY, investigador_id=usuario_admin.id)
    other = case(numero_oficio="OF-3", investigador_id=usuario_admin.id)
    promise(app, first, usuario_investigador, date(2026, 12, 4))
    promise(app, other, usuario_investigador, date(2026, 12, 5))
    assert investigador.post("/cuenta/calendario").status_code == 303
    link = link_of(investigador)

    found, text = events(stranger, link)

    assert found == {
        "Vence: OF-1": TODAY,
        "Seguimiento: OF-1": date(2026, 12, 4),
        "Seguimiento: OF-3": date(2026, 12, 5),
    }
    with app.app_context():
        plate = db.session.get_one(Oficio, first.id).vehiculo.patente
        name = db.session.get_one(Oficio, first.id).buffet.nombre
    assert not any(word in text for word in (plate, name, usuario_investigador.nombre, "@example"))
    assert redact(f"GET {link}") == "GET /…"
    assert redact(f"falló {link}") == "falló /calendario/…"
    assert [row.accion for row in rows(Auditoria) if "calendario" in row.accion] == [
        "calendario.enlace"
    ]

    # Who sees only what they need is shown no case of somebody else's, and nobody a blocked one.
    with app.app_context(), transaction():
        set_setting(ACCESS_MODE.clave, ASSIGNED)
    assert "Seguimiento: OF-3" not in events(stranger, link)[0]
    with app.app_context(), transaction():
        boss = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([first.id], "Lo pidió.", actor=boss, now=NOW)
    assert events(stranger, link)[0] == {}


def test_a_link_that_was_changed_removed_or_made_up_opens_nothing(
    app, investigador, usuario_investigador, admin, cliente, stranger, rows
):
    investigador.post("/cuenta/calendario")
    first = link_of(investigador)
    investigador.post("/cuenta/calendario")
    second = link_of(investigador)
    admin.post("/cuenta/calendario")
    assert stranger.get(second).status_code == 200

    dead = [stranger.get(first), stranger.get(second.replace(".ics", "0.ics"))]
    dead.append(stranger.get("/calendario/x.ics"))
    with app.app_context(), transaction():
        db.session.get_one(Usuario, usuario_investigador.id).activo = False
    dead.append(stranger.get(second))
    with app.app_context(), transaction():
        db.session.get_one(Usuario, usuario_investigador.id).activo = True
    assert stranger.get(second).status_code == 200
    investigador.post("/cuenta/calendario/quitar")
    dead.append(stranger.get(second))

    assert {answer.status_code for answer in dead} == {404}
    assert len({answer.data for answer in dead}) == 1
    assert len(rows(EnlaceCalendario)) == 1  # the admin's
    for url in ("/cuenta/calendario", "/cuenta/calendario/quitar"):
        assert cliente.post(url).status_code == 404
        assert "/entrar" in stranger.post(url).headers["Location"]
    with app.app_context():
        stored = db.session.scalars(sa.select(EnlaceCalendario.selector)).all()
    assert not any(part in second for part in stored)


def test_the_link_of_somebody_who_left_does_not_come_back_with_them(
    app, investigador, usuario_investigador, admin, stranger, rows
):
    investigador.post("/cuenta/calendario")
    link = link_of(investigador)
    assert [row.que for row in rows(Divulgacion)] == ["Enlace a su calendario"]
    switch = f"/admin/usuarios/{usuario_investigador.id}/activo"

    for activo in ("0", "1"):
        assert admin.post(switch, data={"activo": activo}).status_code == 303

    assert stranger.get(link).status_code == 404
    assert rows(EnlaceCalendario) == []
    ended = rows(Auditoria, accion="calendario.quitado")
    assert [(row.usuario_id, row.entidad_id) for row in ended] == [
        (rows(Usuario, rol=Rol.ADMIN)[0].id, usuario_investigador.id)
    ]


def test_the_job_is_one_of_the_application():
    assert tell_what_is_due.every_seconds == 900
