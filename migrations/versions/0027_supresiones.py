"""Erasures and what proves them

Revision ID: 0027
Revises: 0026
Create Date: 2026-11-29 02:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "supresiones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clave", sa.String(32), nullable=False),
        sa.Column("numero", sa.String(20), nullable=False),
        sa.Column("motivo", sa.String(200), nullable=False),
        sa.Column("estado", sa.String(40), nullable=False),
        sa.Column("buscado", sa.JSON(), nullable=False),
        sa.Column("huellas", sa.JSON(), nullable=False),
        sa.Column("casos", sa.JSON(), nullable=False),
        sa.Column("hechos", sa.JSON(), nullable=False),
        sa.Column("archivos", sa.JSON(), nullable=False),
        sa.Column("huella", sa.String(64)),
        sa.Column("confirmada_at", moment, nullable=False),
        sa.Column("confirmada_por_id", sa.Integer()),
        sa.Column("filas_at", moment),
        sa.Column("hecha_at", moment),
        sa.CheckConstraint(
            "estado IN ('confirmada', 'hecha')", name=op.f("ck_supresiones_estadosupresion")
        ),
        sa.ForeignKeyConstraint(
            ["confirmada_por_id"],
            ["usuarios.id"],
            name=op.f("fk_supresiones_confirmada_por_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supresiones")),
        sa.UniqueConstraint("clave", name=op.f("uq_supresiones_clave")),
        sa.UniqueConstraint("numero", name=op.f("uq_supresiones_numero")),
    )


def downgrade() -> None:
    op.drop_table("supresiones")
