"""Counts of cases and jobs that the database keeps, so that no page walks through all of them

Revision ID: 0084
Revises: 0076
Create Date: 2026-11-30 18:50:00
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0076"
branch_labels = None
depends_on = None

_CASES, _JOBS = "oficios_cuentas", "trabajos_cuentas"
_CASE_COLUMNS = ("buffet_id", "estado", "investigador_id", "prioridad")
_ENDED = "('hecho', 'fallido', 'incierta', 'cancelado')"
#: A row, as each database words «is another than».
_OTHER = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


def upgrade() -> None:
    op.create_table(
        _CASES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("estado", sa.String(40), nullable=False),
        sa.Column("investigador_id", sa.Integer(), nullable=True),
        sa.Column("prioridad", sa.String(40), nullable=False),
        sa.Column("cuantos", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oficios_cuentas")),
    )
    op.create_table(
        _JOBS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tipo", sa.String(80), nullable=False),
        sa.Column("estado", sa.String(40), nullable=True),
        sa.Column("cuantos", sa.BigInteger(), nullable=False),
        sa.Column("intentos", sa.BigInteger(), nullable=False),
        sa.Column("fallas", sa.BigInteger(), nullable=False),
        sa.Column("milisegundos", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trabajos_cuentas")),
    )
    op.create_index("ix_oficios_newest", "oficios", ["created_at", "id"])
    kind = op.get_bind().dialect.name
    _count_what_is_there(kind)
    for statement in _triggers(kind):
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, function in _FUNCTIONS.items():
            op.execute(f"DROP TRIGGER {table}_cuenta ON {table}")
            op.execute(f"DROP TRIGGER {table}_recuenta ON {table}")
            op.execute(f"DROP FUNCTION {function}()")
    else:
        for table in _FUNCTIONS:
            for deed in ("entra", "sale", "cambia"):
                op.execute(f"DROP TRIGGER {table}_{deed}")
    op.drop_index("ix_oficios_newest", table_name="oficios")
    op.drop_table(_JOBS)
    op.drop_table(_CASES)


_FUNCTIONS = {
    "oficios": "rastro_cuenta_oficios",
    "trabajos": "rastro_cuenta_trabajos",
    "trabajo_ejecuciones": "rastro_cuenta_ejecuciones",
}


def _millis(kind: str, row: str) -> str:
    """How long an attempt took, as a whole number: sums of those can be undone exactly."""
    if kind == "postgresql":
        return f"CAST(round(extract(epoch FROM ({row}terminado_at - {row}iniciado_at)) * 1000) AS BIGINT)"
    return (
        f"CAST(round((julianday({row}terminado_at) - julianday({row}iniciado_at)) * 86400000)"
        " AS INTEGER)"
    )


def _count_what_is_there(kind: str) -> None:
    columns = ", ".join(_CASE_COLUMNS)
    op.execute(
        f"INSERT INTO {_CASES} ({columns}, cuantos)"  # noqa: S608  # constants
        f" SELECT {columns}, count(*) FROM oficios GROUP BY {columns}"
    )
    op.execute(
        f"INSERT INTO {_JOBS} (tipo, estado, cuantos, intentos, fallas, milisegundos)"  # noqa: S608  # constants
        " SELECT tipo, estado, count(*), 0, 0, 0 FROM trabajos"
        f" WHERE estado IN {_ENDED} GROUP BY tipo, estado"
    )
    op.execute(
        f"INSERT INTO {_JOBS} (tipo, estado, cuantos, intentos, fallas, milisegundos)"  # noqa: S608  # constants
        f" SELECT t.tipo, NULL, 0, count(*), count(e.error), sum({_millis(kind, 'e.')})"
        " FROM trabajo_ejecuciones e JOIN trabajos t ON t.id = e.trabajo_id"
        " WHERE e.terminado_at IS NOT NULL GROUP BY t.tipo"
    )


def _note(table: str, kind: str, row: str, sign: str) -> tuple[str, str]:
    """The note of one row that comes (``+``) or goes (``-``), and when there is one to be made."""
    if table == "oficios":
        values = ", ".join(f"{row}.{column}" for column in _CASE_COLUMNS)
        insert = (
            f"INSERT INTO {_CASES} ({', '.join(_CASE_COLUMNS)}, cuantos) SELECT {values}, {sign}1"
        )
        return insert, ""
    into = f"INSERT INTO {_JOBS} (tipo, estado, cuantos, intentos, fallas, milisegundos)"
    if table == "trabajos":
        return f"{into} SELECT {row}.tipo, {row}.estado, {sign}1, 0, 0, 0", (
            f"{row}.estado IN {_ENDED}"
        )
    failed = f"CASE WHEN {row}.error IS NULL THEN 0 ELSE {sign}1 END"
    values = f"tipo, NULL, 0, {sign}1, {failed}, {sign}{_millis(kind, f'{row}.')}"
    note = f"{into} SELECT {values} FROM trabajos WHERE id = {row}.trabajo_id"  # noqa: S608  # constants
    return note, f"{row}.terminado_at IS NOT NULL"


#: What of a row is counted.
_COUNTED = {
    "oficios": _CASE_COLUMNS,
    "trabajos": ("tipo", "estado"),
    "trabajo_ejecuciones": ("trabajo_id", "iniciado_at", "terminado_at", "error"),
}


def _whole(table: str, kind: str, row: str, sign: str) -> str:
    insert, when = _note(table, kind, row, sign)
    if not when:
        return insert
    return f"{insert} AND {when}" if " WHERE " in insert else f"{insert} WHERE {when}"


def _triggers(kind: str) -> Iterator[str]:
    for table, function in _FUNCTIONS.items():
        goes, comes = (_whole(table, kind, row, sign) for row, sign in (("OLD", "-"), ("NEW", "")))
        columns = _COUNTED[table]
        other = " OR ".join(f"OLD.{one} {_OTHER[kind]} NEW.{one}" for one in columns)
        update = f"UPDATE OF {', '.join(columns)}"
        if kind == "postgresql":
            yield (
                f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger AS $$ BEGIN"
                f" IF TG_OP <> 'INSERT' THEN {goes}; END IF;"
                f" IF TG_OP <> 'DELETE' THEN {comes}; END IF;"
                " RETURN NULL; END $$ LANGUAGE plpgsql"
            )
            each = f"FOR EACH ROW EXECUTE FUNCTION {function}()"
            yield f"CREATE TRIGGER {table}_cuenta AFTER INSERT OR DELETE ON {table} {each}"
            yield (
                f"CREATE TRIGGER {table}_recuenta AFTER {update} ON {table} FOR EACH ROW"
                f" WHEN ({other}) EXECUTE FUNCTION {function}()"
            )
            continue
        yield f"CREATE TRIGGER {table}_entra AFTER INSERT ON {table} BEGIN {comes}; END"
        yield f"CREATE TRIGGER {table}_sale AFTER DELETE ON {table} BEGIN {goes}; END"
        yield (
            f"CREATE TRIGGER {table}_cambia AFTER {update} ON {table} WHEN {other}"
            f" BEGIN {goes}; {comes}; END"
        )
