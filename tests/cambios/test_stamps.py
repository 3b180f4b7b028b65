"""A table has another stamp after each commit that wrote to it, by whatever way."""

import pytest
import sqlalchemy as sa

from app.avisos.models import Aviso
from app.cambios.queries import read_stamps
from app.cambios.rules import named_in, written_tables
from app.core.clock import utcnow
from app.db import db, transaction
from app.usuarios.models import Usuario
from tests.factories import make_aviso


@pytest.fixture
def changed(app):
    """The tables that a deed changes."""

    def find(deed):
        with app.app_context():
            before = read_stamps()
            db.session.rollback()
            deed()
            after = read_stamps()
            return {name for name in after if after[name] != before.get(name)}

    return find


def test_each_way_to_write_is_seen(app, changed, usuario_investigador):
    make_aviso(app, usuario_investigador)

    def by_entity():
        with transaction():
            db.session.get(Usuario, usuario_investigador.id).nombre = "Otra"

    def by_connection():
        with db.engine.begin() as connection:
            connection.execute(sa.update(Aviso).values(leido_at=utcnow()))

    def by_text():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM avisos")

    def only_reading():
        with transaction():
            db.session.scalars(sa.select(Usuario)).all()

    def in_vain():
        with db.engine.connect() as connection:
            connection.execute(sa.delete(Usuario))
            connection.rollback()

    # Whom a name belongs to is sealed, in the same transaction.
    assert changed(by_entity) == {"usuarios", "custodia", "custodia_cabezas"}
    assert changed(by_connection) == {"avisos"}
    assert changed(by_text) == {"avisos"}
    assert changed(only_reading) == set()
    assert changed(in_vain) == set()


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("INSERT INTO avisos (id) VALUES (?)", ["avisos"]),
        ("INSERT OR IGNORE INTO avisos (id) SELECT id FROM usuarios", ["avisos"]),
        ('UPDATE "avisos" SET texto = ?', ["avisos"]),
        ("DELETE FROM ONLY avisos", ["avisos"]),
        ("WITH x AS (SELECT 1) DELETE FROM avisos WHERE id IN (SELECT 1 FROM x)", ["avisos"]),
        ("SELECT * FROM avisos FOR UPDATE OF avisos", []),
        ("INSERT INTO avisos (id) VALUES (1) ON CONFLICT (id) DO NOTHING", ["avisos"]),
        ("TRUNCATE avisos, usuarios", ["TRUNCATE", "avisos", "usuarios"]),
    ],
)
def test_what_a_statement_writes_to(statement, names):
    assert list(written_tables(statement)) == names


def test_what_a_statement_reads():
    tables = frozenset({"avisos", "usuarios", "oficios"})
    text = 'SELECT a.id FROM avisos AS a, "usuarios" WHERE a.id NOT IN (SELECT 1)'
    assert named_in(text, tables) == {"avisos", "usuarios"}


def test_a_probe_of_the_database_changes_no_page(app, changed, stranger):
    assert changed(lambda: stranger.get("/health")) == set()
