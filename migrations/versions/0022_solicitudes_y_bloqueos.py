"""Requests of persons about their data, and blocked cases

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-29 01:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "solicitudes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.String(20), nullable=False),
        sa.Column("tipo", sa.String(40), nullable=False),
        sa.Column("canal", sa.String(40), nullable=False),
        sa.Column("estado", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(160), nullable=False),
        sa.Column("rut", sa.String(12)),
        sa.Column("correo", sa.String(254)),
        sa.Column("domicilio", sa.String(200)),
        sa.Column("detalle", sa.Text(), nullable=False),
        sa.Column("pide_bloqueo", sa.Boolean(), nullable=False),
        sa.Column("recibida_at", moment, nullable=False),
        sa.Column("vence", sa.Date(), nullable=False),
        sa.Column("bloqueo_vence", sa.Date()),
        sa.Column("identidad_como", sa.Text()),
        sa.Column("identidad_at", moment),
        sa.Column("identidad_por_id", sa.Integer()),
        sa.Column("prorrogada_at", moment),
        sa.Column("prorroga_motivo", sa.Text()),
        sa.Column("resuelta_at", moment),
        sa.Column("resuelta_por_id", sa.Integer()),
        sa.Column("fundamento", sa.Text()),
        sa.Column("pdf", sa.LargeBinary()),
        sa.Column("pdf_sha256", sa.String(64)),
        sa.Column("datos_json", sa.LargeBinary()),
        sa.Column("json_sha256", sa.String(64)),
        sa.Column("enviada_at", moment),
        sa.Column("derivada_buffet_id", sa.Integer()),
        sa.Column("derivada_a", sa.String(254)),
        sa.Column("derivada_at", moment),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.CheckConstraint(
            "tipo IN ('acceso', 'rectificacion', 'supresion', 'oposicion', 'portabilidad',"
            " 'bloqueo')",
            name=op.f("ck_solicitudes_tiposolicitud"),
        ),
        sa.CheckConstraint(
            "canal IN ('pagina', 'correo', 'carta')", name=op.f("ck_solicitudes_canalsolicitud")
        ),
        sa.CheckConstraint(
            "estado IN ('recibida', 'verificada', 'acogida', 'parcial', 'rechazada', 'derivada')",
            name=op.f("ck_solicitudes_estadosolicitud"),
        ),
        sa.ForeignKeyConstraint(
            ["identidad_por_id"],
            ["usuarios.id"],
            name=op.f("fk_solicitudes_identidad_por_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resuelta_por_id"],
            ["usuarios.id"],
            name=op.f("fk_solicitudes_resuelta_por_id"),
        ),
        sa.ForeignKeyConstraint(
            ["derivada_buffet_id"],
            ["buffets.id"],
            name=op.f("fk_solicitudes_derivada_buffet_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solicitudes")),
        sa.UniqueConstraint("numero", name=op.f("uq_solicitudes_numero")),
    )
    op.create_index("ix_solicitudes_open", "solicitudes", ["estado", "vence"])
    op.create_table(
        "bloqueos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("solicitud_id", sa.Integer()),
        sa.Column("motivo", sa.String(300), nullable=False),
        sa.Column("bloqueado_at", moment, nullable=False),
        sa.Column("bloqueado_por_id", sa.Integer(), nullable=False),
        sa.Column("levantado_at", moment),
        sa.Column("levantado_por_id", sa.Integer()),
        sa.Column("levantado_motivo", sa.String(300)),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name=op.f("fk_bloqueos_oficio_id")),
        sa.ForeignKeyConstraint(
            ["solicitud_id"], ["solicitudes.id"], name=op.f("fk_bloqueos_solicitud_id")
        ),
        sa.ForeignKeyConstraint(
            ["bloqueado_por_id"], ["usuarios.id"], name=op.f("fk_bloqueos_bloqueado_por_id")
        ),
        sa.ForeignKeyConstraint(
            ["levantado_por_id"], ["usuarios.id"], name=op.f("fk_bloqueos_levantado_por_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bloqueos")),
    )
    op.create_index("ix_bloqueos_solicitud_id", "bloqueos", ["solicitud_id"])
    op.create_index(
        "uq_bloqueos_standing",
        "bloqueos",
        ["oficio_id"],
        unique=True,
        sqlite_where=sa.text("levantado_at IS NULL"),
        postgresql_where=sa.text("levantado_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("bloqueos")
    op.drop_table("solicitudes")
