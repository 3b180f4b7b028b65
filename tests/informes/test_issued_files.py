"""Issued PDFs are verified, moved and swept with the photos; a ZIP is never stored."""

from __future__ import annotations

from datetime import timedelta

from app.adjuntos.jobs import VERIFY_JOB
from app.adjuntos.outside.storage import current_storage
from app.adjuntos.service.upkeep import sweep
from app.core.clock import utcnow
from app.db import transaction
from app.informes.models import Expediente
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from tests.adjuntos.conftest import keys_in
from tests.informes.expedientes import find, make_stub, order, take


def test_verify_reads_the_issued_pdfs(app, both, oficio, usuario_admin):
    row = make_stub(app, oficio, usuario_admin)
    run = app.test_cli_runner().invoke
    assert "1 archivos leídos, 0 con problemas" in run(args=["adjuntos", "verify"]).output

    both["local"].put(row.pdf_key, b"%PDF- something else")
    changed = run(args=["adjuntos", "verify"])
    both["local"].delete(row.pdf_key)
    gone = run(args=["adjuntos", "verify", "--repair"])

    name = f"expediente {row.codigo}, oficio {oficio.id}"
    assert changed.exit_code == gone.exit_code == 1
    assert f"{name}: El archivo cambió." in changed.output
    assert f"{name}: Falta el archivo." in gone.output


def test_the_daily_check_names_a_lost_pdf(app, both, oficio, usuario_admin, rows):
    row = make_stub(app, oficio, usuario_admin)
    both["local"].delete(row.pdf_key)

    with app.app_context():
        with transaction():
            enqueue(VERIFY_JOB, key=VERIFY_JOB, now=utcnow())
        work("test")

    [job] = rows(Trabajo, tipo=VERIFY_JOB)
    assert job.estado is EstadoTrabajo.FALLIDO
    assert row.codigo in job.error


def test_migrate_takes_the_issued_pdfs_along_and_they_are_still_handed_out(
    app, admin, both, oficio, usuario_admin
):
    row = make_stub(app, oficio, usuario_admin)

    done = app.test_cli_runner().invoke(args=["adjuntos", "migrate", "s3"])

    assert done.exit_code == 0
    assert "1 archivos movidos, 0 se quedaron." in done.output
    assert find(app, row.id).almacen == "s3"
    assert keys_in(both["local"]) == []
    assert keys_in(both["s3"]) == [row.pdf_key]
    assert take(admin, f"/expedientes/{row.id}/pdf").data.startswith(b"%PDF")

    back = app.test_cli_runner().invoke(args=["adjuntos", "migrate", "local"])
    assert back.exit_code == 0
    assert find(app, row.id).almacen == "local"
    assert keys_in(both["s3"]) == []


def test_a_changed_pdf_stays_where_it_is(app, both, oficio, usuario_admin):
    row = make_stub(app, oficio, usuario_admin)
    both["local"].put(row.pdf_key, b"%PDF- something else")

    done = app.test_cli_runner().invoke(args=["adjuntos", "migrate", "s3"])

    assert done.exit_code == 1
    assert "se quedó donde estaba: El archivo cambió." in done.output
    assert find(app, row.id).almacen == "local"


def test_a_pdf_that_nobody_came_to_know_of_is_put_aside_and_an_issued_one_stays(
    app, both, oficio, usuario_admin, rows
):
    row = make_stub(app, oficio, usuario_admin)
    order(app, oficio, usuario_admin)
    with app.app_context():
        current_storage().put("expedientes/aaaa-bbbb-cccc-1.pdf", b"%PDF- of a worker that died")
        soon = sweep(current_storage(), now=utcnow())
        late = sweep(current_storage(), now=utcnow() + timedelta(hours=1))

    assert soon.removed == []
    assert late.removed == ["expedientes/aaaa-bbbb-cccc-1.pdf"]
    assert keys_in(both["local"]) == [row.pdf_key, "papelera/aaaa-bbbb-cccc-1.pdf"]
    assert rows(Expediente, sha256=row.sha256)
