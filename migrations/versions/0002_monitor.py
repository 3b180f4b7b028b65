"""What the page of jobs asks: when a consumer last swept, and what ended lately

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-24 22:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "consumidores", sa.Column("ultimo_barrido_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_trabajos_ended", "trabajos", ["terminado_at", "estado"])
    op.create_index("ix_trabajo_ejecuciones_started", "trabajo_ejecuciones", ["iniciado_at"])
    op.create_index("ix_investigaciones_kind", "investigaciones", ["tipo", "ocurrido_at"])


def downgrade() -> None:
    op.drop_index("ix_investigaciones_kind", table_name="investigaciones")
    op.drop_index("ix_trabajo_ejecuciones_started", table_name="trabajo_ejecuciones")
    op.drop_index("ix_trabajos_ended", table_name="trabajos")
    with op.batch_alter_table("consumidores", schema=None) as batch_op:
        batch_op.drop_column("ultimo_barrido_at")
