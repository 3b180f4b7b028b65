"""What left the house, and to whom

Revision ID: 0025
Revises: 0024
Create Date: 2026-11-29 02:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "divulgaciones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("canal", sa.String(40), nullable=False),
        sa.Column("que", sa.String(200), nullable=False),
        sa.Column("destinatario", sa.String(254), nullable=False),
        sa.Column("base", sa.String(200), nullable=False),
        sa.Column("oficio_id", sa.Integer()),
        sa.Column("buffet_id", sa.Integer()),
        sa.Column("usuario_id", sa.Integer()),
        sa.Column("cantidad", sa.Integer(), nullable=False),
        sa.Column("clave", sa.String(120)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "canal IN ('notificacion', 'receptor', 'portal', 'api', 'expediente', 'exportacion',"
            " 'respaldo')",
            name=op.f("ck_divulgaciones_canaldivulgacion"),
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_divulgaciones_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_divulgaciones")),
        sa.UniqueConstraint("clave", name=op.f("uq_divulgaciones_clave")),
    )
    for column in ("canal", "oficio_id", "created_at"):
        op.create_index(f"ix_divulgaciones_{column}", "divulgaciones", [column])


def downgrade() -> None:
    op.drop_table("divulgaciones")
