"""The mails of a case by the API: how far each came, to whom, and why no further."""

from __future__ import annotations

import pytest

from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.rules import EstadoNotificacion, TipoRespuesta
from app.notificaciones.rules.diligencias import removal_from
from tests.factories import make_oficio
from tests.notificaciones.rows import EMAIL, make_notice


@pytest.fixture
def notice_id(app, oficio, usuario_investigador):
    return make_notice(app, oficio, usuario_investigador, cc_email="jefe@oficina.example")


def settle(app, notice_id, **values):
    with app.app_context(), transaction():
        notice = db.session.get_one(Notificacion, notice_id)
        for name, value in values.items():
            setattr(notice, name, value)


@pytest.mark.parametrize("who", ["admin_api", "investigador_api"])
def test_a_notice_that_waits_says_so_and_names_its_job(who, request, oficio, notice_id, rows):
    ask = request.getfixturevalue(who)
    listed = ask("GET", f"/oficios/{oficio.id}/notificaciones")
    read = ask("GET", f"/oficios/{oficio.id}/notificaciones/{notice_id}")

    assert listed.headers["X-Total-Count"] == "1"
    assert listed.get_json() == [read.get_json()]
    told = read.get_json()
    assert (told["estado"], told["tipo"]) == ("pendiente", "receptor_judicial")
    assert (told["destinatario_email"], told["cc_email"]) == (EMAIL, "jefe@oficina.example")
    assert told["usuario_nombre"] == "Carla Muñoz"
    assert told["task_id"] == rows(Notificacion)[0].trabajo_id
    assert (told["enviada_at"], told["error"], told["proximo_intento"]) == (None, None, None)


@pytest.mark.parametrize(
    ("estado", "error"),
    [
        (EstadoNotificacion.FALLIDA, "El servidor de correo rechazó la dirección."),
        (EstadoNotificacion.INCIERTA, "El servidor no confirmó la entrega."),
        (EstadoNotificacion.ENVIADA, None),
    ],
)
def test_each_state_comes_with_its_cause_and_its_times(
    estado, error, app, investigador_api, oficio, notice_id
):
    now = utcnow()
    sent = now if estado is EstadoNotificacion.ENVIADA else None
    settle(app, notice_id, estado=estado, error=error, enviando_at=now, enviada_at=sent)
    told = investigador_api("GET", f"/oficios/{oficio.id}/notificaciones/{notice_id}").get_json()

    assert (told["estado"], told["error"]) == (estado.value, error)
    assert told["enviando_at"] is not None
    assert (told["enviada_at"] is not None) == (sent is not None)


def test_a_notice_that_is_tried_again_says_when(app, investigador_api, oficio, notice_id):
    when = utcnow()
    with app.app_context(), transaction():
        job = db.session.get_one(Trabajo, db.session.get_one(Notificacion, notice_id).trabajo_id)
        job.estado, job.ejecutar_desde = EstadoTrabajo.PROGRAMADO, when
    (told,) = investigador_api("GET", f"/oficios/{oficio.id}/notificaciones/").get_json()

    assert told["proximo_intento"] == when.isoformat().replace("+00:00", "Z")


def test_what_the_receptor_answered_comes_along(app, investigador_api, oficio, notice_id):
    with app.app_context(), transaction():
        db.session.add(
            Respuesta(
                notificacion_id=notice_id,
                tipo=TipoRespuesta.DILIGENCIADO,
                comentario="Retirado a las 10.",
                clave="clave-de-prueba",
            )
        )
    told = investigador_api("GET", f"/oficios/{oficio.id}/notificaciones/{notice_id}").get_json()

    assert [(row["tipo"], row["comentario"]) for row in told["respuestas"]] == [
        ("diligenciado", "Retirado a las 10.")
    ]


def test_the_list_is_filtered_and_cut(app, investigador_api, oficio, notice_id, usuario_admin):
    settle(app, notice_id, estado=EstadoNotificacion.FALLIDA)
    later = make_notice(app, oficio, usuario_admin)
    url = f"/oficios/{oficio.id}/notificaciones"

    def ids(query):
        answer = investigador_api("GET", f"{url}?{query}")
        return [row["id"] for row in answer.get_json()], answer.headers["X-Total-Count"]

    assert ids("") == ([later, notice_id], "2")
    assert ids("limit=1") == ([later], "2")
    assert ids("estado=fallida") == ([notice_id], "1")
    assert ids("tipo=interna") == ([], "0")
    assert investigador_api("GET", f"{url}?estado=perdida").status_code == 422


def test_a_copy_that_was_refused_is_told(app, investigador_api, oficio, notice_id):
    url = f"/oficios/{oficio.id}/notificaciones"
    (before,) = investigador_api("GET", url).get_json()
    refused = {
        "email": "jefe@oficina.example",
        "respuesta": "550 No such user",
        "definitivo": True,
    }
    settle(app, notice_id, rechazos=[refused])
    (listed,) = investigador_api("GET", url).get_json()

    assert before["rechazos"] == []
    assert listed["rechazos"] == [refused]
    assert investigador_api("GET", f"{url}/{notice_id}").get_json() == listed


def test_another_case_does_not_have_it(app, investigador_api, buffet, usuario_admin, notice_id):
    other = make_oficio(app, buffet, usuario_admin)
    answer = investigador_api("GET", f"/oficios/{other.id}/notificaciones/{notice_id}")

    assert answer.status_code == 404
    assert answer.get_json() == {"detail": "Notificación no encontrada"}


def test_a_cliente_is_not_told_of_mails(cliente_api, oficio, notice_id):
    for path in ("", f"/{notice_id}", "/999999"):
        assert cliente_api("GET", f"/oficios/{oficio.id}/notificaciones{path}").status_code == 403


def test_a_program_writes_an_answer_down_and_reads_from_when_the_removal_counts(
    app, investigador_api, oficio, notice_id
):
    settle(app, notice_id, estado=EstadoNotificacion.ENVIADA, enviada_at=utcnow())
    url = f"/oficios/{oficio.id}/notificaciones/{notice_id}"
    day = local_today(utcnow())
    wrong = investigador_api(
        "POST", f"{url}/respuestas", json={"tipo": "diligenciado", "diligencia": "embargo"}
    )
    made = investigador_api(
        "POST",
        f"{url}/respuestas",
        json={
            "tipo": "diligenciado",
            "diligencia": "embargo",
            "fecha_diligencia": day.isoformat(),
        },
    )

    assert wrong.status_code == 422
    assert wrong.get_json()["detail"][0]["loc"] == ["body", "fecha_diligencia"]
    assert made.status_code == 201
    [told] = investigador_api("GET", url).get_json()["respuestas"]
    assert told == made.get_json()
    assert told["retiro_desde"] == removal_from(day, 10).isoformat()
