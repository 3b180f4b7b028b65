"""Keys of the API that read people's RUT and contacts unmasked

Revision ID: 0024
Revises: 0023
Create Date: 2026-11-29 02:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A key that existed reads them masked, until the admin makes one that says otherwise.
    with op.batch_alter_table("claves_api") as table:
        table.add_column(
            sa.Column("datos_personales", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("claves_api") as table:
        table.alter_column("datos_personales", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("claves_api") as table:
        table.drop_column("datos_personales")
