"""The stamp of each table, by which an unchanged page is told from a changed one

Revision ID: 0057
Revises: 0056
Create Date: 2026-11-30 06:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cambios_de_tabla",
        sa.Column("tabla", sa.String(63), nullable=False),
        sa.Column("huella", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("tabla", name=op.f("pk_cambios_de_tabla")),
    )


def downgrade() -> None:
    op.drop_table("cambios_de_tabla")
