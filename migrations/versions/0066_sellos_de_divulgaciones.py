"""The seals of the disclosures, some hundred rows in each

Revision ID: 0066
Revises: 0064
Create Date: 2026-11-30 13:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0064"
branch_labels = None
depends_on = None

_SEALS = "custodia_divulgaciones"


def upgrade() -> None:
    op.create_table(
        _SEALS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desde_id", sa.Integer(), nullable=False),
        sa.Column("hasta_id", sa.Integer(), nullable=False),
        sa.Column("filas", sa.Integer(), nullable=False),
        sa.Column("huellas", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_SEALS}")),
        sa.UniqueConstraint("desde_id", name=op.f(f"uq_{_SEALS}_desde_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table(_SEALS)
