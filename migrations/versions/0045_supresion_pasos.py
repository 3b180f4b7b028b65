"""What each transaction of an erasure did, so that a large one is never written anew as a whole

Revision ID: 0045
Revises: 0044
Create Date: 2026-11-29 14:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "supresion_pasos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supresion_id", sa.Integer(), nullable=False),
        sa.Column("caso", sa.Integer()),
        sa.Column("termina", sa.Boolean(), nullable=False),
        sa.Column("hechos", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supresion_id"], ["supresiones.id"], name=op.f("fk_supresion_pasos_supresion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supresion_pasos")),
    )
    op.create_index(op.f("ix_supresion_pasos_supresion_id"), "supresion_pasos", ["supresion_id"])


def downgrade() -> None:
    op.drop_table("supresion_pasos")
