"""Sessions as rows. People sign in once more

Revision ID: 0032
Revises: 0031
Create Date: 2026-11-29 07:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "sesiones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("tipo", sa.String(40), nullable=False),
        sa.Column("clave_publica", sa.String(200)),
        sa.Column("lugar", sa.String(60), nullable=False),
        sa.Column("equipo", sa.String(80), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("vista_at", moment, nullable=False),
        sa.Column("confirmada_at", moment, nullable=False),
        sa.Column("terminada_at", moment),
        sa.Column("motivo", sa.String(40)),
        sa.CheckConstraint(
            "tipo IN ('escritorio', 'telefono')", name=op.f("ck_sesiones_tiposesion")
        ),
        sa.CheckConstraint(
            "motivo IN ('salida', 'cerrada', 'administrador', 'clave', 'derechos', 'inactiva',"
            " 'vencida')",
            name=op.f("ck_sesiones_finsesion"),
        ),
        sa.CheckConstraint(
            "(terminada_at IS NULL) = (motivo IS NULL)",
            name=op.f("ck_sesiones_ended_for_a_reason"),
        ),
        sa.CheckConstraint(
            "(tipo = 'telefono') = (clave_publica IS NOT NULL)",
            name=op.f("ck_sesiones_phone_has_a_key"),
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_sesiones_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sesiones")),
        sa.UniqueConstraint("huella", name=op.f("uq_sesiones_huella")),
    )
    op.create_index("ix_sesiones_open", "sesiones", ["usuario_id", "terminada_at"])


def downgrade() -> None:
    op.drop_table("sesiones")
