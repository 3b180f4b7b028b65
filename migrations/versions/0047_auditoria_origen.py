"""From where a deed was done, and indexes by which years of deeds are read in their order

Revision ID: 0047
Revises: 0046
Create Date: 2026-11-29 18:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_TABLES = ("auditoria", "divulgaciones", "investigaciones")
#: Table and column of the indexes that gain the moment.
_LED_BY = (
    ("auditoria", "accion"),
    ("auditoria", "oficio_id"),
    ("divulgaciones", "canal"),
    ("divulgaciones", "oficio_id"),
)


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("lugar", sa.String(60), nullable=True))
        op.add_column(table, sa.Column("equipo", sa.String(80), nullable=True))
        op.create_index(f"ix_{table}_usuario_id", table, ["usuario_id", "created_at"])
    for table, column in _LED_BY:
        name = f"ix_{table}_{column}"
        op.drop_index(name, table_name=table)
        op.create_index(name, table, [column, "created_at"])
    op.create_index("ix_investigaciones_created_at", "investigaciones", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_investigaciones_created_at", table_name="investigaciones")
    for table, column in _LED_BY:
        name = f"ix_{table}_{column}"
        op.drop_index(name, table_name=table)
        op.create_index(name, table, [column])
    for table in _TABLES:
        op.drop_index(f"ix_{table}_usuario_id", table_name=table)
        op.drop_column(table, "equipo")
        op.drop_column(table, "lugar")
