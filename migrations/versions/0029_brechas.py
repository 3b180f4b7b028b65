"""Breaches of security, and versions of the impact assessment

Revision ID: 0029
Revises: 0028
Create Date: 2026-11-29 02:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "brechas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.String(20), nullable=False),
        sa.Column("estado", sa.String(40), nullable=False),
        sa.Column("tipo", sa.String(40), nullable=False),
        sa.Column("descripcion", sa.Text(), nullable=False),
        sa.Column("categorias_datos", sa.Text()),
        sa.Column("numero_datos", sa.Integer()),
        sa.Column("categorias_titulares", sa.Text()),
        sa.Column("numero_titulares", sa.Integer()),
        sa.Column("datos_financieros", sa.Boolean(), nullable=False),
        sa.Column("datos_sensibles", sa.Boolean(), nullable=False),
        sa.Column("datos_de_menores", sa.Boolean(), nullable=False),
        sa.Column("efectos", sa.Text()),
        sa.Column("riesgo", sa.String(40), nullable=False),
        sa.Column("medidas", sa.Text()),
        sa.Column("ocurrio_at", moment),
        sa.Column("conocida_at", moment, nullable=False),
        sa.Column("mensaje_agencia", sa.Text()),
        sa.Column("mensaje_titulares", sa.Text()),
        sa.Column("cierre", sa.Text()),
        sa.Column("cerrada_at", moment),
        sa.Column("registrada_por_id", sa.Integer(), nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.CheckConstraint(
            "estado IN ('abierta', 'contenida', 'cerrada')",
            name=op.f("ck_brechas_estadobrecha"),
        ),
        sa.CheckConstraint(
            "tipo IN ('filtracion', 'acceso', 'comunicacion', 'perdida', 'alteracion',"
            " 'destruccion')",
            name=op.f("ck_brechas_tipobrecha"),
        ),
        sa.CheckConstraint(
            "riesgo IN ('sin_evaluar', 'hay_riesgo', 'sin_riesgo')",
            name=op.f("ck_brechas_riesgobrecha"),
        ),
        sa.ForeignKeyConstraint(
            ["registrada_por_id"], ["usuarios.id"], name=op.f("fk_brechas_registrada_por_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brechas")),
        sa.UniqueConstraint("numero", name=op.f("uq_brechas_numero")),
    )
    op.create_table(
        "brecha_comunicaciones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brecha_id", sa.Integer(), nullable=False),
        sa.Column("destino", sa.String(40), nullable=False),
        sa.Column("destinatario", sa.String(200), nullable=False),
        sa.Column("medio", sa.String(200), nullable=False),
        sa.Column("texto", sa.Text()),
        sa.Column("comunicada_at", moment, nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.CheckConstraint(
            "destino IN ('agencia', 'titulares', 'buffet', 'otro')",
            name=op.f("ck_brecha_comunicaciones_destinobrecha"),
        ),
        sa.ForeignKeyConstraint(
            ["brecha_id"], ["brechas.id"], name=op.f("fk_brecha_comunicaciones_brecha_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_brecha_comunicaciones_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brecha_comunicaciones")),
    )
    op.create_index("ix_brecha_comunicaciones_brecha_id", "brecha_comunicaciones", ["brecha_id"])
    op.create_table(
        "evaluaciones_impacto",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("secciones", sa.JSON(), nullable=False),
        sa.Column("cambio", sa.String(300), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_evaluaciones_impacto_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluaciones_impacto")),
        sa.UniqueConstraint("numero", name=op.f("uq_evaluaciones_impacto_numero")),
    )


def downgrade() -> None:
    op.drop_table("evaluaciones_impacto")
    op.drop_table("brecha_comunicaciones")
    op.drop_table("brechas")
