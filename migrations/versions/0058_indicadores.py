"""Figures of cases beside the cases

Revision ID: 0058
Revises: 0057
Create Date: 2026-11-30 06:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

_STATES = (
    "pendiente",
    "investigacion",
    "notificacion",
    "finalizado_encontrado",
    "finalizado_no_encontrado",
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)

    def state(table: str) -> tuple[sa.Column, sa.CheckConstraint]:
        listed = ", ".join(f"'{one}'" for one in _STATES)
        return (
            sa.Column("estado", sa.String(40), nullable=False),
            sa.CheckConstraint(f"estado IN ({listed})", name=op.f(f"ck_{table}_estado")),
        )

    op.create_table(
        "ciclos",
        sa.Column("oficio_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("investigador_id", sa.Integer()),
        *state("ciclos"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("desde_at", moment, nullable=False),
        sa.Column("recibido_dia", sa.Date(), nullable=False),
        sa.Column("iniciado_dia", sa.Date()),
        sa.Column("ubicado_dia", sa.Date()),
        sa.Column("cerrado_dia", sa.Date()),
        sa.Column("dias_pendiente", sa.Integer()),
        sa.Column("dias_investigacion", sa.Integer()),
        sa.Column("dias_notificacion", sa.Integer()),
        sa.Column("dias_ubicar", sa.Integer()),
        sa.Column("dias_busqueda", sa.Integer()),
        sa.Column("dias_total", sa.Integer()),
        sa.Column("marca", sa.String(60)),
        sa.Column("comuna", sa.String(60)),
        sa.Column("con_dudas", sa.Boolean(), nullable=False),
        sa.Column("incompleto", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("oficio_id", name=op.f("pk_ciclos")),
    )
    op.create_index("ix_ciclos_received", "ciclos", ["recibido_dia", "buffet_id"])
    op.create_index("ix_ciclos_closed", "ciclos", ["cerrado_dia", "buffet_id"])
    op.create_index("ix_ciclos_located", "ciclos", ["ubicado_dia", "buffet_id"])
    op.create_table(
        "etapas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("investigador_id", sa.Integer()),
        *state("etapas"),
        sa.Column("desde_dia", sa.Date(), nullable=False),
        sa.Column("hasta_dia", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_etapas")),
    )
    op.create_index("ix_etapas_case", "etapas", ["oficio_id"])
    whose = ["buffet_id", "investigador_id", "oficio_id"]
    op.create_index("ix_etapas_entered", "etapas", ["estado", "desde_dia", *whose])
    op.create_index("ix_etapas_left", "etapas", ["estado", "hasta_dia", *whose])
    op.create_table(
        "consultas_dias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dia", sa.Date(), nullable=False),
        sa.Column("fuente", sa.String(40), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("pedidas", sa.Integer(), nullable=False),
        sa.Column("respondidas", sa.Integer(), nullable=False),
        sa.Column("con_datos", sa.Integer(), nullable=False),
        sa.Column("nuevas", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultas_dias")),
        sa.UniqueConstraint(
            "dia", "fuente", "buffet_id", name=op.f("uq_consultas_dias_dia_fuente_buffet_id")
        ),
    )
    op.create_table(
        "indicadores_cortes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leido_at", moment),
        sa.Column("consultas_desde", sa.Date()),
        sa.Column("revisado_at", moment),
        sa.Column("diferencias", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicadores_cortes")),
    )
    op.create_index(
        "ix_ingresos_arrival", "ingresos", ["created_at", "padre_id", "buffet_id", "estado"]
    )
    op.create_index("ix_notificaciones_sent", "notificaciones", ["tipo", "enviada_at", "oficio_id"])


def downgrade() -> None:
    op.drop_index("ix_notificaciones_sent", table_name="notificaciones")
    op.drop_index("ix_ingresos_arrival", table_name="ingresos")
    for name in ("indicadores_cortes", "consultas_dias", "etapas", "ciclos"):
        op.drop_table(name)
