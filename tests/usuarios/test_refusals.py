"""What somebody is refused is in the audit: once for each account in ten minutes, however often."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from app.ajustes.service import set_setting
from app.auditoria.models import Auditoria
from app.core.clock import utcnow
from app.db import transaction
from app.jobs.models import Trabajo
from app.jobs.runner import work
from app.usuarios.rules.guessing import ATTEMPTS_JOB, window_of, window_start
from app.usuarios.rules.por_necesidad import ACCESS_MODE, ASSIGNED
from app.web.limit_storage import SharedStorage
from tests.factories import PASSWORD, make_link, make_oficio


@pytest.fixture
def told(app, tmp_path, monkeypatch, rows):
    """Do something, let ten minutes pass, and read what the audit says of attempts."""
    monkeypatch.setitem(app.extensions, "rastro_limits", SharedStorage(folder=str(tmp_path)))
    start = window_start(window_of(utcnow()) + 1) + timedelta(seconds=1)

    def do(deed):
        with time_machine.travel(start):
            deed()
        with time_machine.travel(start + timedelta(minutes=11)), app.app_context():
            work("test")
        return {
            (row.accion, row.entidad_id): row.detalle["veces"]
            for row in rows(Auditoria)
            if row.accion.endswith(".rechazado")
        }

    return do


def test_what_a_cliente_may_not_see_is_counted_for_them(
    app, told, cliente, usuario_cliente, otro_buffet, usuario_admin, rows
):
    other = make_oficio(app, otro_buffet, usuario_admin)

    def deed():
        for path in ("/admin/usuarios", "/tablero", f"/portal/oficios/{other.id}"):
            assert cliente.get(path).status_code == 404
        assert cliente.head("/tablero").status_code == 404
        assert cliente.get("/portal/oficios/999999").status_code == 404

    assert told(deed) == {("acceso.rechazado", usuario_cliente.id): 3}
    assert len(rows(Trabajo, tipo=ATTEMPTS_JOB)) == 1


def test_what_a_program_may_not_do_is_counted_for_its_account(told, stranger, usuario_investigador):
    login = {"email": usuario_investigador.email, "password": PASSWORD}
    token = stranger.post("/api/v1/auth/login", json=login).json["access_token"]

    def deed():
        headers = {"Authorization": f"Bearer {token}"}
        assert stranger.get("/api/v1/usuarios", headers=headers).status_code == 403

    assert told(deed) == {("acceso.rechazado", usuario_investigador.id): 1}


def test_a_case_that_somebody_does_not_need_is_a_refusal_and_a_missing_one_is_none(
    app, told, investigador, usuario_investigador, usuario_admin, buffet
):
    with app.app_context(), transaction():
        set_setting(ACCESS_MODE.clave, ASSIGNED)
    other = make_oficio(app, buffet, usuario_admin)

    def deed():
        for number in (other.id, 999999):
            assert investigador.get(f"/oficios/{number}").status_code == 404

    assert told(deed) == {("acceso.rechazado", usuario_investigador.id): 1}


def test_links_that_open_nothing_are_one_entry_for_all_strangers(app, told, stranger, buffet):
    def deed():
        assert stranger.get(f"/b/{make_link(app, buffet)}").status_code == 200
        for number in range(40):
            assert stranger.get(f"/b/nada{number}").status_code == 404

    assert told(deed) == {("enlace.rechazado", None): 40}
