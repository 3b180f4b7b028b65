"""Links to the calendars of people

Revision ID: 0056
Revises: 0055
Create Date: 2026-11-30 06:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendarios",
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("selector", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_calendarios_usuario_id")
        ),
        sa.PrimaryKeyConstraint("usuario_id", name=op.f("pk_calendarios")),
        sa.UniqueConstraint("selector", name=op.f("uq_calendarios_selector")),
    )


def downgrade() -> None:
    op.drop_table("calendarios")
