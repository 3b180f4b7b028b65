"""Which of a buffet's links to leave the mails still works

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-28 18:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("buffets") as table:
        table.add_column(
            sa.Column("baja_version", sa.Integer(), nullable=False, server_default="1")
        )


def downgrade() -> None:
    with op.batch_alter_table("buffets") as table:
        table.drop_column("baja_version")
