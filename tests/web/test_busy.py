"""A database that cannot be had at the moment: 503 with a sentence, and nothing typed is lost."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from app.api.v1.tokens import make_token
from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.contention import is_busy
from app.custodia.service import execute_sealed
from app.db import db, transaction
from app.feature import Feature
from app.jobs.models import Trabajo
from app.jobs.queue import enqueue
from app.jobs.registry import job
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import JobRun, claim, execute
from app.oficios.models import Investigacion
from app.oficios.rules import Actividad
from app.web.retrying import ATTEMPTS, call_again_on_conflict
from tests.factories import PASSWORD
from tests.plugins.application import HTMX

NOTE = "Hablé con el conserje:\n«no lo he visto»"


@pytest.fixture
def hold_lock(app) -> Iterator[Callable]:
    """Let somebody else hold the lock for a block: ``with hold_lock():``; nobody waits long."""
    with app.app_context():
        engine = db.engine

    def hurry(connection, _record, _proxy) -> None:
        is_sqlite = isinstance(connection, sqlite3.Connection)
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=40" if is_sqlite else "SET lock_timeout='40ms'")
        cursor.close()

    @contextmanager
    def hold() -> Iterator[None]:
        with engine.connect() as other:
            if engine.dialect.name == "sqlite":
                other.exec_driver_sql("COMMIT")
                other.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                tables = "investigaciones, usuarios, trabajos, ajustes"
                other.exec_driver_sql(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
            yield
            other.rollback()

    sa.event.listen(engine, "checkout", hurry)
    yield hold
    sa.event.remove(engine, "checkout", hurry)
    engine.dispose()


def test_a_note_that_could_not_be_stored_is_kept_on_the_page_of_htmx(
    hold_lock, investigador, oficio, rows
):
    note = {"tipo": "nota", "descripcion": NOTE}
    with hold_lock():
        response = investigador.post(f"/oficios/{oficio.id}/bitacora", data=note, headers=HTMX)

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["HX-Reswap"] == "none"
    assert "ocupada" in json.loads(response.headers["HX-Trigger"])["aviso"]["texto"]
    assert response.text == ""
    assert rows(Investigacion, descripcion=NOTE) == []


def test_without_javascript_what_was_typed_comes_back_and_can_be_sent_again(
    hold_lock, investigador, oficio, rows
):
    url = f"/oficios/{oficio.id}/bitacora"
    with hold_lock():
        response = investigador.post(url, data={"tipo": "nota", "descripcion": NOTE})

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "está ocupada" in response.text
    assert "Hablé con el conserje" in response.text
    assert f'action="{url}"' in response.text
    fields = {
        name: unescape(value)
        for name, value in re.findall(
            r'<textarea name="(\w+)"[^>]*>\n(.*?)</textarea>', response.text, re.DOTALL
        )
    }
    assert investigador.post(url, data=fields).status_code == 303
    assert [row.descripcion for row in rows(Investigacion, tipo=Actividad.NOTA)] == [NOTE]


def test_a_password_is_never_repeated_by_the_answer(hold_lock, stranger, usuario_admin):
    with hold_lock():
        response = stranger.post(
            "/entrar", data={"email": usuario_admin.email, "password": PASSWORD}
        )

    assert response.status_code in {303, 503}
    assert PASSWORD not in response.text


def test_the_api_answers_503_in_json(hold_lock, app, usuario_investigador, oficio, rows):
    token = make_token(usuario_investigador, str(app.secret_key), now=utcnow(), minutes=30)
    with hold_lock():
        response = app.test_client().post(
            f"/api/v1/oficios/{oficio.id}/actividades",
            json={"tipo": "nota", "descripcion": NOTE},
            headers={"Authorization": f"Bearer {token}"},
        )

    assert response.status_code == 503
    assert "ocupada" in response.get_json()["detail"]
    assert int(response.headers["Retry-After"]) > 0
    assert rows(Investigacion, descripcion=NOTE) == []


def test_a_job_that_met_a_busy_database_waits_and_loses_no_attempt(hold_lock, app, rows):
    now = utcnow()
    with app.app_context():
        with transaction():
            enqueue("prueba.ocupada", key="ocupada", now=now)
        run = claim("w", now=now)
        assert run is not None
        run.args["hold"] = hold_lock
        execute(run)

    trabajo = rows(Trabajo, clave="ocupada")[0]
    assert trabajo.estado is EstadoTrabajo.PROGRAMADO
    assert trabajo.intentos == 0
    assert trabajo.ejecutar_desde > now


@job("prueba.ocupada", "Encontrar la base ocupada", max_attempts=1)
def meet_a_busy_database(run: JobRun) -> None:
    with run.args.pop("hold")(), transaction():
        execute_sealed(sa.delete(Investigacion))


FEATURE = Feature(name="pruebas", jobs=(meet_a_busy_database,))


def test_a_fault_of_ours_in_a_statement_is_no_busy_database(app):
    with app.app_context(), pytest.raises(sa.exc.DBAPIError) as caught:
        db.session.execute(sa.text("SELECT no_hay FROM ninguna"))
    assert not is_busy(caught.value)


def test_what_met_another_request_is_done_anew_until_it_succeeds(app, buffet):
    """PostgreSQL compares the version that was read; the second reading sees the other's."""
    tries: list[int] = []

    def rename() -> None:
        tries.append(db.session.get_one(Buffet, buffet.id).version)
        if len(tries) < 3:
            raise StaleDataError("somebody else's change came first")
        with transaction():
            row = db.session.get_one(Buffet, buffet.id)
            row.nombre, row.version = "Al tercer intento", row.version + 1

    with app.app_context():
        call_again_on_conflict(rename)
        assert len(tries) == 3
        assert db.session.get_one(Buffet, buffet.id).nombre == "Al tercer intento"


def test_what_committed_something_is_never_done_again(app, buffet):
    tries: list[int] = []

    def rename() -> None:
        tries.append(1)
        with transaction():
            row = db.session.get_one(Buffet, buffet.id)
            row.nombre, row.version = "Guardado", row.version + 1
        raise StaleDataError("after the commit")

    with app.app_context(), pytest.raises(StaleDataError):
        call_again_on_conflict(rename)
    assert tries == [1]


def test_who_never_succeeds_is_told_after_a_few_attempts(app):
    tries: list[int] = []

    def collide() -> None:
        tries.append(1)
        raise StaleDataError("always")

    with app.app_context(), pytest.raises(StaleDataError):
        call_again_on_conflict(collide)
    assert len(tries) == ATTEMPTS
