"""Photos that a phone sends carry an id of their own, so that one sent twice is one file

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-25 00:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("adjuntos", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cliente_id", sa.String(36), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_adjuntos_cliente_id"), ["cliente_id"])


def downgrade() -> None:
    with op.batch_alter_table("adjuntos", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_adjuntos_cliente_id"), type_="unique")
        batch_op.drop_column("cliente_id")
