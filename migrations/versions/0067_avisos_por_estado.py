"""Notices by their state: the rail of Administración counts those that need somebody

Revision ID: 0067
Revises: 0066
Create Date: 2026-11-30 13:00:00
"""

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

_NAME = "ix_notificaciones_state"


def upgrade() -> None:
    op.create_index(_NAME, "notificaciones", ["estado", "oficio_id"])


def downgrade() -> None:
    op.drop_index(_NAME, table_name="notificaciones")
