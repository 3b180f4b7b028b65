"""Cases that somebody of the office opened for a while, and why

Revision ID: 0036
Revises: 0035
Create Date: 2026-11-29 08:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_BEFORE = (
    "notificacion",
    "receptor",
    "portal",
    "api",
    "expediente",
    "exportacion",
    "respaldo",
    "respuesta",
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "aperturas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("motivo", sa.String(300), nullable=False),
        sa.Column("hasta_at", moment, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name=op.f("fk_aperturas_oficio_id")),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_aperturas_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aperturas")),
    )
    op.create_index(op.f("ix_aperturas_oficio_id"), "aperturas", ["oficio_id"])
    _channels(*_BEFORE, "lectura")
    op.create_index("ix_aperturas_reader", "aperturas", ["usuario_id", "hasta_at"])


def _channels(*channels: str) -> None:
    """Say again by which ways data may be seen."""
    name = op.f("ck_divulgaciones_canaldivulgacion")
    listed = ", ".join(f"'{channel}'" for channel in channels)
    with op.batch_alter_table("divulgaciones") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, sa.text(f"canal IN ({listed})"))


def downgrade() -> None:
    op.execute("DELETE FROM divulgaciones WHERE canal = 'lectura'")
    _channels(*_BEFORE)
    op.drop_table("aperturas")
