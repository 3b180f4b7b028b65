"""Issued expedientes

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-24 22:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expedientes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column(
            "variante",
            sa.Enum(
                "tribunal",
                "buffet",
                name="variante",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("codigo", sa.String(length=14), nullable=False),
        sa.Column("trabajo_id", sa.String(length=36), nullable=False),
        sa.Column("solicitado_por_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("pdf_key", sa.String(length=200), nullable=True),
        sa.Column("almacen", sa.String(length=10), nullable=True),
        sa.Column("tamano_bytes", sa.Integer(), nullable=True),
        sa.Column("emitido_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("originales", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name="fk_expedientes_oficio_id"),
        sa.ForeignKeyConstraint(["trabajo_id"], ["trabajos.id"], name="fk_expedientes_trabajo_id"),
        sa.ForeignKeyConstraint(
            ["solicitado_por_id"], ["usuarios.id"], name="fk_expedientes_solicitado_por_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_expedientes"),
        sa.UniqueConstraint("codigo", name="uq_expedientes_codigo"),
        sa.UniqueConstraint("sha256", name="uq_expedientes_sha256"),
    )
    op.create_index("ix_expedientes_oficio_id", "expedientes", ["oficio_id"])
    op.create_index("ix_expedientes_trabajo_id", "expedientes", ["trabajo_id"])


def downgrade() -> None:
    op.drop_table("expedientes")
