"""What a concessionaire's list covers, and look-ups by the moment of their answer

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-28 18:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("avistamiento_listados") as batch_op:
        batch_op.add_column(sa.Column("cubre_desde", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("cubre_hasta", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("consultas") as batch_op:
        batch_op.create_index("ix_consultas_answered", ["respondida_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("consultas") as batch_op:
        batch_op.drop_index("ix_consultas_answered")
    with op.batch_alter_table("avistamiento_listados") as batch_op:
        batch_op.drop_column("cubre_hasta")
        batch_op.drop_column("cubre_desde")
