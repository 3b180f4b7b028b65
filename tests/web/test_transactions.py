"""What commits, when, and what stays out of the database."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from app import create_app
from app.ajustes.models import Ajuste
from app.ajustes.queries import find_setting
from app.ajustes.service import set_setting
from app.buffets.models import Buffet
from app.db import (
    after_commit,
    creating,
    db,
    delete_in_parts,
    release,
    transaction,
    transactions,
)
from tests.factories import make_buffet
from tests.plugins.application import test_config as config_for_tests


def test_sqlite_loses_no_commit_and_waits_for_others(tmp_path):
    """The application of the other tests does not wait for the disk; an installed one does."""
    app = create_app(config_for_tests(f"sqlite:///{tmp_path / 'datos.sqlite3'}", tmp_path))

    with app.app_context():
        with creating(), db.engine.connect() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("synchronous", "journal_mode", "busy_timeout", "foreign_keys")
            }
        db.engine.dispose()

    full = 2
    assert found == {
        "synchronous": full,
        "journal_mode": "wal",
        "busy_timeout": 10000,
        "foreign_keys": 1,
    }


def test_nothing_of_a_transaction_that_fails_is_kept(app, rows):
    def store(*, fail: bool) -> None:
        with transaction():
            set_setting("a", "1")
            if fail:
                raise ZeroDivisionError

    with app.app_context(), pytest.raises(ZeroDivisionError):
        store(fail=True)
    assert rows(Ajuste) == []
    with app.app_context():
        store(fail=False)
    assert [row.valor for row in rows(Ajuste)] == ["1"]


def test_many_rows_are_deleted_a_few_at_a_time(app, rows, monkeypatch, counted):
    """So that no delete, however much it finds, keeps writers waiting."""
    monkeypatch.setattr(transactions, "_DELETED_AT_ONCE", 3)
    with app.app_context():
        with transaction():
            for number in range(7):
                set_setting(f"vieja {number}", "1")
            set_setting("nueva", "1")
        with counted() as statements:
            delete_in_parts(Ajuste, Ajuste.clave.startswith("vieja"))

    assert [row.clave for row in rows(Ajuste)] == ["nueva"]
    assert len([one for one in statements if one.startswith("DELETE")]) == 3


def test_who_holds_the_write_lock_for_long_is_named_in_the_log(
    app, caplog, monkeypatch, database_kind
):
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL lets others write meanwhile")
    monkeypatch.setattr(transactions, "LOCK_HELD_TOO_LONG", 0.01)
    with app.app_context(), transaction():
        set_setting("a", "1")
        time.sleep(0.02)

    assert "test_who_holds_the_write_lock_for_long_is_named_in_the_log held" in caplog.text


def test_a_transaction_inside_a_transaction_is_refused(app):
    with app.app_context(), transaction(), pytest.raises(RuntimeError), transaction():
        pass


def test_changes_outside_a_transaction_are_noticed(app):
    with app.app_context():
        db.session.add(Ajuste(clave="a", valor="1"))
        with pytest.raises(RuntimeError):
            release()
        db.session.rollback()


def test_what_waits_for_a_commit_happens_once_and_is_forgotten_by_a_rollback(app):
    happened: list[int] = []

    def fail() -> None:
        with transaction():
            after_commit(lambda: happened.append(2))
            raise ZeroDivisionError

    with app.app_context():
        with transaction():
            after_commit(lambda: happened.append(1))
            assert happened == []
        with pytest.raises(ZeroDivisionError):
            fail()
        with transaction():
            pass
    assert happened == [1]


def test_times_come_back_aware_and_in_utc(app):
    santiago = timezone(timedelta(hours=-3))
    buffet = make_buffet(app, created_at=datetime(2026, 11, 24, 9, 0, tzinfo=santiago))

    assert buffet.created_at == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert buffet.created_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "values",
    [
        {"nombre": "x" * 161},
        {"nombre": "a\x00b"},
        {"created_at": datetime(2026, 11, 24, 9, 0)},  # noqa: DTZ001  # naive on purpose
    ],
)
def test_both_databases_refuse_what_either_would_refuse(app, values):
    with pytest.raises(StatementError):
        make_buffet(app, **values)


def test_fifty_writers_lose_no_update(app):
    """As SQLAlchemy comes, 503 of 810 updates were lost on SQLite; here none is."""
    with app.app_context(), transaction():
        set_setting("cuenta", "0")
    errors: list[Exception] = []

    def add() -> None:
        with app.app_context():
            try:
                for _ in range(4):
                    with transaction():
                        row = db.session.get(Ajuste, "cuenta", with_for_update=True)
                        assert row is not None
                        row.valor = str(int(row.valor) + 1)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=add) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with app.app_context():
        assert find_setting("cuenta") == "200"


def test_two_editors_of_one_row_do_not_overwrite_each_other(app, buffet):
    """The second write of a row that changed meanwhile is refused, on PostgreSQL as well."""
    with app.app_context():
        first = db.session.get_one(Buffet, buffet.id)
        first.nombre = "cambiado por la primera"
        first.version += 1
        with db.engine.begin() as other:
            other.exec_driver_sql(f"UPDATE buffets SET version = 9 WHERE id = {buffet.id}")
        with pytest.raises((StaleDataError, OperationalError)):
            db.session.flush()
        db.session.rollback()


def test_waiting_for_the_commit_of_no_transaction_is_refused(app):
    with app.app_context(), pytest.raises(RuntimeError):
        after_commit(lambda: None)
