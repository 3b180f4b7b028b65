"""For how long closed cases stay: rules, what they propose, and what was confirmed

Revision ID: 0046
Revises: 0045
Create Date: 2026-11-29 14:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_STATES = (
    "'pendiente', 'investigacion', 'notificacion', 'finalizado_encontrado', "
    "'finalizado_no_encontrado'"
)
_DEEDS = "'borrar', 'anonimizar', 'conservar'"
_DECISIONS = "'propuesta', 'aplazada', 'retenida', 'confirmada'"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)

    def is_one_of(table: str, column: str, values: str, enum: str) -> sa.CheckConstraint:
        return sa.CheckConstraint(f"{column} IN ({values})", name=op.f(f"ck_{table}_{enum}"))

    def points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}")
        )

    name = "retencion_reglas"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer()),
        sa.Column("caso_estado", sa.String(40), nullable=False),
        sa.Column("meses", sa.Integer(), nullable=False),
        sa.Column("accion", sa.String(40), nullable=False),
        sa.Column("fundamento", sa.String(300), nullable=False),
        sa.Column("cambiada_at", moment, nullable=False),
        sa.Column("cambiada_por_id", sa.Integer()),
        is_one_of(name, "caso_estado", _STATES, "estado"),
        is_one_of(name, "accion", _DEEDS, "accionretencion"),
        points(name, "buffet_id", "buffets"),
        points(name, "cambiada_por_id", "usuarios"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("buffet_id", "caso_estado", name="uq_retencion_reglas_buffet"),
    )
    op.create_index(
        "uq_retencion_reglas_office",
        name,
        ["caso_estado"],
        unique=True,
        sqlite_where=sa.text("buffet_id IS NULL"),
        postgresql_where=sa.text("buffet_id IS NULL"),
    )

    name = "retencion_lotes"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.String(20), nullable=False),
        sa.Column("casos", sa.Integer(), nullable=False),
        sa.Column("reglas", sa.JSON(), nullable=False),
        sa.Column("supresion_id", sa.Integer(), nullable=False),
        sa.Column("confirmado_at", moment, nullable=False),
        sa.Column("confirmado_por_id", sa.Integer()),
        sa.Column("pdf", sa.LargeBinary()),
        sa.Column("pdf_sha256", sa.String(64)),
        sa.Column("certificado_at", moment),
        points(name, "supresion_id", "supresiones"),
        points(name, "confirmado_por_id", "usuarios"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("numero", name=op.f(f"uq_{name}_numero")),
    )

    name = "retencion_propuestas"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("estado", sa.String(40), nullable=False),
        sa.Column("caso_estado", sa.String(40), nullable=False),
        sa.Column("accion", sa.String(40), nullable=False),
        sa.Column("meses", sa.Integer(), nullable=False),
        sa.Column("fundamento", sa.String(300), nullable=False),
        sa.Column("vencio", sa.Date(), nullable=False),
        sa.Column("propuesta_at", moment, nullable=False),
        sa.Column("hasta", sa.Date()),
        sa.Column("motivo", sa.String(300)),
        sa.Column("decidida_at", moment),
        sa.Column("decidida_por_id", sa.Integer()),
        sa.Column("lote_id", sa.Integer()),
        is_one_of(name, "estado", _DECISIONS, "estadopropuesta"),
        is_one_of(name, "caso_estado", _STATES, "estado"),
        is_one_of(name, "accion", _DEEDS, "accionretencion"),
        points(name, "oficio_id", "oficios"),
        points(name, "decidida_por_id", "usuarios"),
        points(name, "lote_id", "retencion_lotes"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("oficio_id", name=op.f(f"uq_{name}_oficio_id")),
    )
    op.create_index("ix_retencion_propuestas_state", name, ["estado", "vencio"])
    op.create_index(op.f("ix_retencion_propuestas_lote_id"), name, ["lote_id"])


def downgrade() -> None:
    op.drop_table("retencion_propuestas")
    op.drop_table("retencion_lotes")
    op.drop_table("retencion_reglas")
