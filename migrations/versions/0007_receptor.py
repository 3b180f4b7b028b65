"""The receptor answers, people are told of it, buffets of milestones; the office's own words

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-24 22:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOTICE_COLUMNS = (
    "buffet_id",
    "cc_email",
    "responder_a",
    "adjuntos_enlace",
    "selector",
    "enlace_expira_at",
    "recordatorio_de_id",
    "recordatorio_propuesto_at",
    "sustituto_propuesto_at",
)
DRAFT_COLUMNS = ("cc_email", "responder_a", "adjuntos_enlace", "selector")
BUFFET_COLUMNS = ("modo_hitos", "modo_hitos_desde", "resumen_hasta")


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _list(name: str) -> sa.Column:
    return sa.Column(name, sa.JSON(), nullable=False, server_default="[]")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "avisos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=True),
        sa.Column("texto", sa.String(500), nullable=False),
        sa.Column("url", sa.String(255), nullable=False),
        sa.Column("accion", sa.String(60), nullable=False),
        sa.Column("clave", sa.String(80), nullable=False),
        _moment("leido_at", nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avisos")),
        sa.ForeignKeyConstraint(["usuario_id"], ["usuarios.id"], name=op.f("fk_avisos_usuario_id")),
        sa.ForeignKeyConstraint(["oficio_id"], ["oficios.id"], name=op.f("fk_avisos_oficio_id")),
        sa.UniqueConstraint("usuario_id", "clave", name=op.f("uq_avisos_usuario_id_clave")),
    )
    op.create_index("ix_avisos_unread", "avisos", ["usuario_id", "leido_at"])
    op.create_table(
        "plantillas",
        sa.Column("clave", sa.String(40), nullable=False),
        sa.Column("asunto", sa.String(200), nullable=False),
        sa.Column("saludo", sa.String(200), nullable=False),
        sa.Column("introduccion", sa.Text(), nullable=False),
        sa.Column("despedida", sa.Text(), nullable=False),
        sa.Column("modificada_por_id", sa.Integer(), nullable=True),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("clave", name=op.f("pk_plantillas")),
        sa.ForeignKeyConstraint(
            ["modificada_por_id"], ["usuarios.id"], name=op.f("fk_plantillas_modificada_por_id")
        ),
    )
    op.create_table(
        "notificacion_respuestas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notificacion_id", sa.Integer(), nullable=False),
        sa.Column(
            "tipo",
            _enum("tiporespuesta", "recibido", "en_camino", "diligenciado", "no_encontrado"),
            nullable=False,
        ),
        _moment("hora_llegada", nullable=True),
        sa.Column("comentario", sa.Text(), nullable=True),
        sa.Column("clave", sa.String(64), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notificacion_respuestas")),
        sa.ForeignKeyConstraint(
            ["notificacion_id"],
            ["notificaciones.id"],
            name=op.f("fk_notificacion_respuestas_notificacion_id"),
        ),
        sa.UniqueConstraint("clave", name=op.f("uq_notificacion_respuestas_clave")),
    )
    op.create_index(
        op.f("ix_notificacion_respuestas_notificacion_id"),
        "notificacion_respuestas",
        ["notificacion_id"],
    )
    op.create_table(
        "notificacion_respuesta_adjuntos",
        sa.Column("respuesta_id", sa.Integer(), nullable=False),
        sa.Column("adjunto_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "respuesta_id", "adjunto_id", name=op.f("pk_notificacion_respuesta_adjuntos")
        ),
        sa.ForeignKeyConstraint(
            ["respuesta_id"],
            ["notificacion_respuestas.id"],
            name=op.f("fk_notificacion_respuesta_adjuntos_respuesta_id"),
        ),
        sa.ForeignKeyConstraint(
            ["adjunto_id"],
            ["adjuntos.id"],
            name=op.f("fk_notificacion_respuesta_adjuntos_adjunto_id"),
        ),
    )
    with op.batch_alter_table("notificaciones", schema=None) as batch_op:
        batch_op.alter_column("oficio_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("buffet_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cc_email", sa.String(254), nullable=True))
        batch_op.add_column(sa.Column("responder_a", sa.String(254), nullable=True))
        batch_op.add_column(_list("adjuntos_enlace"))
        batch_op.add_column(sa.Column("selector", sa.String(64), nullable=True))
        batch_op.add_column(_moment("enlace_expira_at", nullable=True))
        batch_op.add_column(sa.Column("recordatorio_de_id", sa.Integer(), nullable=True))
        batch_op.add_column(_moment("recordatorio_propuesto_at", nullable=True))
        batch_op.add_column(_moment("sustituto_propuesto_at", nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_notificaciones_buffet_id"), "buffets", ["buffet_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_notificaciones_recordatorio_de_id"),
            "notificaciones",
            ["recordatorio_de_id"],
            ["id"],
        )
        batch_op.create_unique_constraint(batch_op.f("uq_notificaciones_selector"), ["selector"])
        batch_op.create_index(batch_op.f("ix_notificaciones_buffet_id"), ["buffet_id"])
    with op.batch_alter_table("notificacion_borradores", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cc_email", sa.String(254), nullable=True))
        batch_op.add_column(sa.Column("responder_a", sa.String(254), nullable=True))
        batch_op.add_column(_list("adjuntos_enlace"))
        batch_op.add_column(sa.Column("selector", sa.String(64), nullable=True))
    with op.batch_alter_table("receptores", schema=None) as batch_op:
        batch_op.add_column(_list("tribunales_pjud"))
    with op.batch_alter_table("usuarios", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("avisos_por_correo", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("buffets", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "modo_hitos",
                _enum("modohitos", "nunca", "al_momento", "semanal"),
                nullable=False,
                server_default="nunca",
            )
        )
        batch_op.add_column(_moment("modo_hitos_desde", nullable=True))
        batch_op.add_column(_moment("resumen_hasta", nullable=True))
    op.create_table(
        "hitos_informados",
        sa.Column("clave", sa.String(64), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("notificacion_id", sa.Integer(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("clave", name=op.f("pk_hitos_informados")),
        sa.ForeignKeyConstraint(
            ["buffet_id"], ["buffets.id"], name=op.f("fk_hitos_informados_buffet_id")
        ),
        sa.ForeignKeyConstraint(
            ["notificacion_id"],
            ["notificaciones.id"],
            name=op.f("fk_hitos_informados_notificacion_id"),
        ),
    )
    op.create_index(op.f("ix_hitos_informados_buffet_id"), "hitos_informados", ["buffet_id"])


def downgrade() -> None:
    op.drop_table("hitos_informados")
    with op.batch_alter_table("buffets", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_buffets_modohitos"), type_="check")
        for name in BUFFET_COLUMNS:
            batch_op.drop_column(name)
    with op.batch_alter_table("usuarios", schema=None) as batch_op:
        batch_op.drop_column("avisos_por_correo")
    with op.batch_alter_table("receptores", schema=None) as batch_op:
        batch_op.drop_column("tribunales_pjud")
    with op.batch_alter_table("notificacion_borradores", schema=None) as batch_op:
        for name in DRAFT_COLUMNS:
            batch_op.drop_column(name)
    op.drop_table("notificacion_respuesta_adjuntos")
    op.drop_table("notificacion_respuestas")
    op.execute("DELETE FROM notificaciones WHERE oficio_id IS NULL")
    with op.batch_alter_table("notificaciones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notificaciones_buffet_id"))
        batch_op.drop_constraint(batch_op.f("uq_notificaciones_selector"), type_="unique")
        batch_op.drop_constraint(
            batch_op.f("fk_notificaciones_recordatorio_de_id"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_notificaciones_buffet_id"), type_="foreignkey")
        for name in NOTICE_COLUMNS:
            batch_op.drop_column(name)
        batch_op.alter_column("oficio_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("plantillas")
    op.drop_table("avisos")
