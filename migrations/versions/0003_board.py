"""The board: what changed lately, what closed lately, and the views that people name

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-24 22:35:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tablero_vistas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("nombre", sa.String(length=60), nullable=False),
        sa.Column("consulta", sa.String(length=600), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_tablero_vistas_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tablero_vistas")),
        sa.UniqueConstraint(
            "usuario_id", "nombre", name=op.f("uq_tablero_vistas_usuario_id_nombre")
        ),
    )
    op.create_index("ix_oficios_closed", "oficios", ["estado", "estado_desde"])
    op.create_index("ix_oficios_active", "oficios", ["ultima_actividad_at"])


def downgrade() -> None:
    op.drop_index("ix_oficios_active", table_name="oficios")
    op.drop_index("ix_oficios_closed", table_name="oficios")
    op.drop_table("tablero_vistas")
