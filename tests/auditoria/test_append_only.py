"""The audit and the chains only grow: the database itself refuses the rest, on both engines."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from app.auditoria.models import Auditoria
from app.auditoria.service import audit
from app.core.clock import utcnow
from app.custodia.models import Eslabon
from app.db import append_only_door, db, transaction


@pytest.fixture
def entry(app):
    with app.app_context(), transaction():
        audit("prueba.hecha", actor=None, now=utcnow())


def refused(app, statement):
    with (
        app.app_context(),
        pytest.raises(DatabaseError, match="solo se agrega"),
        db.engine.begin() as connection,
    ):
        connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE auditoria SET accion = 'otra'",
        "UPDATE auditoria SET usuario_id = NULL WHERE accion = 'prueba.hecha'",
        "DELETE FROM auditoria WHERE accion = 'prueba.hecha'",
    ],
)
def test_an_entry_is_neither_changed_nor_removed(app, entry, rows, statement):
    refused(app, statement)

    assert [row.accion for row in rows(Auditoria)] == ["prueba.hecha"]


def test_the_table_is_not_emptied_at_once(app, entry, rows):
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        refused(app, "TRUNCATE auditoria")
    else:
        refused(app, "DELETE FROM auditoria")

    assert len(rows(Auditoria)) == 1


def test_an_entry_is_not_written_over(app, entry, rows):
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("PostgreSQL has no REPLACE; ON CONFLICT DO UPDATE is an UPDATE")
    refused(
        app,
        "REPLACE INTO auditoria (id, accion, detalle, created_at)"
        " SELECT id, 'otra', detalle, created_at FROM auditoria",
    )

    assert [row.accion for row in rows(Auditoria)] == ["prueba.hecha"]


def test_the_door_is_for_one_transaction_and_shut_after_it(app, entry, rows):
    with app.app_context(), db.engine.begin() as connection:
        with append_only_door(connection):
            connection.execute(sa.text("UPDATE auditoria SET entidad = 'una'"))
        with pytest.raises(DatabaseError, match="solo se agrega"), connection.begin_nested():
            connection.execute(sa.text("UPDATE auditoria SET entidad = 'dos'"))
    refused(app, "UPDATE auditoria SET entidad = 'tres'")

    assert [row.entidad for row in rows(Auditoria)] == ["una"]


def test_a_connection_that_is_not_ours_is_refused_too(app, entry, rows):
    url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() != "sqlite":
        pytest.skip("PostgreSQL's trigger asks the database, not our connection")
    with sqlite3.connect(str(url.database)) as tool, pytest.raises(sqlite3.OperationalError):
        tool.execute("DELETE FROM auditoria")
    tool.close()

    assert len(rows(Auditoria)) == 1


#: Of the chains; what only one engine knows stands with it.
OF_CHAINS = {
    "": ("UPDATE custodia SET contenido = NULL, sal = NULL", "DELETE FROM custodia"),
    "postgresql": ("TRUNCATE custodia",),
    "sqlite": (
        "REPLACE INTO custodia SELECT * FROM custodia WHERE secuencia = 1",
        # Another id in the place of the same link.
        "REPLACE INTO custodia (id, cadena, secuencia, tipo, fila_id, formato, contenido_hash,"
        " anterior_hash, hash, created_at) SELECT id + 1000, cadena, secuencia, tipo, fila_id,"
        " formato, contenido_hash, anterior_hash, hash, created_at FROM custodia",
    ),
}


def test_a_link_of_a_chain_is_neither_changed_nor_removed(app, oficio, rows):
    links = [(link.id, link.hash, link.contenido) for link in rows(Eslabon)]
    engine = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name()
    for statement in (*OF_CHAINS[""], *OF_CHAINS[engine]):
        refused(app, statement)

    assert links
    assert [(link.id, link.hash, link.contenido) for link in rows(Eslabon)] == links
