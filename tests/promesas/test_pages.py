"""The pages of promises: terms, the clock of a case, board, list and day."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest

from app.core.clock import SANTIAGO, utcnow
from app.db import db, transaction
from app.jobs.runner import work
from app.oficios.models import Investigacion, Oficio
from app.promesas.models import Compromiso, Pausa, Promesa
from app.promesas.rules import SituacionPromesa, TipoPromesa
from tests.factories import make_oficio
from tests.plugins.application import assert_fragment
from tests.promesas.rows import make_promise


def words(response) -> str:
    """What a page says, without tags and in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


@pytest.fixture
def case(app, buffet, usuario_admin):
    """A case that came in a moment ago, with its three promises."""
    make_promise(app, buffet, usuario_admin)
    return make_oficio(app, buffet, usuario_admin)


def set_moments(app, oficio, tipo, *, riesgo: timedelta, vence: timedelta) -> None:
    """Let a promise be at risk and due so long from now."""
    with app.app_context(), transaction():
        row = db.session.query(Compromiso).filter_by(oficio_id=oficio.id, tipo=tipo).one()
        row.riesgo_at, row.vence_at = utcnow() + riesgo, utcnow() + vence


def test_an_admin_promises_in_words_and_what_was_promised_before_stays(app, admin, buffet, rows):
    url = f"/admin/buffets/{buffet.id}/promesas"
    assert "Promesas y sus plazos" in admin.get(f"/admin/buffets/{buffet.id}").text
    form = {
        "desde": "2026-11-02",
        "primera_gestion_urgente": "4 horas",
        "ubicacion_media": "2 días",
    }
    assert admin.post(url, data=form).status_code == 303
    assert (
        admin.post(url, data={"desde": "2026-12-01", "ubicacion_media": "3 d"}).status_code == 303
    )
    assert [(row.desde, row.plazos) for row in rows(Promesa)] == [
        (date(2026, 11, 2), {"primera_gestion": {"urgente": "4 h"}, "ubicacion": {"media": "2 d"}}),
        (date(2026, 12, 1), {"ubicacion": {"media": "3 d"}}),
    ]
    page = words(admin.get(url))
    assert "Urgente: 4 horas hábiles" in page
    assert "Media: 3 días hábiles" in page
    assert "Último cambio" in page

    # What cannot be read keeps what was typed, and changes nothing.
    wrong = admin.post(url, data={"desde": "2026-11-02", "ubicacion_media": "pronto"})
    assert wrong.status_code == 422
    assert 'value="pronto"' in wrong.text
    assert "por ejemplo «8 h» o «2 d»" in wrong.text
    far = admin.post(url, data={"desde": "2036-11-02", "ubicacion_media": "1 d"})
    assert far.status_code == 409
    assert len(rows(Promesa)) == 2
    # To promise nothing more is a version as well.
    admin.post(url, data={"desde": "2026-12-01"})
    assert rows(Promesa, desde=date(2026, 12, 1))[0].plazos == {}


def test_the_clock_of_a_case_is_stopped_and_started_on_its_page(investigador, case, rows, app):
    url = f"/oficios/{case.id}/promesas"
    page = words(investigador.get(url))
    assert page.count("En plazo") == 3
    assert "Detener el reloj" in page

    empty = investigador.post(f"{url}/detener", data={"motivo": "buffet"})
    assert empty.status_code == 422
    assert "Escriba qué se espera" in empty.text
    stopped = investigador.post(
        f"{url}/detener",
        data={"motivo": "tribunal", "explicacion": "Se pidió <b>ampliar</b> la orden"},
        headers={"HX-Request": "true"},
    )
    html = assert_fragment(stopped, f"oficio-promesas-{case.id}")
    assert "Se pidió &lt;b&gt;ampliar&lt;/b&gt; la orden" in html
    assert html.count("Reloj detenido") >= 3
    assert "Reanudar el reloj" in html
    again = investigador.post(
        f"{url}/detener", data={"motivo": "buffet", "explicacion": "x"}, follow_redirects=True
    )
    assert "El reloj ya está detenido desde el" in again.text
    assert len(rows(Pausa)) == 1

    assert investigador.post(f"{url}/reanudar").status_code == 303
    assert rows(Pausa)[0].hasta is not None
    again = investigador.post(f"{url}/reanudar", follow_redirects=True)
    assert "El reloj de este caso ya está corriendo." in again.text
    assert "hasta" in words(investigador.get(url))

    told = investigador.post(
        f"{url}/informe", data={"medio": "telefono", "texto": "Se contó el plan de búsqueda."}
    )
    assert told.status_code == 303
    (report,) = rows(Compromiso, oficio_id=case.id, tipo=TipoPromesa.PRIMER_INFORME)
    assert report.situacion is SituacionPromesa.CUMPLIDA
    said = [row.descripcion for row in rows(Investigacion, oficio_id=case.id)]
    assert "Se informó al buffet (por teléfono): Se contó el plan de búsqueda." in said


def test_what_presses_is_seen_on_board_list_day_and_case_before_it_is_late(
    app, investigador, case, buffet, usuario_admin, otro_buffet
):
    calm = make_oficio(app, otro_buffet, usuario_admin)
    hour = timedelta(hours=1)
    set_moments(app, case, TipoPromesa.PRIMER_INFORME, riesgo=-hour, vence=4 * hour)
    set_moments(app, case, TipoPromesa.PRIMERA_GESTION, riesgo=50 * hour, vence=60 * hour)

    def seen(**arguments):
        page = investigador.get("/tablero/lista", query_string=arguments)
        return {pk for pk in (case.id, calm.id) if f'id="oficio-row-{pk}"' in page.text}

    # At risk.
    assert "Informe " in words(investigador.get("/tablero?todo=1"))
    assert "promise-pill-warn" in investigador.get("/tablero?todo=1").text
    assert seen(todo="1") == {case.id, calm.id}
    assert seen(promesa="en_riesgo") == {case.id}
    assert seen(promesa="vencida") == set()
    assert seen(promesa="no-existe") == {case.id, calm.id}
    today = words(investigador.get("/tablero/hoy?todo=1"))
    assert "Promesas a los buffets 1" in today
    assert "El primer informe al buffet se prometió para" in today
    resumen = investigador.get(f"/oficios/{case.id}")
    assert "El primer informe al buffet se prometió para" in words(resumen)
    assert "is-late" not in resumen.text

    # Late.
    set_moments(app, case, TipoPromesa.PRIMERA_GESTION, riesgo=-3 * hour, vence=-2 * hour)
    board = investigador.get("/tablero?todo=1").text
    assert "Gestión vencida" in board
    assert "promise-pill-danger" in board
    assert seen(promesa="vencida") == {case.id}
    assert seen(promesa="en_riesgo", orden="promesa") == {case.id}
    # Of one case the day tells what was due first.
    today = words(investigador.get("/tablero/hoy?todo=1"))
    assert "Promesas a los buffets 1" in today
    assert "La primera gestión se prometió para" in today
    assert "El primer informe" not in today
    assert "is-late" in investigador.get(f"/oficios/{case.id}").text
    file = investigador.get("/tablero/lista.csv?promesa=vencida").text
    assert "Promesa que vence primero" in file
    assert "Primera gestión" in file
    paper = words(investigador.get("/tablero/lista?todo=1&imprimir=1"))
    assert "Avistamiento Promesa" in paper
    assert "Gestión vencida" in paper

    # Nothing is promised: no column, no pill.
    plain = investigador.get(f"/tablero/lista?buffet={otro_buffet.id}")
    assert "orden=promesa" not in plain.text
    assert "promise-pill" not in plain.text
    assert "orden=promesa" in investigador.get(f"/tablero/lista?buffet={buffet.id}").text
    address = f"/tablero/lista?buffet={otro_buffet.id}&imprimir=1"
    assert "Promesa" not in words(investigador.get(address))


def test_hours_that_change_are_worked_out_by_a_job(app, admin, buffet, usuario_admin, rows):
    make_promise(app, buffet, usuario_admin)
    begins = datetime(2026, 11, 30, 9, tzinfo=SANTIAGO)
    oficio = make_oficio(app, buffet, usuario_admin, now=begins)
    (before,) = rows(Compromiso, oficio_id=oficio.id, tipo=TipoPromesa.UBICACION)
    assert before.vence_at == datetime(2026, 12, 3, 18, tzinfo=SANTIAGO)

    page = admin.get("/admin/ajustes").text
    values = dict(re.findall(r'name="(promesas_\w+)"[^>]*value="([^"]*)"', page))
    assert values["promesas_desde"] == "9"
    values |= {"promesas_sabados": "no", "promesas_portal": "no", "promesas_cierres": "01-12-2026"}
    others = dict(re.findall(r'name="((?!promesas)\w+)"[^>]*value="([^"]*)"', page))
    assert admin.post("/admin/ajustes", data={**others, **values}).status_code == 303
    with app.app_context():
        work("test", clock=lambda: begins)
    (after,) = rows(Compromiso, oficio_id=oficio.id, tipo=TipoPromesa.UBICACION)
    assert after.vence_at == datetime(2026, 12, 4, 18, tzinfo=SANTIAGO)
    with app.app_context():
        assert db.session.get_one(Oficio, oficio.id).version == 1
