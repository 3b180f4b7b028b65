"""An index in the order in which jobs are taken: a long queue does not slow each of them down

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-24 22:55:00
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_trabajos_order", "trabajos", ["estado", "prioridad", "ejecutar_desde", "created_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_trabajos_order", table_name="trabajos")
