"""Indexes by which the deeds of one kind that one person did are read in their order

Revision ID: 0052
Revises: 0051
Create Date: 2026-11-29 20:45:00
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_auditoria_whose", "auditoria", ["usuario_id", "accion", "created_at"])
    op.create_index(
        "ix_divulgaciones_whose", "divulgaciones", ["usuario_id", "canal", "created_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_divulgaciones_whose", table_name="divulgaciones")
    op.drop_index("ix_auditoria_whose", table_name="auditoria")
