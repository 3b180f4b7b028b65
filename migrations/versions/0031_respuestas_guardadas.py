"""The words of an answer to a person, and how it left the house

Revision ID: 0031
Revises: 0030
Create Date: 2026-11-29 02:35:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_BEFORE = (
    "canal IN ('notificacion', 'receptor', 'portal', 'api', 'expediente', 'exportacion',"
    " 'respaldo')"
)
_AFTER = (
    "canal IN ('notificacion', 'receptor', 'portal', 'api', 'expediente', 'exportacion',"
    " 'respaldo', 'respuesta')"
)


def upgrade() -> None:
    with op.batch_alter_table("solicitudes") as table:
        table.add_column(sa.Column("respuesta", sa.Text()))
    _allow(_AFTER)


def downgrade() -> None:
    # What the older version does not know it tells as a mail.
    op.execute("UPDATE divulgaciones SET canal = 'notificacion' WHERE canal = 'respuesta'")
    _allow(_BEFORE)
    with op.batch_alter_table("solicitudes") as table:
        table.drop_column("respuesta")


def _allow(channels: str) -> None:
    name = op.f("ck_divulgaciones_canaldivulgacion")
    with op.batch_alter_table("divulgaciones") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, sa.text(channels))
