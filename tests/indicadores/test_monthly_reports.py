"""The monthly reports: made once on the first, read by their buffet alone, taken back by law."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, date, datetime, timedelta

import pypdfium2
from openpyxl import load_workbook

from app.adjuntos.outside.storage import current_storage
from app.adjuntos.queries.file_owners import list_kept
from app.db import db, transaction
from app.indicadores.queries.overview import read_report
from app.indicadores.rules import MONTH_JOB, EstadoMensual, Informe
from app.indicadores.rules.periodo import Seleccion
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.supresion.rules import Trato
from app.supresion.service import confirm_erasure
from app.titulares.rules.identidad import read_buscado
from app.titulares.service import block_cases
from app.usuarios.models import Usuario
from tests.factories import make_link
from tests.indicadores.monthly_rows import MONTH, count_orders, make_month_stub, read_months

#: The first of November in Santiago, at six.
FIRST = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


def run_month(app, moment=FIRST):
    with app.app_context():
        with transaction():
            enqueue(MONTH_JOB, key=f"{MONTH_JOB}:{moment.isoformat()}", now=moment)
        work("test", clock=lambda: moment)


def fetch(client, path):
    """The bytes of a file that is there."""
    with client.get(path) as answer:
        assert answer.status_code == 200, path
        return answer.data


def words_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return text


def test_the_month_is_made_once_and_its_buffet_reads_the_figures_of_informes(
    app, history, buffet, otro_buffet, cliente, stranger, admin, investigador, cliente_ajeno
):
    run_month(app)
    run_month(app, FIRST + timedelta(days=2))

    with app.app_context():
        rows = read_months()
        assert count_orders() == 2  # both buffets once
        assert [(row.buffet_id, row.mes, row.estado) for row in rows] == [
            (one.id, MONTH, EstadoMensual.EMITIDO) for one in (buffet, otro_buffet)
        ]
        pk, pdf_hash, xlsx_hash = rows[0].id, rows[0].pdf_sha256, rows[0].xlsx_sha256
        selection = Seleccion(date(2026, 10, 1), date(2026, 10, 31), buffet.id)
        pace = read_report(Informe.RITMO, selection, now=FIRST)
        came = sum(row["recibidos"] for row in pace.filas)
        ended = sum(row["cerrados"] for row in pace.filas)
        steps = [
            list(row.values()) for row in read_report(Informe.ETAPAS, selection, now=FIRST).filas
        ]
        kept = [one for one in list_kept() if one.nombre.startswith("informe de octubre")]
        assert [len(one.keys) for one in kept] == [2, 2]
    stranger.post(f"/b/{make_link(app, buffet)}")
    for client in (cliente, stranger):
        page = client.get("/portal/informes").text
        assert "Octubre de 2026" in page
        assert pdf_hash in page
        assert xlsx_hash in page
    pdf = fetch(cliente, f"/portal/informes/{pk}.pdf")
    assert hashlib.sha256(pdf).hexdigest() == pdf_hash
    assert fetch(stranger, f"/portal/informes/{pk}.pdf") == pdf
    xlsx = fetch(cliente, f"/portal/informes/{pk}.xlsx")
    assert hashlib.sha256(xlsx).hexdigest() == xlsx_hash
    book = load_workbook(io.BytesIO(xlsx))
    figures = {row[0]: row[1] for row in book["Resumen"].iter_rows(values_only=True)}
    # By hand: eleven of A came in; A1, A2, A3 and A5 were found; A12 was closed, and is open again.
    assert (figures["Recibidos"], figures["Cerrados"]) == (came, ended) == (11, 4)
    assert (figures["Encontrados"], figures["Abiertos al final"]) == (4, 6)
    assert [
        [*row[:1], *row[1:]] for row in book["Pasos"].iter_rows(min_row=2, values_only=True)
    ] == [[row[0], row[2], row[3], row[4]] for row in steps]
    told = {
        (row[0], f"{row[3]:%d-%m}", row[4])
        for row in book["Hitos"].iter_rows(min_row=2, values_only=True)
    }
    assert ("A3", "10-10", "Vehículo ubicado") in told
    assert ("A3", "14-10", "Vehículo encontrado, caso cerrado") in told
    assert not {case for case, *_rest in told if case.startswith("B")}
    text = words_of(pdf)
    assert "Informe de octubre de 2026" in text
    assert "A7" in text
    # It has tables and no drawings: nothing is said of points and bars.
    assert "punto" not in text
    assert "Carla Muñoz" not in text  # who works on it is the office's
    for client, path, status in (
        (cliente_ajeno, f"/portal/informes/{pk}.pdf", 404),
        (app.test_client(), f"/portal/informes/{pk}.pdf", 303),
        (app.test_client(), "/portal/informes", 303),
        (cliente, f"/informes/mensuales/{pk}.pdf", 404),
        (investigador, f"/informes/mensuales/{pk}.pdf", 404),
        (investigador, "/informes/mensuales", 404),
        (investigador, "/portal/informes", 404),
        (cliente, f"/portal/informes/{pk}.zip", 404),
        (admin, f"/informes/mensuales/{pk}.pdf", 200),
    ):
        with client.get(path) as answer:
            assert answer.status_code == status, path
    assert pdf_hash not in cliente_ajeno.get("/portal/informes").text
    page = admin.get(f"/informes/mensuales?buffet={buffet.id}").text
    assert "Octubre de 2026" in page
    assert "Estudio Araya" not in page.partition("<table")[2]


def test_what_failed_is_made_by_the_next_attempt_and_leaves_no_file(app, history, monkeypatch):
    storage = "app.adjuntos.outside.storage.LocalStorage.put"
    with monkeypatch.context() as patched:

        def full(*_args):
            raise OSError("the disk is full")

        patched.setattr(storage, full)
        run_month(app)
        with app.app_context():
            assert {row.estado for row in read_months()} == {EstadoMensual.PREPARANDO}
    later = FIRST + timedelta(hours=6)
    run_month(app, later)

    with app.app_context():
        rows = read_months()
        assert {row.estado for row in rows} == {EstadoMensual.EMITIDO}
        assert count_orders() == 2
        for key in (key for row in rows for key in (row.pdf_key, row.xlsx_key)):
            assert current_storage().exists(key)
            assert not current_storage().exists(key.replace("-2.", "-1."))


def test_a_report_is_held_back_while_a_case_is_blocked_and_goes_when_it_is_erased(
    app, history, buffet, cliente, admin, usuario_admin
):
    closed = history["A3"].id
    pk = make_month_stub(app, buffet, [closed, history["A13"].id])
    assert fetch(cliente, f"/portal/informes/{pk}.pdf")
    with app.app_context(), transaction():
        actor = db.session.get_one(Usuario, usuario_admin.id)
        block_cases([history["A13"].id], "Lo pidió la persona.", actor=actor, now=FIRST)

    assert cliente.get(f"/portal/informes/{pk}.pdf").status_code == 404
    assert admin.get(f"/informes/mensuales/{pk}.pdf").status_code == 404
    assert "están bloqueados" in cliente.get("/portal/informes").text

    with app.app_context():
        with transaction():
            actor = db.session.get_one(Usuario, usuario_admin.id)
            confirm_erasure(
                read_buscado(nombre="Nadie Ninguno"),
                {closed: Trato.ANONIMIZAR},
                "Solicitud 1",
                secret="secret",
                actor=actor,
                now=FIRST,
            )
        key = read_months()[0].pdf_key
        work("test", clock=lambda: FIRST)
        (row,) = read_months()
        assert row.estado is EstadoMensual.RETIRADO
        assert (row.pdf_key, row.pdf_sha256, row.xlsx_key) == (None, None, None)
        assert not current_storage().exists(key)
        db.session.rollback()
    assert cliente.get(f"/portal/informes/{pk}.pdf").status_code == 404
    assert "se borraron por ley" in cliente.get("/portal/informes").text
    run_month(app, FIRST + timedelta(hours=1))
    with app.app_context():
        assert read_months()[0].estado is EstadoMensual.EMITIDO
        failed = Trabajo.estado == EstadoTrabajo.FALLIDO
        assert not db.session.query(Trabajo).where(failed).count()
