"""A milestone that a buffet was told of says of which case it was

Revision ID: 0044
Revises: 0043
Create Date: 2026-11-29 14:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hitos_informados", sa.Column("oficio_id", sa.Integer()))
    op.create_index(
        op.f("ix_hitos_informados_notificacion_id"), "hitos_informados", ["notificacion_id"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_hitos_informados_notificacion_id"), "hitos_informados")
    with op.batch_alter_table("hitos_informados") as table:
        table.drop_column("oficio_id")
