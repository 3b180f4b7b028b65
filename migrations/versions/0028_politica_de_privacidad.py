"""Versions of the public policy on personal data

Revision ID: 0028
Revises: 0027
Create Date: 2026-11-29 02:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "politicas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("textos", sa.JSON(), nullable=False),
        sa.Column("ley", sa.String(200)),
        sa.Column("rige_desde", sa.Date()),
        sa.Column("publicada_at", moment),
        sa.Column("publicada_por_id", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["publicada_por_id"],
            ["usuarios.id"],
            name=op.f("fk_politicas_publicada_por_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_politicas")),
        sa.UniqueConstraint("numero", name=op.f("uq_politicas_numero")),
    )


def downgrade() -> None:
    op.drop_table("politicas")
