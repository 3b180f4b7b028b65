"""What the database keeps count of is what counting gives, whoever writes and whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.core.clock import utcnow
from app.db import (
    KEPT_OF,
    Model,
    append_only_door,
    db,
    fold_counts,
    kept_tables,
    limit_reader,
    transaction,
)
from app.jobs.ledger_metrics import KindNumbers, count_ledger
from app.jobs.models import CuentaDeTrabajos, Ejecucion, Trabajo
from app.jobs.queue import enqueue
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import work
from app.oficios.models import CuentaDeOficios, Oficio
from app.oficios.rules import Estado, Prioridad
from app.titulares.models import Bloqueo
from app.titulares.queries.case_counts import count_stored, count_visible
from app.usuarios.rules import Rol
from tests.factories import make_buffet, make_oficio, make_usuario
from tests.jobs.history import make_ended
from tests.plugins.application import test_config as config_for_tests

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TABLES = Model.metadata.tables
KINDS = ("avistamientos.consultar", "notificaciones.enviar")


def kept_cases() -> dict[tuple[object, ...], int]:
    table = CuentaDeOficios.__table__.c
    columns = (table.buffet_id, table.estado, table.investigador_id, table.prioridad)
    rows = db.session.execute(
        sa.select(*columns, sa.func.sum(table.cuantos)).group_by(*columns)
    ).all()
    return {tuple(row[:4]): int(row[4]) for row in rows if row[4]}


def counted_cases() -> dict[tuple[object, ...], int]:
    table = Oficio.__table__.c
    columns = (table.buffet_id, table.estado, table.investigador_id, table.prioridad)
    rows = db.session.execute(sa.select(*columns, sa.func.count()).group_by(*columns)).all()
    return {(row[0], row[1].value, row[2], row[3].value): row[4] for row in rows}


def counted_jobs() -> dict[str, tuple[dict[EstadoTrabajo, int], int, int, float]]:
    """By kind, one by one in Python: states, attempts, failures and seconds."""
    found: dict[str, tuple[dict[EstadoTrabajo, int], int, int, float]] = {}
    for tipo in db.session.scalars(sa.select(Trabajo.tipo).distinct()):
        jobs = list(db.session.scalars(sa.select(Trabajo).where(Trabajo.tipo == tipo)))
        states = {estado: sum(one.estado is estado for one in jobs) for estado in EstadoTrabajo}
        tries = [
            one
            for one in db.session.scalars(sa.select(Ejecucion))
            if one.terminado_at and one.trabajo_id in {job.id for job in jobs}
        ]
        seconds = sum(
            (one.terminado_at - one.iniciado_at).total_seconds()
            for one in tries
            if one.terminado_at
        )
        failed = sum(one.error is not None for one in tries)
        found[tipo] = (states, len(tries), failed, seconds)
    return found


def as_counted(kind: KindNumbers) -> tuple[Any, ...]:
    return kind.states, kind.attempts, kind.failures, pytest.approx(kind.run_seconds, abs=0.002)


def by_hand(*statements: Any) -> None:
    """Change rows as somebody does who knows nothing of the application."""
    db.session.rollback()
    with db.engine.begin() as connection, append_only_door(connection):
        for one in statements:
            connection.execute(sa.text(one) if isinstance(one, str) else one)


def check_jobs() -> None:
    told = {tipo: as_counted(one) for tipo, one in count_ledger(NOW).kinds.items()}
    assert told == counted_jobs()


def test_every_table_of_notes_names_what_it_counts(app: Flask) -> None:
    assert set(kept_tables()) == {"oficios_cuentas", "trabajos_cuentas"}
    for name in kept_tables():
        assert set(Model.metadata.tables[name].info[KEPT_OF]) <= Model.metadata.tables.keys()


def test_cases_are_counted_as_they_come_change_and_go(app: Flask) -> None:
    one, other = make_buffet(app), make_buffet(app)
    person = make_usuario(app, Rol.INVESTIGADOR)
    first = make_oficio(app, one, person)
    second = make_oficio(app, other, person, prioridad=Prioridad.URGENTE)
    make_oficio(app, one, person)
    with app.app_context():
        assert kept_cases() == counted_cases()
        assert sum(kept_cases().values()) == 3
        with transaction():
            moved = db.session.get_one(Oficio, first.id)
            moved.estado, moved.investigador_id = Estado.INVESTIGACION, person.id
        assert kept_cases() == counted_cases()
        by_hand(f"UPDATE oficios SET prioridad = 'alta', buffet_id = {one.id}")
        assert kept_cases() == counted_cases()
        assert {key[0] for key in kept_cases()} == {one.id}
        notes = db.session.scalar(sa.select(sa.func.count(CuentaDeOficios.id)))
        by_hand("UPDATE oficios SET notas_generales = 'Otra.'")  # nothing that is counted
        assert db.session.scalar(sa.select(sa.func.count(CuentaDeOficios.id))) == notes
        by_hand(
            *(
                sa.delete(table).where(table.c.oficio_id == second.id)
                for table in reversed(Model.metadata.sorted_tables)
                if "oficio_id" in table.c and table.c.oficio_id.foreign_keys
            ),
            sa.delete(TABLES["oficios"]).where(TABLES["oficios"].c.id == second.id),
        )
        assert kept_cases() == counted_cases()
        assert sum(kept_cases().values()) == 2


def test_what_is_rolled_back_was_never_counted(app: Flask) -> None:
    person = make_usuario(app, Rol.INVESTIGADOR)
    oficio = make_oficio(app, make_buffet(app), person)
    with app.app_context():
        before = kept_cases()
        db.session.get_one(Oficio, oficio.id).estado = Estado.NOTIFICACION
        db.session.flush()
        assert kept_cases() == counted_cases() != before
        db.session.rollback()
        assert kept_cases() == counted_cases() == before


def test_hidden_cases_are_taken_off_for_who_does_not_see_them(app: Flask) -> None:
    buffet, admin = make_buffet(app), make_usuario(app, Rol.ADMIN)
    person = make_usuario(app, Rol.INVESTIGADOR)
    hidden = make_oficio(app, buffet, admin)
    make_oficio(app, buffet, admin)
    own = make_oficio(app, make_buffet(app), admin)
    with app.app_context(), transaction():
        db.session.add(
            Bloqueo(
                oficio_id=hidden.id, motivo="Lo pidió.", bloqueado_at=NOW, bloqueado_por_id=admin.id
            )
        )
        db.session.get_one(Oficio, own.id).investigador_id = person.id
    with app.test_request_context():
        assert count_visible({}) == 2
        assert count_visible({"buffet_id": buffet.id, "estado": Estado.PENDIENTE}) == 1
        assert count_visible({"estado": Estado.ENCONTRADO}) == 0
        assert count_stored(buffet.id) == {Estado.PENDIENTE: 2}
        limit_reader(person.id)
        assert count_visible({}) == 1
        assert count_visible({"buffet_id": buffet.id}) == 0


def test_the_ledger_says_what_counting_says(app: Flask) -> None:
    for estado in EstadoTrabajo:
        if estado in {EstadoTrabajo.PENDIENTE, EstadoTrabajo.PROGRAMADO, EstadoTrabajo.EJECUTANDO}:
            continue
        for number, tipo in enumerate(KINDS):
            make_ended(app, NOW - timedelta(days=number), estado=estado, tipo=tipo, run=1.25)
    with app.app_context():
        with transaction():
            enqueue("estado.cuentas", key="una", now=utcnow())
            enqueue("estado.cuentas", key="otra", now=utcnow() + timedelta(days=1))
        check_jobs()
        work("pruebas")
        check_jobs()
        assert count_ledger(NOW).kinds["estado.cuentas"].attempts > 0
        with transaction():  # tried again: it is no failure any more until it fails once more
            failed = sa.select(Trabajo).where(Trabajo.estado == EstadoTrabajo.FALLIDO)
            for one in db.session.scalars(failed):
                one.estado, one.terminado_at = EstadoTrabajo.PENDIENTE, None
        check_jobs()
        by_hand("UPDATE trabajo_ejecuciones SET error = NULL")
        check_jobs()
        with transaction():
            gone = sa.select(Trabajo.id).where(Trabajo.tipo == KINDS[1])
            db.session.execute(
                sa.delete(TABLES["trabajo_ejecuciones"]).where(Ejecucion.trabajo_id.in_(gone))
            )
            db.session.execute(sa.delete(TABLES["trabajos"]).where(Trabajo.tipo == KINDS[1]))
        check_jobs()
        assert KINDS[1] not in count_ledger(NOW).kinds


def test_putting_notes_together_changes_no_number(app: Flask) -> None:
    buffet, person = make_buffet(app), make_usuario(app, Rol.INVESTIGADOR)
    for _ in range(4):
        make_oficio(app, buffet, person)
    for tipo in KINDS * 2:
        make_ended(app, NOW, tipo=tipo)
    with app.app_context():
        by_hand("UPDATE oficios SET estado = 'investigacion'")
        before = kept_cases()
        with transaction():
            assert fold_counts() > 8
        assert kept_cases() == before == counted_cases()
        check_jobs()
        # One for each sum that is not zero: of cases, and per kind of jobs and of attempts.
        assert db.session.scalar(sa.select(sa.func.count(CuentaDeOficios.id))) == 1
        assert db.session.scalar(sa.select(sa.func.count(CuentaDeTrabajos.id))) == 4
        by_hand("UPDATE oficios SET estado = 'pendiente'")
        assert kept_cases() == counted_cases()


def test_a_note_of_meanwhile_is_not_lost(app: Flask) -> None:
    """On PostgreSQL another transaction may commit one while they are put together."""
    buffet, person = make_buffet(app), make_usuario(app, Rol.INVESTIGADOR)
    make_oficio(app, buffet, person)
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite has one writer")
        insert = sa.insert(TABLES["oficios_cuentas"])
        values = {"buffet_id": 900, "estado": "pendiente", "prioridad": "alta", "cuantos": 1}
        with db.engine.connect() as other:
            other.execute(insert, values)  # not committed, and its id is below the newest one
            make_oficio(app, buffet, person)
            with transaction():
                fold_counts()
            other.commit()
        with transaction():
            fold_counts()
        assert kept_cases()[900, "pendiente", None, "alta"] == 1


@pytest.fixture
def old_app(fresh_database_url: str, tmp_path) -> Iterator[Flask]:
    app = create_app(config_for_tests(fresh_database_url, tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_what_was_there_before_is_counted_by_the_migration(old_app: Flask) -> None:
    flask_migrate.upgrade()
    buffet, person = make_buffet(old_app), make_usuario(old_app, Rol.ADMIN)
    for _ in range(3):
        make_oficio(old_app, buffet, person)
    make_ended(old_app, NOW, tipo=KINDS[0], run=1.5)
    make_ended(old_app, NOW, tipo=KINDS[0], estado=EstadoTrabajo.FALLIDO)
    db.session.remove()
    flask_migrate.downgrade(revision="0076")
    assert "oficios_cuentas" not in sa.inspect(db.engine).get_table_names()

    flask_migrate.upgrade()

    assert kept_cases() == counted_cases() != {}
    check_jobs()
    assert count_ledger(NOW).kinds[KINDS[0]].run_seconds == 3.5
