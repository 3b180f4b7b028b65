"""The court's order that a fine was learnt by

Revision ID: 0026
Revises: 0025
Create Date: 2026-11-29 02:15:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("avistamientos") as table:
        table.add_column(sa.Column("orden_judicial", sa.String(200)))


def downgrade() -> None:
    with op.batch_alter_table("avistamientos") as table:
        table.drop_column("orden_judicial")
