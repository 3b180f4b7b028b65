"""The page of jobs as an admin sees it, and its part on the case page."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from app.core.clock import utcnow
from app.db import db, transaction
from app.jobs.models import Cuota, Trabajo
from app.jobs.rules import EstadoTrabajo
from app.jobs.service import beat
from app.notificaciones.models import Notificacion
from app.trabajos.pages.trabajos_file import TRABAJOS_TABLE, left_off_note
from app.trabajos.rules import PAGE_SIZE
from app.web.table_files import write_csv
from tests.avistamientos.rows import make_check
from tests.factories import make_oficio, make_trabajo
from tests.jobs.history import make_ended
from tests.notificaciones.rows import make_notice
from tests.plugins.application import HTMX, assert_fragment

PROVIDER = {"provider_api_url": "https://proveedor.example", "provider_api_key": "k"}


def test_the_list_tells_what_failed_and_why(app, admin, usuario_admin):
    make_trabajo(app, error="El servidor de correo no acepta la dirección.")
    make_trabajo(
        app,
        estado=EstadoTrabajo.HECHO,
        error=None,
        resultado="2 avistamientos nuevos",
        usuario_id=usuario_admin.id,
    )

    text = admin.get("/admin/trabajos").text
    assert "El servidor de correo no acepta la dirección." in text
    assert "2 avistamientos nuevos" in text


def test_what_rastro_does_by_itself_is_one_line_and_failures_are_decided_by_cause(app, admin):
    quiet = {"estado": EstadoTrabajo.HECHO, "error": None}
    make_trabajo(app, **quiet, resultado="algo que nadie pidió")
    failed = {make_trabajo(app, error="El proveedor no responde en 30 s.") for _ in range(2)}
    make_trabajo(app, error="El proveedor pide otra clave.")
    make_trabajo(app, created_at=utcnow() - timedelta(days=8), error="de hace una semana")

    text = admin.get("/admin/trabajos").text
    unfolded = admin.get("/admin/trabajos?automaticos=1").text
    decisions = text.partition("Esperan su decisión")[2].partition("</section>")[0]

    assert "algo que nadie pidió" not in text
    assert "1 automático</b>" in text
    assert "algo que nadie pidió" in unfolded
    assert "Esconder los automáticos" in unfolded
    assert decisions.count("<li>") == 2
    assert "Reintentar los 2" in decisions
    assert set(re.findall(r'name="trabajo" value="([^"]+)"', decisions)) > failed
    assert '3<span class="visually-hidden"> trabajos por decidir</span>' in text


def test_every_state_has_its_count_and_its_list(app, admin):
    for estado in EstadoTrabajo:
        make_trabajo(app, estado=estado, error=f"está {estado.value}")
    make_trabajo(app, estado=EstadoTrabajo.FALLIDO, error="está fallido")

    text = admin.get("/admin/trabajos").text
    assert "Todos <b>8</b>" in text
    assert "Fallido <b>2</b>" in text
    assert "Incierto <b>1</b>" in text
    for estado in EstadoTrabajo:
        page = admin.get(f"/admin/trabajos?estado={estado.value}").text
        assert f"está {estado.value}" in page
        assert page.count('id="trabajo-') == (2 if estado is EstadoTrabajo.FALLIDO else 1)


def test_filters_stay_in_the_address_and_in_its_links(app, admin, buffet, usuario_admin):
    mine, other = (make_oficio(app, buffet, usuario_admin) for _ in range(2))
    day = datetime(2026, 11, 20, 2, 59, tzinfo=UTC)  # 23:59 of the day before in Santiago
    values = {"created_at": day, "oficio_id": mine.id}
    make_trabajo(app, **values, error="el que se busca")
    make_trabajo(app, **{**values, "oficio_id": other.id}, error="de otro oficio")
    make_trabajo(app, **values, tipo="notificaciones.enviar", error="de otro tipo")
    make_trabajo(app, **{**values, "created_at": day + timedelta(minutes=2)}, error="otro día")

    query = (
        f"tipo=avistamientos.consultar&oficio={mine.numero_oficio.lower()}"
        "&desde=2026-11-19&hasta=19-11-2026"
    )
    text = admin.get(f"/admin/trabajos?{query}").text

    assert "el que se busca" in text
    assert "de otro oficio" not in text
    assert "de otro tipo" not in text
    assert "otro día" not in text
    assert "Todos <b>1</b>" in text
    # A chip, the list that renews itself, the buttons and the file all keep what was chosen.
    assert text.count("desde=2026-11-19&amp;hasta=2026-11-19") > 8
    assert "exportar?tipo=avistamientos.consultar" in text


def test_a_filter_that_cannot_be_read_says_so_and_filters_nothing(app, admin):
    make_trabajo(app, error="está a la vista")

    response = admin.get("/admin/trabajos?desde=ayer&tipo=nada&estado=roto&pagina=x")

    assert response.status_code == 200
    assert "«ayer» no es una fecha" in response.text
    assert "está a la vista" in response.text


def test_an_empty_list_teaches_and_an_empty_filter_says_which(app, admin):
    assert "Todavía no hay trabajos" in admin.get("/admin/trabajos").text
    assert "Ningún trabajo calza" in admin.get("/admin/trabajos?estado=hecho").text


def test_pages_keep_their_filters(app, admin):
    for _ in range(PAGE_SIZE + 1):
        make_trabajo(app)

    first = admin.get("/admin/trabajos?estado=fallido").text
    assert first.count('id="trabajo-') == PAGE_SIZE
    assert 'href="/admin/trabajos?estado=fallido&amp;pagina=2"' in first
    assert admin.get("/admin/trabajos?estado=fallido&pagina=2").text.count('id="trabajo-') == 1


def test_the_list_is_a_fragment_that_renews_itself(app, admin):
    make_trabajo(app)

    text = assert_fragment(admin.get("/admin/trabajos", headers=HTMX), "trabajos-live")
    assert 'hx-trigger="every 3s"' in text


@pytest.mark.parametrize(
    ("part", "element"),
    [("resumen", "trabajos-summary"), ("rendimiento?periodo=30d", "trabajos-rendimiento")],
)
def test_the_other_parts_renew_themselves_and_are_no_pages(part, element, app, admin):
    assert_fragment(admin.get(f"/admin/trabajos/{part}", headers=HTMX), element)

    assert admin.get(f"/admin/trabajos/{part}").status_code == 303


def test_consumers_show_their_threads_and_the_dead_are_greyed(app, admin):
    now = utcnow()
    with app.app_context(), transaction():
        beat("vivo:1", hilos=4, version="1.2", started=now, now=now)
    with app.app_context(), transaction():
        beat(
            "muerto:2", hilos=1, version="1.1", started=now, now=now - timedelta(hours=3, minutes=2)
        )

    text = admin.get("/admin/trabajos").text

    alive, dead = text.index("vivo:1"), text.index("muerto:2")
    assert 'class="is-dead"' not in text[:alive]
    assert 'class="is-dead"' in text[alive:dead]
    assert re.search(r"4 hilos · último latido hace \d s<", text)
    assert "Sin señales desde hace 3 h · tenía 1 hilo<" in text
    # The name of a process is for whoever repairs the machine.
    assert "Detalle técnico" in text[text.index("En marcha") : alive]
    assert "vivo:1, versión 1.2" in text


def test_of_many_dead_consumers_the_last_are_named_and_the_others_counted(app, admin):
    now = utcnow()
    for hours in range(1, 6):
        with app.app_context(), transaction():
            beat(f"m:{hours}", hilos=1, version="1", started=now, now=now - timedelta(hours=hours))

    text = admin.get("/admin/trabajos").text

    assert [name for name in ("m:1", "m:2", "m:3") if name in text] == ["m:1", "m:2"]
    assert "Hoy se detuvieron 3 más." in text


def test_the_quota_counts_what_the_provider_was_asked_today(app, admin, configure, oficio):
    config = configure(**PROVIDER)
    now = utcnow()
    stamp = now.timestamp()
    with app.app_context(), transaction():
        db.session.add(
            Cuota(
                nombre=config.porticos_provider,
                momentos=[stamp - 3600, stamp - 4, stamp - 3, stamp + 100],
                bloqueada_hasta=now + timedelta(minutes=5),
            )
        )
    make_check(app, oficio)
    make_ended(app, now, estado=EstadoTrabajo.FALLIDO)
    make_ended(app, now, estado=EstadoTrabajo.FALLIDO, tipo="notificaciones.enviar")

    text = admin.get("/admin/trabajos").text

    assert "2 <small>consultas: 1 con respuesta y 1 sin ella<" in text
    assert "2 de 5 en los últimos 10 s" in text
    assert "1 turno reservado para después." in text
    assert "El proveedor pidió no consultarlo hasta" in text


def test_without_a_provider_the_quota_says_so(app, admin):
    assert "No hay proveedor configurado" in admin.get("/admin/trabajos").text


def test_the_charts_have_their_numbers_in_a_table(app, admin):
    make_ended(app, utcnow(), wait=0.25, run=61)

    day = admin.get("/admin/trabajos").text
    assert day.count('<th scope="row">') == 24
    assert 'data-value="0.25"' in day
    assert "1 min 1 s" in day
    waited = day[day.index('id="resumen-espera"') :]
    assert '"job-figure">0,25 s<' in waited
    assert re.search(r"95 de cada 100, hasta <[^>]*>0,25 s<", waited)

    month = admin.get("/admin/trabajos?periodo=30d").text
    assert month.count('<th scope="row">') == 30


def test_a_job_shows_its_attempts_and_an_unknown_one_is_not_there(
    app, admin, oficio, usuario_admin
):
    pk = make_ended(
        app,
        utcnow(),
        estado=EstadoTrabajo.FALLIDO,
        traza="Traceback: <script>",
        oficio_id=oficio.id,
        usuario_id=usuario_admin.id,
        argumentos={
            "notificacion_id": 7,
            "cupo": "2026-11-24T15:00:00+00:00",
            "pedido_tambien_por": [usuario_admin.id],
            "otro": "x",
        },
    )

    text = admin.get(f"/admin/trabajos/{pk}").text

    assert f"Consultar pórticos de {oficio.numero_oficio}" in text
    assert "Traceback: &lt;script&gt;" in text
    assert "host:1:Worker-1" in text
    for value in ("Aviso", "Turno ante el proveedor", "24-11-2026 12:00", "Ana Vega", "otro"):
        assert value in text
    waiting = make_trabajo(app, estado=EstadoTrabajo.PENDIENTE, intentos=0)
    assert "Todavía no se ha intentado." in admin.get(f"/admin/trabajos/{waiting}").text
    for unknown in ("nada", "00000000-0000-0000-0000-000000000000"):
        assert admin.get(f"/admin/trabajos/{unknown}").status_code == 404


def test_an_open_job_is_asked_for_again_until_it_ends(app, admin):
    waiting = make_trabajo(app, estado=EstadoTrabajo.PENDIENTE, intentos=0)
    ended = make_trabajo(app)

    response = admin.get(f"/admin/trabajos/{waiting}", headers=HTMX)
    assert 'hx-trigger="every 2s"' in assert_fragment(response, f"trabajo-detail-{waiting}")
    response = admin.get(f"/admin/trabajos/{ended}", headers=HTMX)
    assert response.status_code == 286
    assert "hx-trigger" not in response.text


def test_an_uncertain_job_leads_to_the_notice_where_a_person_decides(
    app, admin, oficio, usuario_admin, rows
):
    notice_id = make_notice(app, oficio, usuario_admin)
    (notice,) = rows(Notificacion)
    with app.app_context(), transaction():
        db.session.get_one(Trabajo, notice.trabajo_id).estado = EstadoTrabajo.INCIERTA

    link = f'href="/oficios/{oficio.id}/notificaciones/{notice_id}"'
    assert link in admin.get("/admin/trabajos").text
    text = admin.get(f"/admin/trabajos/{notice.trabajo_id}").text
    assert link in text
    assert "Nadie puede saber si salió" in text
    assert "Reintentar" not in text


def test_the_file_is_what_the_filters_find_and_computes_nothing(app, admin, oficio):
    make_ended(
        app,
        datetime(2026, 11, 24, 15, tzinfo=UTC),
        estado=EstadoTrabajo.FALLIDO,
        error="=HYPERLINK(1)\nmás",
        wait=0.5,
        run=2.25,
        oficio_id=oficio.id,
    )
    make_ended(app, utcnow())

    response = admin.get("/admin/trabajos/exportar?estado=fallido")

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "filename=trabajos-" in response.headers["Content-Disposition"]
    assert response.data.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(response.data.decode("utf-8-sig")), delimiter=";")
    cells = dict(zip(header, row, strict=True))
    assert cells["Causa o resultado"] == "'=HYPERLINK(1) más"
    assert cells["Estado"] == "Fallido"
    assert cells["Oficio"] == oficio.numero_oficio
    assert cells["Terminó"] == "24-11-2026 12:00"
    assert (cells["Espera (s)"], cells["Duración (s)"]) == ("0,50", "2,25")


def test_a_file_that_leaves_rows_out_says_so():
    file = b"".join(write_csv(TRABAJOS_TABLE, [], note=left_off_note(12)))
    assert "Hay 12 trabajos más antiguos" in file.decode().splitlines()[-1]
    assert left_off_note(0) == left_off_note(-3) == ""


def test_the_case_page_shows_what_was_done_for_it_to_the_firm(
    app, investigador, admin, cliente, oficio, buffet, usuario_admin
):
    pk = make_ended(
        app, utcnow(), estado=EstadoTrabajo.FALLIDO, oficio_id=oficio.id, traza="Traceback"
    )
    make_trabajo(app, estado=EstadoTrabajo.PENDIENTE, intentos=0, error=None, oficio_id=oficio.id)
    make_trabajo(app, error="de otro caso")
    path = f"/oficios/{oficio.id}/trabajos"

    text = investigador.get(path).text
    assert "El proveedor no responde." in text
    assert "En espera" in text
    assert "de otro caso" not in text
    assert "Traceback" not in text
    assert "/admin/trabajos" not in text
    assert '<span class="case-nav-count">1</span>' in text
    assert f"/admin/trabajos/{pk}" in admin.get(path).text
    assert cliente.get(path).status_code == 404
    fragment = assert_fragment(investigador.get(path, headers=HTMX), f"oficio-trabajos-{oficio.id}")
    assert "checkbox" not in fragment


def test_a_case_without_jobs_says_what_will_appear(app, investigador, oficio):
    text = investigador.get(f"/oficios/{oficio.id}/trabajos").text

    assert "Rastro todavía no ha hecho nada por este caso" in text
