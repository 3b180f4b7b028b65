"""The tray of what comes in, and which cases came of it

Revision ID: 0033
Revises: 0032
Create Date: 2026-11-29 07:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "ingresos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("padre_id", sa.Integer()),
        sa.Column("buffet_id", sa.Integer()),
        sa.Column("via", sa.String(40), nullable=False),
        sa.Column("usuario_id", sa.Integer()),
        sa.Column("enlace_id", sa.Integer()),
        sa.Column("remitente", sa.String(254)),
        sa.Column("mensaje_id", sa.String(300)),
        sa.Column("nombre", sa.String(200), nullable=False),
        sa.Column("tamano_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("archivo_key", sa.String(200), nullable=False),
        sa.Column("almacen", sa.String(10), nullable=False),
        sa.Column("tipo", sa.String(40)),
        sa.Column("formato", sa.String(40)),
        sa.Column("estado", sa.String(40), nullable=False),
        sa.Column("motivo", sa.String(500)),
        sa.Column("problema", sa.String(500)),
        sa.Column("resumen", sa.JSON(), nullable=False),
        sa.Column("importacion_id", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("leido_at", moment),
        sa.Column("decidido_por_id", sa.Integer()),
        sa.Column("decidido_at", moment),
        sa.CheckConstraint(
            "estado IN ('leyendo', 'por_revisar', 'creado', 'devuelto', 'rechazado')",
            name=op.f("ck_ingresos_estadoingreso"),
        ),
        sa.CheckConstraint(
            "via IN ('subido', 'portal', 'correo')", name=op.f("ck_ingresos_viaingreso")
        ),
        sa.CheckConstraint(
            "tipo IN ('planilla', 'papel', 'foto', 'paquete', 'correo', 'otro')",
            name=op.f("ck_ingresos_tipoingreso"),
        ),
        sa.ForeignKeyConstraint(["padre_id"], ["ingresos.id"], name=op.f("fk_ingresos_padre_id")),
        sa.ForeignKeyConstraint(["buffet_id"], ["buffets.id"], name=op.f("fk_ingresos_buffet_id")),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_ingresos_usuario_id")
        ),
        sa.ForeignKeyConstraint(["enlace_id"], ["enlaces.id"], name=op.f("fk_ingresos_enlace_id")),
        sa.ForeignKeyConstraint(
            ["importacion_id"],
            ["importaciones.id"],
            name=op.f("fk_ingresos_importacion_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["decidido_por_id"], ["usuarios.id"], name=op.f("fk_ingresos_decidido_por_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingresos")),
        sa.UniqueConstraint("mensaje_id", name=op.f("uq_ingresos_mensaje_id")),
    )
    for name, columns in (
        (op.f("ix_ingresos_padre_id"), ["padre_id"]),
        (op.f("ix_ingresos_sha256"), ["sha256"]),
        (op.f("ix_ingresos_importacion_id"), ["importacion_id"]),
        ("ix_ingresos_tray", ["estado", "id"]),
        ("ix_ingresos_sent", ["buffet_id", "id"]),
    ):
        op.create_index(name, "ingresos", columns)
    op.create_table(
        "origenes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("ingreso_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name=op.f("fk_origenes_oficio_id")),
        sa.ForeignKeyConstraint(
            ["ingreso_id"], ["ingresos.id"], name=op.f("fk_origenes_ingreso_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origenes")),
        sa.UniqueConstraint("oficio_id", "ingreso_id", name="uq_origenes_once"),
    )
    op.create_index(op.f("ix_origenes_ingreso_id"), "origenes", ["ingreso_id"])


def downgrade() -> None:
    op.drop_table("origenes")
    op.drop_table("ingresos")
