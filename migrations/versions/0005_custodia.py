"""Chains of custody; where each file is, its place among the others, whether it is still whole

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-24 22:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "custodia",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("secuencia", sa.Integer(), nullable=False),
        sa.Column("tipo", sa.String(20), nullable=False),
        sa.Column("fila_id", sa.Integer(), nullable=False),
        sa.Column("contenido", sa.Text(), nullable=False),
        sa.Column("contenido_hash", sa.String(64), nullable=False),
        sa.Column("anterior_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name=op.f("fk_custodia_oficio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custodia")),
        sa.UniqueConstraint("oficio_id", "secuencia", name=op.f("uq_custodia_oficio_id_secuencia")),
    )
    op.create_index("ix_custodia_row", "custodia", ["tipo", "fila_id"])
    op.create_table(
        "custodia_cabezas",
        sa.Column("oficio_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secuencia", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["oficio_id"], ["oficios.id"], name=op.f("fk_custodia_cabezas_oficio_id")
        ),
        sa.PrimaryKeyConstraint("oficio_id", name=op.f("pk_custodia_cabezas")),
    )
    op.create_table(
        "custodia_revisiones",
        sa.Column("oficio_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revisada_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("secuencia", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("problemas", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["oficio_id"], ["oficios.id"], name=op.f("fk_custodia_revisiones_oficio_id")
        ),
        sa.PrimaryKeyConstraint("oficio_id", name=op.f("pk_custodia_revisiones")),
    )
    for column in (
        sa.Column("almacen", sa.String(10), server_default="local", nullable=False),
        sa.Column("copia_sha256", sa.String(64), nullable=True),
        sa.Column("miniatura_sha256", sa.String(64), nullable=True),
        sa.Column("orden", sa.Integer(), server_default="0", nullable=False),
        sa.Column("portada", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("revisado_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problema", sa.String(200), nullable=True),
    ):
        op.add_column("adjuntos", column)
    op.create_index(
        "uq_adjuntos_cover",
        "adjuntos",
        ["oficio_id"],
        unique=True,
        sqlite_where=sa.text("portada"),
        postgresql_where=sa.text("portada"),
    )


def downgrade() -> None:
    op.drop_index("uq_adjuntos_cover", table_name="adjuntos")
    for name in (
        "problema",
        "revisado_at",
        "portada",
        "orden",
        "miniatura_sha256",
        "copia_sha256",
        "almacen",
    ):
        op.drop_column("adjuntos", name)
    op.drop_table("custodia_revisiones")
    op.drop_table("custodia_cabezas")
    op.drop_index("ix_custodia_row", table_name="custodia")
    op.drop_table("custodia")
