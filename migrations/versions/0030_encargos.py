"""Contracts with law firms as the office's controllers, and what ended them

Revision ID: 0030
Revises: 0029
Create Date: 2026-11-29 02:34:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "encargos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("objeto", sa.Text(), nullable=False),
        sa.Column("desde", sa.Date(), nullable=False),
        sa.Column("hasta", sa.Date()),
        sa.Column("finalidad", sa.Text(), nullable=False),
        sa.Column("categorias", sa.Text(), nullable=False),
        sa.Column("instrucciones", sa.Text()),
        sa.Column("subencargados", sa.JSON(), nullable=False),
        sa.Column("creado_por_id", sa.Integer()),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["buffet_id"], ["buffets.id"], name=op.f("fk_encargos_buffet_id")),
        sa.ForeignKeyConstraint(
            ["creado_por_id"], ["usuarios.id"], name=op.f("fk_encargos_creado_por_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encargos")),
        sa.UniqueConstraint("buffet_id", "numero", name="uq_encargos_version"),
    )
    op.create_table(
        "encargo_terminos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.String(20), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("encargo_id", sa.Integer(), nullable=False),
        sa.Column("modo", sa.String(40), nullable=False),
        sa.Column("casos", sa.JSON(), nullable=False),
        sa.Column("conservados", sa.JSON(), nullable=False),
        sa.Column("porque", sa.Text()),
        sa.Column("entrega", sa.String(200)),
        sa.Column("filas", sa.Integer(), nullable=False),
        sa.Column("archivos", sa.Integer(), nullable=False),
        sa.Column("manifiesto_sha256", sa.String(64)),
        sa.Column("supresion_id", sa.Integer()),
        sa.Column("decidido_at", moment, nullable=False),
        sa.Column("decidido_por_id", sa.Integer()),
        sa.Column("pdf", sa.LargeBinary()),
        sa.Column("pdf_sha256", sa.String(64)),
        sa.Column("certificado_at", moment),
        sa.CheckConstraint(
            "modo IN ('devolucion', 'supresion')",
            name=op.f("ck_encargo_terminos_modotermino"),
        ),
        sa.ForeignKeyConstraint(
            ["buffet_id"], ["buffets.id"], name=op.f("fk_encargo_terminos_buffet_id")
        ),
        sa.ForeignKeyConstraint(
            ["encargo_id"], ["encargos.id"], name=op.f("fk_encargo_terminos_encargo_id")
        ),
        sa.ForeignKeyConstraint(
            ["supresion_id"], ["supresiones.id"], name=op.f("fk_encargo_terminos_supresion_id")
        ),
        sa.ForeignKeyConstraint(
            ["decidido_por_id"],
            ["usuarios.id"],
            name=op.f("fk_encargo_terminos_decidido_por_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encargo_terminos")),
        sa.UniqueConstraint("numero", name=op.f("uq_encargo_terminos_numero")),
    )
    op.create_index("ix_encargo_terminos_buffet_id", "encargo_terminos", ["buffet_id"])


def downgrade() -> None:
    op.drop_table("encargo_terminos")
    op.drop_table("encargos")
