from app.core.clock import utcnow
from app.db import transaction
from app.jobs.models import Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.service import beat
from tests.factories import make_trabajo
from tests.plugins.application import HTMX, assert_fragment


def test_the_list_tells_what_failed_and_why(app, admin):
    make_trabajo(app, error="El servidor de correo no acepta la dirección.")
    make_trabajo(app, estado=EstadoTrabajo.HECHO, error=None, resultado="2 avistamientos nuevos")

    text = admin.get("/admin/trabajos").text
    assert "El servidor de correo no acepta la dirección." in text
    assert "2 avistamientos nuevos" in text
    failed = admin.get("/admin/trabajos?estado=fallido").text
    assert "2 avistamientos nuevos" not in failed


def test_the_list_is_a_fragment_that_renews_itself(app, admin):
    make_trabajo(app)

    text = assert_fragment(admin.get("/admin/trabajos", headers=HTMX), "trabajos-list")
    assert 'hx-trigger="every 3s"' in text


def test_a_silent_consumer_is_told(app, admin):
    assert "no responde. Reinicie" in admin.get("/admin/trabajos").text

    with app.app_context(), transaction():
        beat("host:1", hilos=4, version="1", started=utcnow(), now=utcnow())
    text = admin.get("/admin/trabajos").text
    assert "no responde. Reinicie" not in text
    assert "host:1" in text


def test_a_failed_job_is_tried_again_with_one_click(app, admin, rows):
    pk = make_trabajo(app)

    admin.post(f"/admin/trabajos/{pk}/reintentar")
    assert [row.estado for row in rows(Trabajo)] == [EstadoTrabajo.PENDIENTE]
    again = admin.post(f"/admin/trabajos/{pk}/reintentar", follow_redirects=True)
    assert "solo se reintenta uno fallido" in again.text


def test_a_job_shows_its_attempts_and_an_unknown_one_is_not_there(app, admin):
    pk = make_trabajo(app)

    assert "Todavía no se ha intentado." in admin.get(f"/admin/trabajos/{pk}").text
    assert admin.get("/admin/trabajos/nada").status_code == 404
