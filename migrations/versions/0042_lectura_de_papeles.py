"""What a paper of the tray says, with its places, and its text for the search

Revision ID: 0042
Revises: 0041
Create Date: 2026-11-29 14:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ingresos") as table:
        table.add_column(sa.Column("lectura", sa.JSON(), nullable=True))
        table.add_column(sa.Column("texto", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("ingresos") as table:
        table.drop_column("texto")
        table.drop_column("lectura")
