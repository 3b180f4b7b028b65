"""Which process answers a request that may be repeated

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-28 19:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("respuestas_guardadas") as batch_op:
        batch_op.add_column(sa.Column("arriendo_de", sa.String(160), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("respuestas_guardadas") as batch_op:
        batch_op.drop_column("arriendo_de")
