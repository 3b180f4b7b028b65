"""Several vehicles of one order: its number counts with which of its vehicles a case is for

Revision ID: 0040
Revises: 0039
Create Date: 2026-11-29 14:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_BEFORE = "uq_oficios_buffet_id_numero_oficio"
_AFTER = "uq_oficios_buffet_id_numero_oficio_vehiculo_n"
_OFICIOS = sa.table(
    "oficios",
    sa.column("id", sa.Integer),
    sa.column("numero_oficio", sa.String),
    sa.column("vehiculo_n", sa.SmallInteger),
)


def upgrade() -> None:
    with op.batch_alter_table("oficios") as table:
        table.add_column(
            sa.Column("vehiculo_n", sa.SmallInteger, nullable=False, server_default="1")
        )
    with op.batch_alter_table("oficios") as table:
        table.alter_column("vehiculo_n", server_default=None)
        table.drop_constraint(_BEFORE, type_="unique")
        table.create_unique_constraint(_AFTER, ["buffet_id", "numero_oficio", "vehiculo_n"])


def downgrade() -> None:
    # One number is of one case again: the further ones keep it with which vehicle they are.
    further = _OFICIOS.c.vehiculo_n > 1
    suffix = sa.literal(" (") + sa.cast(_OFICIOS.c.vehiculo_n, sa.String) + sa.literal(")")
    op.execute(
        _OFICIOS.update()
        .where(further)
        .values(numero_oficio=sa.func.substr(_OFICIOS.c.numero_oficio, 1, 52) + suffix)
    )
    with op.batch_alter_table("oficios") as table:
        table.drop_constraint(_AFTER, type_="unique")
        table.drop_column("vehiculo_n")
        table.create_unique_constraint(_BEFORE, ["buffet_id", "numero_oficio"])
