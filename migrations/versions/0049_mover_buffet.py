"""A list that was imported for the wrong buffet is moved to another one

Revision ID: 0049
Revises: 0048
Create Date: 2026-11-29 15:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_LISTS = ("borrador", "importada", "descartada", "importando", "deshaciendo")
_CASES = ("entra", "sale", "deshecha")


def upgrade() -> None:
    with op.batch_alter_table("importaciones") as table:
        table.add_column(sa.Column("destino_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_importaciones_destino_id"), "buffets", ["destino_id"], ["id"]
        )
    _states("importaciones", "estadoimportacion", *_LISTS, "moviendo")
    _states("cargas", "estadocarga", *_CASES, "cambia")


def _states(name: str, enum: str, *states: str) -> None:
    """Say again what a column may hold."""
    constraint = op.f(f"ck_{name}_{enum}")
    listed = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table(name) as table:
        table.drop_constraint(constraint, type_="check")
        table.create_check_constraint(constraint, sa.text(f"estado IN ({listed})"))


def downgrade() -> None:
    # What a job had not finished is unseen; an earlier version would not show it again.
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM cargas WHERE estado = 'cambia'")):
        raise RuntimeError("a list is being moved to another buffet: wait until that is done")
    op.execute("UPDATE importaciones SET estado = 'importada' WHERE estado = 'moviendo'")
    _states("cargas", "estadocarga", *_CASES)
    _states("importaciones", "estadoimportacion", *_LISTS)
    with op.batch_alter_table("importaciones") as table:
        table.drop_constraint(op.f("fk_importaciones_destino_id"), type_="foreignkey")
        table.drop_column("destino_id")
