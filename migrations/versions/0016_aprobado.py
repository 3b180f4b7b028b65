"""Which photos the buffet is shown, and which expedientes hold no more than it may read

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-28 18:15:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("adjuntos") as table:
        table.add_column(sa.Column("aprobado_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("aprobado_por_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_adjuntos_aprobado_por_id"), "usuarios", ["aprobado_por_id"], ["id"]
        )
    # Those that were issued before hold people, addresses and every photo.
    with op.batch_alter_table("expedientes") as table:
        table.add_column(
            sa.Column("solo_aprobado", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("expedientes") as table:
        table.drop_column("solo_aprobado")
    with op.batch_alter_table("adjuntos") as table:
        table.drop_constraint(op.f("fk_adjuntos_aprobado_por_id"), type_="foreignkey")
        table.drop_column("aprobado_por_id")
        table.drop_column("aprobado_at")
