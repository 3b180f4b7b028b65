"""The log of look-ups: one row for each person that asks, completed by what came of it."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from app.auditoria.models import Auditoria
from app.consultas.models import Consulta
from app.consultas.pages import log as consultas
from app.consultas.queries import CHECK, log_rows
from app.consultas.rules import ResultadoConsulta
from app.consultas.service import request_check, request_periodic_check
from app.core.clock import local_today, utcnow
from app.db import db, transaction
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.service import cancel_job
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad
from app.usuarios.models import Usuario
from tests.avistamientos.conftest import NOW
from tests.avistamientos.rows import an_answer, store

URL = "/admin/consultas"
ONE = {"avistamientos": [{"fecha_hora": "2026-11-20T08:15:00", "ubicacion": "P5"}]}


@pytest.fixture
def ask(app, oficio, silent_bell):
    def request(usuario, motivo="Búsqueda del vehículo", now=NOW) -> str:
        with app.app_context(), transaction():
            actor = db.session.get_one(Usuario, usuario.id)
            row = db.session.get_one(Oficio, oficio.id)
            return request_check(row, motivo, actor=actor, now=now).id

    return request


def sweep(app, now=NOW) -> None:
    with app.app_context(), transaction():
        enqueue("avistamientos.barrido", key=f"barrido:{now}", now=now)


def test_a_look_up_keeps_who_asked_why_for_which_order_and_what_came(
    ask, oficio, usuario_investigador, provider, run_jobs, rows
):
    provider.answer("/porticos/", body=ONE)
    job = ask(usuario_investigador, "Dato nuevo por confirmar")

    (open_row,) = rows(Consulta)
    assert open_row.resultado is ResultadoConsulta.PENDIENTE
    assert (open_row.oficio_id, open_row.patente) == (oficio.id, "BBCL12")
    assert (open_row.usuario_id, open_row.motivo, open_row.trabajo_id) == (
        usuario_investigador.id,
        "Dato nuevo por confirmar",
        job,
    )
    run_jobs()

    (row,) = rows(Consulta)
    (entry,) = rows(Investigacion, tipo=Actividad.CONSULTA_API)
    assert row.resultado is ResultadoConsulta.NUEVOS
    assert (row.http_status, row.sha256) == (200, entry.respuesta_sha256)
    assert (row.recibidos, row.nuevos, row.proveedor) == (1, 1, "generico")
    assert (row.investigacion_id, row.pedida_at, row.respondida_at) == (entry.id, NOW, NOW)


def test_everybody_who_asks_for_the_same_check_is_in_the_log_once(
    ask, usuario_investigador, usuario_admin, provider, run_jobs, rows
):
    provider.answer("/porticos/", body={"avistamientos": []})
    ask(usuario_investigador, "Búsqueda del vehículo")
    ask(usuario_investigador, "Otra vez lo mismo")
    ask(usuario_admin, "A pedido del buffet")

    run_jobs()

    found = [(row.usuario_id, row.motivo, row.resultado.value) for row in rows(Consulta)]
    assert found == [
        (usuario_investigador.id, "Búsqueda del vehículo", "sin_novedades"),
        (usuario_admin.id, "A pedido del buffet", "sin_novedades"),
    ]
    assert len(provider.requests) == 1


def test_the_automatic_check_says_so_and_a_person_who_hurries_it_takes_it_over(
    app, ask, oficio, usuario_investigador, provider, run_jobs, rows, clock
):
    provider.answer("/porticos/", body={"avistamientos": []})
    sweep(app)
    run_jobs()
    (row,) = rows(Consulta)
    assert (row.usuario_id, row.motivo) == (None, "Control periódico")

    clock.forward(hours=25)
    with app.app_context(), transaction():
        request_periodic_check(oficio.id, key="otra", now=clock.now)
    ask(usuario_investigador, "Dato nuevo", now=clock.now)

    taken = rows(Consulta)[1]
    assert (taken.usuario_id, taken.motivo) == (usuario_investigador.id, "Dato nuevo")
    assert len(rows(Consulta)) == 2


def test_a_check_of_before_the_log_gets_its_row_when_it_ends(
    app, oficio, provider, run_jobs, silent_bell, rows
):
    provider.answer("/porticos/", body={"avistamientos": []})
    with app.app_context(), transaction():
        enqueue(CHECK, key="antes", now=NOW, oficio_id=oficio.id)

    run_jobs()

    (row,) = rows(Consulta)
    assert (row.motivo, row.resultado) == ("Control periódico", ResultadoConsulta.SIN_NOVEDADES)


def test_without_a_provider_the_log_says_that_nobody_was_asked(
    ask, usuario_investigador, run_jobs, rows
):
    ask(usuario_investigador)

    run_jobs()

    assert rows(Consulta)[0].resultado is ResultadoConsulta.NO_CONFIGURADA


def test_a_check_that_failed_or_was_cancelled_says_so(
    app, ask, usuario_investigador, provider, run_jobs, rows
):
    provider.answer("/porticos/", status=401)
    ask(usuario_investigador)
    run_jobs()
    assert rows(Consulta)[0].resultado is ResultadoConsulta.FALLIDA
    assert "rechazó la clave" in rows(Consulta)[0].detalle

    job = ask(usuario_investigador, "Otra vez")
    with app.app_context(), transaction():
        cancel_job(db.session.get_one(Trabajo, job), now=NOW)
    assert rows(Consulta)[1].resultado is ResultadoConsulta.CANCELADA


def test_a_failure_of_every_day_is_told_once_in_the_bitacora_and_each_time_in_the_log(
    app, oficio, provider, run_jobs, rows, clock
):
    provider.answer("/porticos/", status=401)
    for _ in range(2):
        sweep(app, clock.now)
        run_jobs()
        clock.forward(hours=1)

    assert len(rows(Investigacion, tipo=Actividad.CONSULTA_API)) == 1
    assert [row.resultado for row in rows(Consulta)] == [ResultadoConsulta.FALLIDA] * 2


# ------------------------------------------------------------------ the page and the file


@pytest.fixture
def log(app, oficio, usuario_investigador, ask, provider, run_jobs, clock):
    """An automatic look-up with news of long ago, and one of a person that is under way."""
    store(app, oficio, an_answer(), now=utcnow() - timedelta(days=40))
    ask(usuario_investigador, "=HYPERLINK(1)", now=utcnow())


def lines(client, query: str = "") -> list[list[str]]:
    response = client.post(f"{URL}/exportar.csv{query}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig")), delimiter=";"))


def workbook(client, query: str = "") -> list[tuple]:
    with client.post(f"{URL}/exportar.xlsx{query}") as response:
        sheet = load_workbook(io.BytesIO(response.data)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def test_only_an_admin_reads_and_takes_the_log(stranger, cliente, investigador, admin, log, rows):
    for client in (cliente, investigador):
        assert client.get(URL).status_code == 404
        assert client.post(f"{URL}/exportar.csv").status_code == 404
    assert stranger.get(URL).status_code == 303
    assert rows(Auditoria, accion="consultas.exportadas") == []
    assert admin.get(URL).status_code == 200
    assert admin.post(f"{URL}/exportar.pdf").status_code == 404


def test_the_page_shows_and_filters_the_log(admin, log, oficio, usuario_investigador):
    everything = admin.get(URL).text
    assert "2 consultas" in everything
    assert "Control periódico" in everything
    assert "=HYPERLINK(1)" in everything
    assert oficio.numero_oficio in everything

    def shown(query: str) -> tuple[bool, bool]:
        text = admin.get(f"{URL}?{query}").text
        return "Control periódico" in text, "=HYPERLINK(1)" in text

    today = local_today(utcnow())
    assert shown(f"desde={today.isoformat()}") == (False, True)
    assert shown(f"hasta={(today - timedelta(days=1)).isoformat()}") == (True, False)
    assert shown("usuario=0") == (True, False)
    assert shown(f"usuario={usuario_investigador.id}") == (False, True)
    assert shown("usuario=999") == shown("usuario=x") == (True, True)
    assert shown("resultado=sin_novedades") == (True, False)
    assert shown("resultado=nada") == (True, True)
    assert shown("oficio=bbcl12") == (True, True)
    assert shown("oficio=ZZZZ99") == (False, False)
    assert "no es una fecha" in admin.get(f"{URL}?desde=ayer").text


def test_the_file_holds_the_log_without_formulas_and_taking_it_is_audited(
    admin, usuario_admin, log, oficio, rows
):
    head, newest, oldest = lines(admin, "?oficio=BBCL12")

    row = dict(zip(head, oldest, strict=True))
    assert row["Pedida por"] == "Consulta automática"
    assert row["Número de oficio"] == oficio.numero_oficio
    assert (row["Patente"], row["Estado HTTP"]) == ("BBCL12", "200")
    assert len(row["SHA-256 de la respuesta"]) == 64
    assert dict(zip(head, newest, strict=True))["Motivo"] == "'=HYPERLINK(1)"
    (entry,) = rows(Auditoria, accion="consultas.exportadas")
    assert entry.usuario_id == usuario_admin.id
    assert entry.detalle == {"formato": "csv", "filas": 2, "filtros": {"oficio": "BBCL12"}}


def test_the_workbook_holds_the_same(admin, log, rows):
    table = workbook(admin, "?usuario=0&resultado=sin_novedades&desde=2020-01-01")

    assert len(table) == 2
    assert table[1][2] == "Control periódico"
    facts = rows(Auditoria, accion="consultas.exportadas")[0].detalle["filtros"]
    assert facts == {"desde": "2020-01-01", "usuario_id": 0, "resultado": "sin_novedades"}


def test_a_file_that_does_not_hold_all_says_so(admin, log, monkeypatch):
    monkeypatch.setattr(log_rows, "EXPORT_LIMIT", 1)
    monkeypatch.setattr(consultas, "EXPORT_LIMIT", 1)

    assert lines(admin)[-1] == ["Hay 1 consultas más antiguas: acote las fechas para bajarlas."]
    assert "más antiguas" in workbook(admin)[-1][0]


def test_an_address_that_a_stranger_wrote_is_read_as_far_as_it_can_be(
    ask, admin, usuario_investigador
):
    ask(usuario_investigador)

    for strange in ("formato", "endpoint", "_method", "pagina"):
        page = admin.get(f"{URL}?{strange}=1&resultado=%00&oficio=%00&usuario=99999999999999999999")
        assert page.status_code == 200, strange
        assert "BBCL12" in page.text
        (export,) = re.findall(r'action="([^"]*csv[^"]*)"', page.text)
        assert f"{strange}=" not in export
        assert "usuario=" in export
