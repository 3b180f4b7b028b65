"""Where vehicles were found, with their photos, and who went to see again

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-25 01:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "ubicaciones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        _moment("ubicado_at"),
        sa.Column("tipo", _enum("tipolugar", "direccion", "via_publica"), nullable=False),
        sa.Column("direccion_id", sa.Integer(), nullable=True),
        sa.Column("lugar", sa.String(200), nullable=False),
        sa.Column("comuna", sa.String(60), nullable=True),
        sa.Column("region", sa.String(80), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("exactitud_m", sa.Double(), nullable=True),
        sa.Column(
            "sin_posicion", _enum("sinposicion", "rechazada", "no_disponible"), nullable=True
        ),
        sa.Column("acceso", sa.Text(), nullable=True),
        sa.Column("notas", sa.Text(), nullable=True),
        sa.Column("cliente_id", sa.String(36), nullable=False),
        _moment("deshecho_at", nullable=True),
        sa.Column("deshecho_por_id", sa.Integer(), nullable=True),
        sa.Column("deshecho_motivo", sa.String(300), nullable=True),
        sa.CheckConstraint(
            "(lat IS NULL) = (lon IS NULL)", name=op.f("ck_ubicaciones_whole_position")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ubicaciones")),
        sa.ForeignKeyConstraint(
            ["oficio_id"], ["oficios.id"], name=op.f("fk_ubicaciones_oficio_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_ubicaciones_usuario_id")
        ),
        sa.ForeignKeyConstraint(
            ["direccion_id"],
            ["direcciones.id"],
            name=op.f("fk_ubicaciones_direccion_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["deshecho_por_id"], ["usuarios.id"], name=op.f("fk_ubicaciones_deshecho_por_id")
        ),
        sa.UniqueConstraint("cliente_id", name=op.f("uq_ubicaciones_cliente_id")),
    )
    op.create_index("ix_ubicaciones_newest", "ubicaciones", ["oficio_id", "ubicado_at"])
    op.create_table(
        "ubicacion_adjuntos",
        sa.Column("ubicacion_id", sa.Integer(), nullable=False),
        sa.Column("adjunto_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ubicacion_id", "adjunto_id", name=op.f("pk_ubicacion_adjuntos")),
        sa.ForeignKeyConstraint(
            ["ubicacion_id"], ["ubicaciones.id"], name=op.f("fk_ubicacion_adjuntos_ubicacion_id")
        ),
        sa.ForeignKeyConstraint(
            ["adjunto_id"], ["adjuntos.id"], name=op.f("fk_ubicacion_adjuntos_adjunto_id")
        ),
    )
    op.create_table(
        "ubicacion_revisiones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ubicacion_id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("resultado", _enum("resultadorevision", "sigue", "no_esta"), nullable=False),
        sa.Column("cliente_id", sa.String(36), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ubicacion_revisiones")),
        sa.ForeignKeyConstraint(
            ["ubicacion_id"], ["ubicaciones.id"], name=op.f("fk_ubicacion_revisiones_ubicacion_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_ubicacion_revisiones_usuario_id")
        ),
        sa.UniqueConstraint("cliente_id", name=op.f("uq_ubicacion_revisiones_cliente_id")),
    )
    op.create_index(
        "ix_ubicacion_revisiones_ubicacion_id", "ubicacion_revisiones", ["ubicacion_id"]
    )


def downgrade() -> None:
    op.drop_table("ubicacion_revisiones")
    op.drop_table("ubicacion_adjuntos")
    op.drop_table("ubicaciones")
