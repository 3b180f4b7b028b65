"""Retrying, cancelling and hurrying jobs by hand, one or many."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import EstadoNotificacion
from app.trabajos.rules import Accion, Report
from tests.factories import make_trabajo
from tests.notificaciones.rows import make_notice
from tests.plugins.application import HTMX, assert_fragment

BULK = "/admin/trabajos/acciones"


def states(rows) -> dict[str, EstadoTrabajo]:
    return {row.id: row.estado for row in rows(Trabajo)}


@pytest.mark.parametrize(
    ("accion", "before", "after"),
    [
        ("reintentar", EstadoTrabajo.FALLIDO, EstadoTrabajo.PENDIENTE),
        ("reintentar", EstadoTrabajo.CANCELADO, EstadoTrabajo.PENDIENTE),
        ("cancelar", EstadoTrabajo.PROGRAMADO, EstadoTrabajo.CANCELADO),
        ("ejecutar", EstadoTrabajo.PROGRAMADO, EstadoTrabajo.PENDIENTE),
    ],
)
def test_one_click_does_it_and_returns_where_it_was(accion, before, after, app, admin, rows):
    later = utcnow() + timedelta(hours=1)
    pk = make_trabajo(app, estado=before, ejecutar_desde=later)

    response = admin.post(f"/admin/trabajos/{pk}/{accion}?estado=fallido&pagina=2")

    assert states(rows) == {pk: after}
    assert response.status_code == 303
    assert response.headers["Location"] == "/admin/trabajos?estado=fallido&pagina=2"
    response = admin.post(f"/admin/trabajos/{pk}/{accion}?volver=detalle")
    assert response.headers["Location"] == f"/admin/trabajos/{pk}"


def test_a_job_that_does_not_take_it_says_why(app, admin, rows):
    pk = make_trabajo(app, estado=EstadoTrabajo.HECHO, tipo="avistamientos.consultar")

    page = admin.post(f"/admin/trabajos/{pk}/cancelar", follow_redirects=True)

    assert "No se canceló 1 (Consultar pórticos)." in page.text
    assert "El trabajo está «Hecho»" in page.text
    assert states(rows) == {pk: EstadoTrabajo.HECHO}


def test_a_kind_that_this_version_does_not_know_is_not_retried(app, admin, rows):
    pk = make_trabajo(app, tipo="antiguo.trabajo")

    page = admin.post(f"/admin/trabajos/{pk}/reintentar", follow_redirects=True)

    assert "Esta versión de Rastro ya no hace este trabajo." in page.text
    assert states(rows) == {pk: EstadoTrabajo.FALLIDO}


def test_many_are_retried_with_one_report_of_what_was_and_was_not_done(app, admin, rows):
    failed = [make_trabajo(app) for _ in range(3)]
    done = [make_trabajo(app, estado=EstadoTrabajo.HECHO) for _ in range(5)]
    left = make_trabajo(app)
    gone = "00000000-0000-0000-0000-000000000000"
    data = {"accion": "reintentar", "trabajo": [*failed, *done, gone, "basura"]}

    response = admin.post(BULK, data=data, headers=HTMX)

    text = assert_fragment(response, "trabajos-live")
    assert "Se reintentan 3 trabajos." in text
    assert "No se reintentaron 5 (" in text
    assert "y 2 más). El trabajo está «Hecho»" in text
    assert "Ya no existe." in text
    assert 'id="trabajos-report"' in text
    found = states(rows)
    assert {found[pk] for pk in failed} == {EstadoTrabajo.PENDIENTE}
    assert found[left] is EstadoTrabajo.FALLIDO
    (entry,) = rows(Auditoria)
    assert entry.accion == "trabajos.reintentar"
    assert entry.detalle == {"trabajos": sorted(failed)}


def test_without_javascript_the_report_comes_with_the_page(app, admin):
    pk = make_trabajo(app)

    response = admin.post(f"{BULK}?estado=fallido", data={"accion": "reintentar", "trabajo": pk})

    assert response.headers["Location"] == "/admin/trabajos?estado=fallido"
    assert "Se reintenta 1 trabajo." in admin.get("/admin/trabajos?estado=fallido").text


def test_all_that_the_filters_find_is_more_than_a_page(app, admin, rows):
    failed = [make_trabajo(app) for _ in range(60)]
    other = make_trabajo(app, tipo="notificaciones.enviar")
    query = "?estado=fallido&tipo=avistamientos.consultar"

    response = admin.post(
        BULK + query, data={"accion": "reintentar", "todos": "1"}, follow_redirects=True
    )

    assert "Se reintentan 60 trabajos." in response.text
    found = states(rows)
    assert {found[pk] for pk in failed} == {EstadoTrabajo.PENDIENTE}
    assert found[other] is EstadoTrabajo.FALLIDO


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"accion": "cancelar"}, "No marcó ningún trabajo."),
        ({"accion": "borrar"}, "No se entendió qué hacer"),
        ({}, "No se entendió qué hacer"),
    ],
)
def test_a_form_that_asks_for_nothing_is_told(data, sentence, app, admin):
    assert sentence in admin.post(BULK, data=data, follow_redirects=True).text


def test_a_cancelled_mail_is_a_notice_that_was_not_sent(app, admin, oficio, usuario_admin, rows):
    make_notice(app, oficio, usuario_admin)
    (notice,) = rows(Notificacion)

    admin.post(f"/admin/trabajos/{notice.trabajo_id}/cancelar")

    (notice,) = rows(Notificacion)
    assert notice.estado is EstadoNotificacion.FALLIDA
    assert notice.error == "Lo canceló Ana Vega antes de que empezara."
    (trabajo,) = rows(Trabajo)
    assert trabajo.error == notice.error


def test_an_uncertain_mail_is_not_repeated_by_a_click(app, admin, rows):
    pk = make_trabajo(app, estado=EstadoTrabajo.INCIERTA, tipo="notificaciones.enviar")

    page = admin.post(BULK, data={"accion": "reintentar", "trabajo": pk}, follow_redirects=True)

    assert "solo se reintenta uno fallido o cancelado" in page.text
    assert states(rows) == {pk: EstadoTrabajo.INCIERTA}


@pytest.mark.parametrize(
    ("accion", "one", "two"),
    [
        (Accion.CANCELAR, "Se canceló 1 trabajo.", "Se cancelaron 2 trabajos."),
        (Accion.EJECUTAR, "1 trabajo se ejecuta ahora.", "2 trabajos se ejecutan ahora."),
    ],
)
def test_the_report_speaks_of_one_and_of_many(accion, one, two):
    assert Report(accion, done=["a"]).sentences() == [("ok", one)]
    assert Report(accion, done=["a", "b"]).sentences() == [("ok", two)]
    assert Report(accion).sentences() == []
