"""A receptor says what he did in the words of courts; after an embargo ten days are counted."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from app.agenda.jobs import tell_what_is_due
from app.agenda.queries import list_citas
from app.ajustes.service import set_setting
from app.avisos.models import Aviso
from app.core.clock import from_local, local_today, utcnow
from app.custodia.service import verify
from app.db import db, transaction
from app.informes.queries.section_rows import notice_rows
from app.jobs.queue import enqueue
from app.jobs.runner import work
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.queries import list_notices
from app.notificaciones.queries.hitos import list_avances
from app.notificaciones.queries.removals import list_removals
from app.notificaciones.rules import TipoRespuesta
from app.notificaciones.rules.avance import Situacion
from app.notificaciones.rules.diligencias import (
    FRUSTRATED,
    REMOVAL_DAYS,
    Acto,
    Diligencia,
    DiligenciaRefused,
    MotivoFrustrada,
    pending_removal,
    read_acto,
    removal_from,
)
from app.notificaciones.service import RespuestaData, answer_notice
from app.oficios.models import Investigacion, Oficio, Seguimiento
from app.oficios.rules import Actividad, Estado
from tests.factories import make_oficio
from tests.notificaciones.rows import link_of, make_notice, make_sent_notice

TODAY = date(2026, 11, 30)
DONE, FAILED, GONE = (
    TipoRespuesta.DILIGENCIADO,
    TipoRespuesta.FRUSTRADO,
    TipoRespuesta.NO_ENCONTRADO,
)


@pytest.fixture
def caso(app, buffet, usuario_investigador):
    """A case that is with the receptor, and whose investigator is ``usuario_investigador``."""
    oficio = make_oficio(app, buffet, usuario_investigador, estado=Estado.NOTIFICACION)
    with app.app_context(), transaction():
        db.session.get_one(Oficio, oficio.id).investigador_id = usuario_investigador.id
    return oficio


@pytest.fixture
def notice_id(app, caso, usuario_investigador):
    return make_sent_notice(app, caso, usuario_investigador)


@pytest.fixture
def link(app, notice_id):
    return link_of(app, notice_id)


def say(app, notice_id, tipo, diligencia=None, fecha=None, motivo=None, *, clave, now=None):
    """What a receptor answers."""
    with app.app_context(), transaction():
        answer_notice(
            db.session.get_one(Notificacion, notice_id),
            RespuestaData(tipo, diligencia=diligencia, fecha_diligencia=fecha, motivo=motivo),
            clave=clave,
            now=now or utcnow(),
        )


def removals_told(app, day):
    """What the bell says of removals after the job ran at noon of a day."""
    noon = from_local(datetime.combine(day, time(12)))
    with app.app_context():
        with transaction():
            enqueue(tell_what_is_due.name, key=f"agenda:{day}", now=noon)
        work("test", clock=lambda: noon)
        return [one for one in db.session.scalars(sa.select(Aviso)) if "retiro" in one.clave]


def form(**values):
    return {"clave": "clave-de-una-respuesta", "tipo": "diligenciado", **values}


@pytest.mark.parametrize(
    ("embargo", "desde"),
    [
        (date(2026, 12, 1), date(2026, 12, 15)),  # 8-12 rests, two Saturdays count
        (date(2026, 12, 18), date(2027, 1, 2)),  # Christmas, and 1-1 after the tenth day
        (date(2026, 9, 11), date(2026, 9, 26)),  # 18-9 and 19-9, which is a Saturday
        (date(2026, 12, 12), date(2026, 12, 26)),  # begins on a Saturday, ends before Christmas
    ],
)
def test_ten_days_pass_of_which_only_sundays_and_holidays_do_not_count(embargo, desde):
    assert removal_from(embargo, 10) == desde


def test_what_waits_is_the_newest_embargo_unless_the_vehicle_was_removed_since():
    first = Acto(Diligencia.EMBARGO, date(2026, 11, 2))
    again = Acto(Diligencia.EMBARGO_CON_FUERZA, date(2026, 11, 20))
    removed = Acto(Diligencia.RETIRO_CON_FUERZA, date(2026, 11, 18))
    failed = Acto(Diligencia.RETIRO_FRUSTRADO, date(2026, 11, 25), MotivoFrustrada.SIN_ACCESO)

    assert pending_removal([failed], 10) is None
    assert pending_removal([first, failed], 10).embargo == first
    assert pending_removal([first, again], 10).embargo == again
    assert pending_removal([first, removed], 10) is None
    assert pending_removal([first, removed, again], 10).embargo == again
    assert pending_removal([first], 0).desde == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("tipo", "diligencia", "fecha", "motivo", "field"),
    [
        (TipoRespuesta.RECIBIDO, Diligencia.EMBARGO, TODAY, None, "diligencia"),
        (GONE, Diligencia.EMBARGO, TODAY, None, "diligencia"),
        (DONE, Diligencia.RETIRO_FRUSTRADO, TODAY, MotivoFrustrada.OTRO, "diligencia"),
        (DONE, None, None, MotivoFrustrada.OTRO, "diligencia"),
        (DONE, Diligencia.EMBARGO, None, None, "fecha_diligencia"),
        (DONE, Diligencia.EMBARGO, TODAY + timedelta(days=1), None, "fecha_diligencia"),
        (DONE, Diligencia.EMBARGO, date(2025, 11, 28), None, "fecha_diligencia"),
        (FAILED, Diligencia.EMBARGO_FRUSTRADO, TODAY, None, "motivo"),
        (DONE, Diligencia.EMBARGO, TODAY, MotivoFrustrada.OTRO, "motivo"),
    ],
)
def test_what_does_not_fit_together_is_refused_at_its_field(tipo, diligencia, fecha, motivo, field):
    with pytest.raises(DiligenciaRefused) as refused:
        read_acto(tipo, diligencia, fecha, motivo, today=TODAY)

    assert refused.value.campo == field


def test_every_word_comes_with_some_answer_and_frustrated_ones_have_a_reason():
    for word in Diligencia:
        for tipo in word.tipos:
            motivo = MotivoFrustrada.OTRO if word in FRUSTRATED else None
            assert read_acto(tipo, word, TODAY, motivo, today=TODAY) == Acto(word, TODAY, motivo)
    alone = read_acto(GONE, Diligencia.RETIRO_FRUSTRADO, TODAY, None, today=TODAY)
    assert alone.motivo is MotivoFrustrada.VEHICULO_AUSENTE
    assert read_acto(DONE, None, TODAY, None, today=TODAY) is None


def test_the_receptor_says_on_his_page_what_he_did(app, stranger, link, rows, caso, investigador):
    day = local_today(utcnow()) - timedelta(days=1)
    answer = stranger.post(link, data=form(diligencia="embargo", fecha_diligencia=day.isoformat()))

    assert answer.status_code == 303
    [stored] = rows(Respuesta)
    assert (stored.diligencia, stored.fecha_diligencia) == (Diligencia.EMBARGO, day)
    [entry] = rows(Investigacion, oficio_id=caso.id, tipo=Actividad.NOTIFICACION)
    words = f"Ema Soto realizó la diligencia: embargo de vehículo, el {day:%d-%m-%Y}."
    assert entry.descripcion == words
    assert entry.detalle["diligencia"] == "embargo"
    assert f"embargo de vehículo, el {day:%d-%m-%Y}" in stranger.get(link).text
    desde = f"retiro desde el {removal_from(day, 10):%d-%m-%Y}"
    for page in (f"/oficios/{caso.id}", f"/oficios/{caso.id}/notificaciones"):
        assert desde in investigador.get(page).text, page


def test_a_wrong_form_says_where_and_stores_neither_answer_nor_photo(stranger, link, rows):
    wrong = stranger.post(link, data=form(diligencia="embargo"))
    odd = stranger.post(link, data=form(diligencia="otra_cosa"))
    early = stranger.post(link, data=form(diligencia="embargo", fecha_diligencia="2099-01-01"))

    assert [one.status_code for one in (wrong, odd, early)] == [422, 422, 422]
    assert "Escriba qué día se hizo la diligencia." in wrong.text
    assert "Ese día todavía no llega." in early.text
    assert rows(Respuesta) == []


def test_an_answer_without_a_word_is_what_it_was(app, stranger, link, rows, caso):
    stranger.post(link, data=form())

    [stored] = rows(Respuesta)
    assert (stored.diligencia, stored.fecha_diligencia, stored.motivo) == (None, None, None)
    with app.app_context():
        assert list_avances([caso.id])[caso.id].situacion is Situacion.DILIGENCIADO
        assert list_removals() == {}


@pytest.mark.parametrize(
    ("tipo", "diligencia", "motivo", "situacion", "milestone"),
    [
        (DONE, Diligencia.EMBARGO, None, Situacion.DILIGENCIADO, "embargo de vehículo"),
        (DONE, Diligencia.RETIRO, None, Situacion.DILIGENCIADO, "retiro de vehículo"),
        (DONE, Diligencia.CEDULA, None, Situacion.AVISADO, "notificación por cédula"),
        (FAILED, Diligencia.OPOSICION_EMBARGO, None, Situacion.AVISADO, None),
        (FAILED, Diligencia.RETIRO_FRUSTRADO, MotivoFrustrada.SIN_ACCESO, Situacion.AVISADO, None),
        (
            FAILED,
            Diligencia.RETIRO_FRUSTRADO,
            MotivoFrustrada.VEHICULO_AUSENTE,
            Situacion.PERDIDO,
            None,
        ),
        (GONE, Diligencia.BUSQUEDA_NEGATIVA, None, Situacion.PERDIDO, None),
    ],
)
def test_only_an_embargo_or_a_removal_carries_the_order_out(
    app, caso, notice_id, cliente, tipo, diligencia, motivo, situacion, milestone
):
    say(app, notice_id, tipo, diligencia, local_today(utcnow()), motivo, clave="una-respuesta")

    with app.app_context():
        avance = list_avances([caso.id])[caso.id]
    assert avance.situacion is situacion
    told = [hito.texto for hito in avance.hitos if hito.texto.startswith("Diligencia")]
    day = f"{local_today(utcnow()):%d-%m-%Y}"
    expected = f"Diligencia realizada: {milestone}, el {day}"
    assert told == ([expected] if milestone else [])
    page = cliente.get(f"/portal/oficios/{caso.id}").text
    assert (expected in page) == bool(milestone)
    assert "frustrad" not in page


def test_a_removal_after_an_embargo_is_a_milestone_more_and_one_that_failed_reopens_the_step(
    app, caso, notice_id
):
    now = utcnow()
    today = local_today(now)
    say(app, notice_id, DONE, Diligencia.EMBARGO, today, clave="respuesta-1", now=now)
    say(app, notice_id, DONE, Diligencia.EMBARGO, today, clave="respuesta-2", now=now)
    say(
        app,
        notice_id,
        FAILED,
        Diligencia.RETIRO_FRUSTRADO,
        today,
        MotivoFrustrada.SIN_FUERZA_PUBLICA,
        clave="respuesta-3",
        now=now + timedelta(seconds=1),
    )
    with app.app_context():
        assert list_avances([caso.id])[caso.id].situacion is Situacion.AVISADO
        assert list(list_removals()) == [caso.id]

    later = now + timedelta(seconds=2)
    say(app, notice_id, DONE, Diligencia.RETIRO, today, clave="respuesta-4", now=later)

    with app.app_context():
        avance = list_avances([caso.id])[caso.id]
        told = [one.texto for one in avance.hitos if "Diligencia" in one.texto]
        assert avance.situacion is Situacion.DILIGENCIADO
        assert [text.partition(",")[0] for text in told] == [
            "Diligencia realizada: retiro de vehículo",
            "Diligencia realizada: embargo de vehículo",
        ]
        assert list_removals() == {}


def test_the_removal_is_planned_with_one_click_and_told_on_its_day(
    app, caso, notice_id, investigador, usuario_investigador, rows
):
    today = local_today(utcnow())
    desde = removal_from(today, 10)
    say(app, notice_id, DONE, Diligencia.EMBARGO, today, clave="una-respuesta")
    page = investigador.get(f"/oficios/{caso.id}").text
    [note] = re.findall(r'name="descripcion"\s+value="(Pedir el retiro[^"]*)"', page)
    [day] = re.findall(r'name="seguimiento"\s+value="([\d-]+)"', page)

    investigador.post(
        f"/oficios/{caso.id}/resumen",
        data={"tipo": "nota", "descripcion": note, "seguimiento": day},
    )

    assert day == desde.isoformat()
    [planned] = rows(Seguimiento)
    assert (planned.para, planned.usuario_id) == (desde, usuario_investigador.id)
    assert "Agendado para" in investigador.get(f"/oficios/{caso.id}").text
    with app.app_context():
        citas = {one.uid: one.cuando for one in list_citas(usuario_investigador.id)}
    assert citas[f"retiro-{caso.id}"] == desde
    assert removals_told(app, desde - timedelta(days=1)) == []
    [told] = removals_told(app, desde)
    assert f"desde el {desde:%d-%m-%Y} puede pedirse el retiro" in told.texto
    assert told.usuario_id == usuario_investigador.id
    assert len(removals_told(app, desde + timedelta(days=1))) == 1


def test_today_names_the_removal_when_it_is_near_and_until_it_is_done(
    app, caso, notice_id, investigador
):
    today = local_today(utcnow())
    say(app, notice_id, DONE, Diligencia.EMBARGO, today, clave="respuesta-1")
    assert f"todo-retiro-{caso.id}" not in investigador.get("/tablero/hoy?mios=1").text

    with app.app_context(), transaction():
        set_setting(REMOVAL_DAYS.clave, "1")
    page = investigador.get("/tablero/hoy?mios=1").text
    assert f"todo-retiro-{caso.id}" in page
    assert "El retiro puede pedirse desde el" in page

    with app.app_context(), transaction():
        row = db.session.scalars(sa.select(Respuesta)).one()
        row.fecha_diligencia = today - timedelta(days=20)
    assert "Ya puede pedirse el retiro" in investigador.get("/tablero/hoy?mios=1").text
    say(app, notice_id, DONE, Diligencia.RETIRO, today, clave="respuesta-2")
    assert f"todo-retiro-{caso.id}" not in investigador.get("/tablero/hoy?mios=1").text


def test_the_office_writes_down_what_he_said_by_telephone(
    app, investigador, caso, notice_id, rows, usuario_investigador, cliente
):
    url = f"/oficios/{caso.id}/notificaciones/{notice_id}"
    page = investigador.get(url).text
    [key] = re.findall(r'name="clave"[^>]*value="([\w-]+)"', page)
    data = {
        "clave": key,
        "tipo": "frustrado",
        "diligencia": "retiro_frustrado",
        "fecha_diligencia": local_today(utcnow()).isoformat(),
        "motivo": "sin_acceso",
        "comentario": "Llamó del lugar.",
    }

    first = investigador.post(f"{url}/respuestas", data=data)
    again = investigador.post(f"{url}/respuestas", data=data)

    assert (first.status_code, again.status_code) == (303, 303)
    [stored] = rows(Respuesta)
    assert stored.anotada_por_id == usuario_investigador.id
    assert stored.motivo is MotivoFrustrada.SIN_ACCESO
    [entry] = rows(Investigacion, oficio_id=caso.id, tipo=Actividad.NOTIFICACION)
    assert entry.usuario_id == usuario_investigador.id
    assert "(no dieron acceso): «Llamó del lugar.»" in entry.descripcion
    assert "lo anotó" in investigador.get(url).text
    assert investigador.post(f"{url}/respuestas", data={**data, "motivo": ""}).status_code == 422
    assert cliente.post(f"{url}/respuestas", data=data).status_code == 404


def test_no_answer_is_written_down_to_a_notice_that_never_went_out_or_a_closed_case(
    app, investigador, caso, notice_id, rows, usuario_investigador
):
    waiting = make_notice(app, caso, usuario_investigador)
    data = form(clave="clave-de-la-oficina")
    unsent = investigador.post(f"/oficios/{caso.id}/notificaciones/{waiting}/respuestas", data=data)
    with app.app_context(), transaction():
        db.session.get_one(Oficio, caso.id).estado = Estado.ENCONTRADO
    closed = investigador.post(
        f"/oficios/{caso.id}/notificaciones/{notice_id}/respuestas", data=data
    )

    assert (unsent.status_code, closed.status_code) == (422, 422)
    assert "todavía no sale" in unsent.text
    assert rows(Respuesta) == []


def test_the_act_is_evidence_and_is_printed(app, caso, notice_id):
    today = local_today(utcnow())
    say(app, notice_id, DONE, Diligencia.EMBARGO, today, clave="una-respuesta")

    with app.app_context():
        [row] = notice_rows(list_notices(caso.id), {})
        assert row["respuestas"][0]["titulo"].endswith(f"embargo de vehículo, el {today:%d-%m-%Y}")
        assert verify(caso.id).problemas == []
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE notificacion_respuestas SET diligencia = 'retiro'"))
    with app.app_context():
        [problem] = verify(caso.id).problemas
    assert "Se cambió la respuesta" in problem.texto
