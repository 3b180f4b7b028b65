"""Which copies of a mail the server refused

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-28 17:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notificaciones") as table:
        table.add_column(sa.Column("rechazos", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("notificaciones") as table:
        table.drop_column("rechazos")
