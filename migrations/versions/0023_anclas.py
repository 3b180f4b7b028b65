"""A log of the chains' heads, anchored each night

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-29 00:55:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anclas",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fecha", sa.Date(), nullable=False),
        sa.Column("tamano", sa.Integer(), nullable=False),
        sa.Column("raiz", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anclas")),
        sa.UniqueConstraint("fecha", name=op.f("uq_anclas_fecha")),
    )
    op.create_table(
        "anclas_hojas",
        sa.Column("indice", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cadena", sa.Integer(), nullable=False),
        sa.Column("secuencia", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("ancla_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancla_id"], ["anclas.id"], name=op.f("fk_anclas_hojas_ancla_id_anclas")
        ),
        sa.PrimaryKeyConstraint("indice", name=op.f("pk_anclas_hojas")),
    )
    op.create_index("ix_anclas_hojas_cadena_indice", "anclas_hojas", ["cadena", "indice"])
    op.create_index("ix_anclas_hojas_ancla_id", "anclas_hojas", ["ancla_id"])
    op.create_table(
        "anclas_nodos",
        sa.Column("nivel", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("indice", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("nivel", "indice", name=op.f("pk_anclas_nodos")),
    )
    op.create_table(
        "anclas_sellos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ancla_id", sa.Integer(), nullable=False),
        sa.Column("tsa", sa.String(120), nullable=False),
        sa.Column("respuesta", sa.LargeBinary(), nullable=False),
        sa.Column("sellado_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("firmante", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ancla_id"], ["anclas.id"], name=op.f("fk_anclas_sellos_ancla_id_anclas")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anclas_sellos")),
        sa.UniqueConstraint("ancla_id", "tsa", name=op.f("uq_anclas_sellos_ancla_id_tsa")),
    )


def downgrade() -> None:
    op.drop_table("anclas_sellos")
    op.drop_table("anclas_nodos")
    op.drop_index("ix_anclas_hojas_ancla_id", "anclas_hojas")
    op.drop_index("ix_anclas_hojas_cadena_indice", "anclas_hojas")
    op.drop_table("anclas_hojas")
    op.drop_table("anclas")
