"""What happened in its order, who outside is told of it, keys of scripts, answers to repeat

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-24 22:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = (
    "oficio.creado",
    "oficio.cambiado",
    "oficio.actividad",
    "oficio.estado",
    "oficio.ubicado",
    "oficio.notificado",
    "receptor.respondio",
    "oficio.cerrado",
)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "eventos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tipo", _enum("tipoevento", *KINDS), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("datos", sa.JSON(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eventos")),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name=op.f("fk_eventos_oficio_id")),
        sa.ForeignKeyConstraint(["buffet_id"], ["buffets.id"], name=op.f("fk_eventos_buffet_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_eventos_of_buffet", "eventos", ["buffet_id", "id"])
    op.create_index(op.f("ix_eventos_created_at"), "eventos", ["created_at"])
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nombre", sa.String(80), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=True),
        sa.Column("tipos", sa.JSON(), nullable=False),
        sa.Column("semilla", sa.String(64), nullable=False),
        sa.Column("activo", sa.Boolean(), nullable=False),
        sa.Column("creado_por_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.ForeignKeyConstraint(["buffet_id"], ["buffets.id"], name=op.f("fk_webhooks_buffet_id")),
        sa.ForeignKeyConstraint(
            ["creado_por_id"], ["usuarios.id"], name=op.f("fk_webhooks_creado_por_id")
        ),
    )
    op.create_index(op.f("ix_webhooks_buffet_id"), "webhooks", ["buffet_id"])
    op.create_table(
        "webhook_entregas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("evento_id", sa.Integer(), nullable=False),
        sa.Column("tipo", _enum("tipoevento", *KINDS), nullable=False),
        sa.Column("cuerpo", sa.Text(), nullable=False),
        sa.Column(
            "estado",
            _enum("estadoentrega", "pendiente", "entregada", "fallida"),
            nullable=False,
        ),
        sa.Column("intentos", sa.Integer(), nullable=False),
        sa.Column("respuesta_estado", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("trabajo_id", sa.String(36), nullable=True),
        _moment("created_at"),
        _moment("entregada_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_entregas")),
        sa.UniqueConstraint(
            "webhook_id", "evento_id", name=op.f("uq_webhook_entregas_webhook_id_evento_id")
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_entregas_webhook_id")
        ),
        sa.ForeignKeyConstraint(
            ["trabajo_id"], ["trabajos.id"], name=op.f("fk_webhook_entregas_trabajo_id")
        ),
    )
    op.create_index(op.f("ix_webhook_entregas_created_at"), "webhook_entregas", ["created_at"])
    op.create_table(
        "claves_api",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nombre", sa.String(80), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("alcance", _enum("alcance", "lectura", "escritura"), nullable=False),
        sa.Column("prefijo", sa.String(20), nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        _moment("ultimo_uso_at", nullable=True),
        _moment("revocada_at", nullable=True),
        sa.Column("creada_por_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claves_api")),
        sa.UniqueConstraint("huella", name=op.f("uq_claves_api_huella")),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_claves_api_usuario_id")
        ),
        sa.ForeignKeyConstraint(
            ["creada_por_id"], ["usuarios.id"], name=op.f("fk_claves_api_creada_por_id")
        ),
    )
    op.create_index(op.f("ix_claves_api_usuario_id"), "claves_api", ["usuario_id"])
    op.create_table(
        "respuestas_guardadas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("clave", sa.String(200), nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("estado", sa.Integer(), nullable=True),
        sa.Column("cuerpo", sa.Text(), nullable=True),
        sa.Column("cabeceras", sa.JSON(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respuestas_guardadas")),
        sa.UniqueConstraint(
            "usuario_id", "clave", name=op.f("uq_respuestas_guardadas_usuario_id_clave")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_respuestas_guardadas_usuario_id")
        ),
    )
    op.create_index(
        op.f("ix_respuestas_guardadas_created_at"), "respuestas_guardadas", ["created_at"]
    )


def downgrade() -> None:
    for table in ("respuestas_guardadas", "claves_api", "webhook_entregas", "webhooks", "eventos"):
        op.drop_table(table)
