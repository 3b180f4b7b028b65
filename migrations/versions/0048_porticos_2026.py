"""Gantries with their comuna and other names, and sightings without a direction

Revision ID: 0048
Revises: 0047
Create Date: 2026-11-29 18:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_METHODS = ("corregido", "codigo", "nombre", "parecido", "via", "ninguno")


def upgrade() -> None:
    with op.batch_alter_table("porticos") as table:
        table.add_column(sa.Column("comuna", sa.String(60)))
        table.add_column(sa.Column("otros_nombres", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("porticos") as table:
        table.alter_column("otros_nombres", server_default=None)
    _methods(*_METHODS, "sin_sentido")


def _methods(*methods: str) -> None:
    """Say again how a sighting may be tied to a gantry."""
    name = op.f("ck_avistamientos_metodo")
    listed = ", ".join(f"'{method}'" for method in methods)
    with op.batch_alter_table("avistamientos") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, sa.text(f"portico_metodo IN ({listed})"))


def downgrade() -> None:
    op.execute(
        "UPDATE avistamientos SET portico_metodo = 'codigo' WHERE portico_metodo = 'sin_sentido'"
    )
    _methods(*_METHODS)
    with op.batch_alter_table("porticos") as table:
        table.drop_column("otros_nombres")
        table.drop_column("comuna")
