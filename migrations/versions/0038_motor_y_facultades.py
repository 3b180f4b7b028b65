"""The number of the engine, the type of a vehicle, and what else the court granted

Revision ID: 0038
Revises: 0037
Create Date: 2026-11-29 13:55:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("vehiculos") as table:
        table.add_column(sa.Column("motor", sa.String(30), nullable=True))
        table.add_column(sa.Column("tipo_vehiculo", sa.String(40), nullable=True))
    with op.batch_alter_table("oficios") as table:
        table.add_column(sa.Column("facultades", sa.String(300), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("oficios") as table:
        table.drop_column("facultades")
    with op.batch_alter_table("vehiculos") as table:
        table.drop_column("tipo_vehiculo")
        table.drop_column("motor")
