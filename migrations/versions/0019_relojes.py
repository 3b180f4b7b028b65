"""When a clock wrote a turn, how far off it was, and what was written but does not add up

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-28 15:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

#: Tables whose rows keep what came in although it does not add up.
_WARNED = ("avistamientos", "visitas")


def upgrade() -> None:
    op.add_column("trabajos", sa.Column("programado_at", sa.DateTime(timezone=True)))
    op.add_column("cuotas", sa.Column("anotada_at", sa.DateTime(timezone=True)))
    op.add_column(
        "consumidores", sa.Column("desfase_s", sa.Double(), nullable=False, server_default="0")
    )
    for table in _WARNED:
        op.add_column(
            table,
            sa.Column("advertencias_ingreso", sa.JSON(), nullable=False, server_default="{}"),
        )
    op.add_column("notificacion_respuestas", sa.Column("zona_llegada", sa.String(40)))


def downgrade() -> None:
    with op.batch_alter_table("notificacion_respuestas") as batch:
        batch.drop_column("zona_llegada")
    for table in _WARNED:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("advertencias_ingreso")
    with op.batch_alter_table("consumidores") as batch:
        batch.drop_column("desfase_s")
    with op.batch_alter_table("cuotas") as batch:
        batch.drop_column("anotada_at")
    with op.batch_alter_table("trabajos") as batch:
        batch.drop_column("programado_at")
