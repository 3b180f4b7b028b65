"""Requests: their clocks, who may ask, what is answered and what is kept of it."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from app.auditoria.models import Auditoria
from app.avisos.models import Aviso
from app.core.errors import Refused
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.notificaciones.models import Notificacion
from app.notificaciones.service.delivery import mark_sent
from app.oficios.service import PropietarioData
from app.titulares.models import Solicitud
from app.titulares.queries.data_requests import list_unproven
from app.titulares.rules.solicitudes import (
    ANSWER_JOB,
    Plazos,
    TipoSolicitud,
    block_due,
    days_left,
    due_day,
    extended_day,
    is_due_soon,
)
from app.titulares.service.data_requests import (
    extend_term,
    note_sending,
    warn_of_block,
    warn_of_term,
)
from app.usuarios.models import Usuario
from tests.factories import make_oficio
from tests.titulares.rows import make_answered_request, make_request

TERMS = Plazos()


@pytest.mark.parametrize(
    ("received", "tipo", "last_day"),
    [
        # Calendar days, over holidays and the end of a year.
        ((2026, 12, 1, 15), TipoSolicitud.ACCESO, date(2026, 12, 31)),
        ((2026, 12, 15, 15), TipoSolicitud.SUPRESION, date(2027, 1, 14)),
        ((2027, 1, 30, 15), TipoSolicitud.OPOSICION, date(2027, 3, 1)),
        ((2028, 1, 30, 15), TipoSolicitud.OPOSICION, date(2028, 2, 29)),
        # 02:30 in UTC is still the evening before in Santiago.
        ((2026, 12, 2, 2, 30), TipoSolicitud.PORTABILIDAD, date(2026, 12, 31)),
        # Business days: a Thursday, a Friday, before Christmas, New Year, Independence Day.
        ((2026, 12, 3, 15), TipoSolicitud.BLOQUEO, date(2026, 12, 7)),
        ((2026, 12, 4, 15), TipoSolicitud.BLOQUEO, date(2026, 12, 9)),
        ((2026, 12, 24, 15), TipoSolicitud.BLOQUEO, date(2026, 12, 29)),
        ((2026, 12, 30, 15), TipoSolicitud.BLOQUEO, date(2027, 1, 4)),
        ((2027, 9, 16, 15), TipoSolicitud.BLOQUEO, date(2027, 9, 21)),
        ((2026, 12, 5, 15), TipoSolicitud.BLOQUEO, date(2026, 12, 9)),
    ],
)
def test_the_clocks(received, tipo, last_day):
    moment = datetime(*received, tzinfo=UTC)
    assert due_day(moment, tipo, TERMS) == last_day
    if tipo is TipoSolicitud.BLOQUEO:
        assert block_due(moment, TERMS) == last_day


@pytest.mark.parametrize(
    ("first", "extended"),
    [
        (date(2026, 12, 31), date(2027, 1, 30)),
        (date(2027, 1, 30), date(2027, 3, 1)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2027, 12, 2), date(2028, 1, 1)),
    ],
)
def test_an_extension_has_calendar_days_over_the_end_of_a_year(first, extended):
    assert extended_day(first, TERMS) == extended


@pytest.mark.parametrize(
    ("moment", "left", "tipo", "warned"),
    [
        # The term ends on the first of January; five days before, somebody is warned.
        ((2026, 12, 26, 15), 6, TipoSolicitud.ACCESO, False),
        ((2026, 12, 27, 15), 5, TipoSolicitud.ACCESO, True),
        # 02:30 in UTC is still the evening before in Santiago.
        ((2026, 12, 27, 2, 30), 6, TipoSolicitud.ACCESO, False),
        ((2027, 1, 1, 15), 0, TipoSolicitud.ACCESO, True),
        ((2027, 1, 2, 2, 30), 0, TipoSolicitud.ACCESO, True),
        ((2027, 1, 2, 15), -1, TipoSolicitud.ACCESO, True),
        ((2026, 12, 26, 15), 6, TipoSolicitud.BLOQUEO, True),
    ],
)
def test_the_warning_before_a_term_ends(moment, left, tipo, warned):
    vence, now = date(2027, 1, 1), datetime(*moment, tzinfo=UTC)
    assert days_left(vence, now) == left
    assert is_due_soon(vence, now, TERMS, tipo) is warned


def test_an_extension_is_given_once_and_never_for_a_block(app, usuario_admin):
    assert extended_day(date(2026, 12, 31), TERMS) == date(2027, 1, 30)
    access, block = make_request(app), make_request(app, tipo=TipoSolicitud.BLOQUEO)
    with app.app_context():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        row = db.session.get_one(Solicitud, access)
        now, before = row.recibida_at, row.vence
        with transaction():
            extend_term(row, "Hay muchos casos.", actor=actor, now=now)
        assert row.vence == extended_day(before, TERMS)
        with pytest.raises(Refused, match="una sola"), transaction():
            extend_term(row, "Otra vez.", actor=actor, now=now)
        with pytest.raises(Refused, match="no se prorroga"), transaction():
            extend_term(db.session.get_one(Solicitud, block), "Otra vez.", actor=actor, now=now)


def test_a_stranger_asks_and_learns_nothing(app, rows, buffet, usuario_admin):
    make_oficio(app, buffet, usuario_admin, propietario=PropietarioData(rut="5126663-3"))
    form = {"tipo": "acceso", "nombre": "Ana Soto", "detalle": "Mis datos", "rut": "5126663-3"}

    refused = app.test_client().post("/datos-personales", data=form)
    known, unknown = (
        app.test_client().post(
            "/datos-personales",
            data={**form, "rut": rut, "correo": "ana@correo.example"},
            follow_redirects=True,
        )
        for rut in ("5126663-3", "")
    )

    assert refused.status_code == 422
    assert "adonde responder" in refused.text
    assert "Recibimos su solicitud" in known.text
    # But for the tokens of the two sessions.
    assert [re.sub(r"[\w-]+\.[\w-]+\.[\w-]+", "", each.text) for each in (known, unknown)] == [
        re.sub(r"[\w-]+\.[\w-]+\.[\w-]+", "", known.text)
    ] * 2
    assert [row.numero[-4:] for row in rows(Solicitud)] == ["0001", "0002"]
    assert len(rows(Aviso, usuario_id=usuario_admin.id)) == 2


def test_access_is_answered_with_their_data_and_the_proof_is_kept(
    app, admin, rows, buffet, usuario_admin
):
    oficio = make_oficio(
        app,
        buffet,
        usuario_admin,
        propietario=PropietarioData(nombre="José Núñez Peña", rut="5126663-3"),
    )
    solicitud_id = make_request(app)
    url = f"/admin/personas/solicitudes/{solicitud_id}"
    decision = {"decision": "acogida", "fundamento": "Le corresponde."}

    too_early = admin.post(f"{url}/decision", data=decision, follow_redirects=True)
    assert "Compruebe primero la identidad" in too_early.text
    admin.post(f"{url}/identidad", data={"como": "Cédula a la vista."})
    assert admin.post(f"{url}/decision", data=decision).status_code == 303

    (row,) = rows(Solicitud)
    body = admin.get(f"{url}/datos.json").data
    assert hashlib.sha256(body).hexdigest() == row.json_sha256
    data = json.loads(body)
    assert [caso["numero"] for caso in data["casos"]] == [oficio.numero_oficio]
    assert data["propietarios"] == [{"nombre": "José Núñez Peña", "rut": "5126663-3"}]
    assert data["vehiculos"][0]["patente"] == "BBCL12"
    assert rows(Notificacion, destinatario_email="jnunez@correo.example") == [], "not drawn yet"
    assert len(rows(Trabajo, tipo=ANSWER_JOB)) == 1
    assert {each.accion for each in rows(Auditoria)} >= {
        "solicitud.recibida",
        "solicitud.identidad",
        "solicitud.resuelta",
    }
    again = admin.post(f"{url}/decision", data=decision, follow_redirects=True)
    assert "ya se respondió" in again.text


def test_a_request_is_passed_on_to_the_buffet_and_that_is_recorded(app, admin, rows, buffet):
    solicitud_id = make_request(app)

    admin.post(f"/admin/personas/solicitudes/{solicitud_id}/derivar", data={"buffet_id": buffet.id})

    (row,) = rows(Solicitud)
    assert (row.estado.value, row.derivada_a) == ("derivada", buffet.email_principal)
    assert len(rows(Notificacion, destinatario_email=buffet.email_principal)) == 1
    assert len(rows(Auditoria, accion="solicitud.derivada")) == 1


def test_admins_are_warned_once_before_a_term_ends_and_once_after(app, rows, usuario_admin):
    solicitud_id = make_request(app)
    with app.app_context():
        row = db.session.get_one(Solicitud, solicitud_id)
        near, late = (
            datetime.combine(day, datetime.min.time(), UTC).replace(hour=15)
            for day in (row.vence, row.vence.replace(year=row.vence.year + 1))
        )
        for moment in (near, near, late, late):
            with transaction():
                warn_of_term(db.session.get_one(Solicitud, solicitud_id), moment)
    texts = [each.texto for each in rows(Aviso, usuario_id=usuario_admin.id)]
    assert [text.split(" ", 3)[3] for text in texts[1:]] == ["vence hoy.", "venció."]


def test_admins_are_warned_once_of_each_end_of_the_temporary_block(app, rows, usuario_admin):
    solicitud_id = make_request(app, pide_bloqueo=True)
    with app.app_context():
        day = db.session.get_one(Solicitud, solicitud_id).bloqueo_vence
        near = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
        for moment in (near, near, near + timedelta(days=1), near + timedelta(days=2)):
            with transaction():
                warn_of_block(db.session.get_one(Solicitud, solicitud_id), moment)
    texts = [each.texto for each in rows(Aviso, usuario_id=usuario_admin.id)]
    assert [text.rsplit("S-", 1)[1][10:] for text in texts[1:]] == ["vence hoy.", "venció."]


def test_an_answer_is_sent_when_the_mail_server_took_it(app, rows, usuario_admin):
    solicitud_id = make_answered_request(app, usuario_admin)
    later = datetime(2099, 1, 1, tzinfo=UTC)
    with app.app_context():
        row = db.session.get_one(Solicitud, solicitud_id)
        with transaction():
            note_sending(row)
        assert row.enviada_at is None, "it was only ordered"
        assert list_unproven(row.resuelta_at) == [row]
        (mail,) = rows(Notificacion, destinatario_email=row.correo)
        with transaction():
            mark_sent(db.session.get_one(Notificacion, mail.id), now=later)
            note_sending(row)
        assert (row.enviada_at, list_unproven(row.resuelta_at)) == (later, [])
