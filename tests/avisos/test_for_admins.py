"""Admins hear of failed jobs, of a provider that is down, and of a backup that is old."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.ajustes.service import set_setting
from app.avisos.models import Aviso
from app.avisos.rules import Novedad
from app.consultas.queries import CHECK
from app.consultas.service.outages_told import tell_of_provider
from app.db import db, transaction
from app.jobs.models import Ejecucion, Trabajo
from app.jobs.queue import enqueue
from app.jobs.registry import get_job
from app.jobs.runner import JobError, work
from app.respaldo.queries import LAST_BACKUP
from app.respaldo.service.old_backup import warn_of_old_backup
from app.trabajos.service import tell_of_failure
from app.usuarios.models import Usuario
from tests.factories import make_trabajo, want_mail

NOW = datetime(2026, 11, 30, 14, tzinfo=UTC)


def told(rows, novedad):
    return [row for row in rows(Aviso) if row.novedad is novedad]


def test_failed_jobs_are_one_notice_to_the_admins(
    app, usuario_admin, usuario_investigador, admin, investigador, rows, monkeypatch
):
    def fail(_run):
        raise JobError("El disco está lleno.", retry=False)

    monkeypatch.setattr("app.jobs.runner.get_job", lambda name: _failing(name, fail))
    with app.app_context():
        with transaction():
            for number in range(3):
                enqueue("respaldo.crear", key=f"falla:{number}", now=NOW)
        work("prueba", clock=lambda: NOW)

    found = told(rows, Novedad.TRABAJO)
    assert [row.usuario_id for row in found] == [usuario_admin.id] * 3
    assert "El disco está lleno." in found[0].texto
    page = admin.get("/avisos").get_data(as_text=True)
    assert "3 trabajos fallaron." in page
    assert "Avisos: 1 nuevo" in page
    assert admin.get(found[0].url).status_code == 200
    assert "No hay avisos" in investigador.get("/avisos").get_data(as_text=True)


def _failing(name, function):
    return replace(get_job(name), run=function)


def test_a_mail_of_notices_that_fails_is_not_mailed(app, usuario_admin, rows):
    want_mail(app, usuario_admin)
    pk = make_trabajo(app, tipo="avisos.correo")
    other = make_trabajo(app, tipo="respaldo.crear")
    with app.app_context(), transaction():
        tell_of_failure(db.session.get_one(Trabajo, pk), "No se pudo.", NOW)
        tell_of_failure(db.session.get_one(Trabajo, other), "No se pudo.", NOW)

    assert [row.correo.value for row in told(rows, Novedad.TRABAJO)] == ["no", "momento"]


def attempts(app, *errors):
    """One look-up with these attempts, the oldest first; None succeeded."""
    pk = make_trabajo(app, tipo=CHECK)
    with app.app_context(), transaction():
        for number, error in enumerate(errors, 1):
            db.session.add(
                Ejecucion(
                    trabajo_id=pk,
                    numero=number,
                    trabajador="w",
                    iniciado_at=NOW,
                    terminado_at=NOW,
                    error=error,
                )
            )


def give_up(app):
    with app.app_context(), transaction():
        tell_of_provider("No responde.", NOW)


def test_a_provider_that_failed_four_times_is_told_once_until_it_works_again(
    app, usuario_admin, rows
):
    attempts(app, "x", "x", "x")
    give_up(app)
    assert told(rows, Novedad.PROVEEDOR) == []

    attempts(app, "x")
    give_up(app)
    attempts(app, "x", "x", "x", "x")
    give_up(app)
    [aviso] = told(rows, Novedad.PROVEEDOR)
    assert aviso.usuario_id == usuario_admin.id
    assert "cuatro veces seguidas" in aviso.texto

    attempts(app, None, "x", "x", "x")
    give_up(app)
    assert len(told(rows, Novedad.PROVEEDOR)) == 1
    attempts(app, "x")
    give_up(app)
    assert len(told(rows, Novedad.PROVEEDOR)) == 2


@pytest.mark.parametrize(("hours", "count"), [(35, 0), (37, 1), (24 * 6, 1), (24 * 8, 1)])
def test_an_old_backup_is_told(app, usuario_admin, rows, hours, count):
    last = NOW - timedelta(hours=hours)
    values = f'{{"name": "x", "at": "{last.isoformat()}", "size": 1, "rows": 1, "files": 1, '
    values += '"wrong": 0, "bucket": "", "encrypted": false}'
    with app.app_context(), transaction():
        set_setting(LAST_BACKUP, values)
        for _ in range(2):
            assert warn_of_old_backup(NOW) is bool(count)

    assert len(told(rows, Novedad.RESPALDO)) == count


def test_no_backup_at_all_counts_from_the_first_account(app, usuario_admin, rows):
    def look(now):
        with app.app_context(), transaction():
            return warn_of_old_backup(now)

    with app.app_context(), transaction():
        db.session.get_one(Usuario, usuario_admin.id).created_at = NOW

    assert look(NOW + timedelta(hours=30)) is False
    assert look(NOW + timedelta(hours=40)) is True
    assert look(NOW + timedelta(hours=50)) is True
    assert look(NOW + timedelta(days=8)) is True
    # Once a week for as long as there is none.
    assert len(told(rows, Novedad.RESPALDO)) == 2
