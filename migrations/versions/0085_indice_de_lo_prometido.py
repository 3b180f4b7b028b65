"""An index that holds all that reports ask of promises, so that no promise is read for its count

Revision ID: 0085
Revises: 0078
Create Date: 2026-11-30 20:20:00
"""

from alembic import op

revision = "0085"
down_revision = "0078"
branch_labels = None
depends_on = None

_NAME = "ix_compromisos_decided"
_BEFORE = ["decide_at", "buffet_id", "tipo", "situacion"]


def upgrade() -> None:
    op.drop_index(_NAME, table_name="compromisos")
    op.create_index(_NAME, "compromisos", [*_BEFORE, "oficio_id"])


def downgrade() -> None:
    op.drop_index(_NAME, table_name="compromisos")
    op.create_index(_NAME, "compromisos", _BEFORE)
