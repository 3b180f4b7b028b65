"""What is promised to buffets, how each promise stands, and when a clock stood

Revision ID: 0053
Revises: 0052
Create Date: 2026-11-30 06:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_PROMISED = ("primera_gestion", "primer_informe", "ubicacion")
_STANDS = ("corre", "detenida", "cumplida", "incumplida", "sin_efecto")
_AWAITED = ("buffet", "tribunal")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)

    def points(name: str, column: str, target: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{name}_{column}"))

    def words(name: str, values: tuple[str, ...]) -> sa.Enum:
        return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)

    op.create_table(
        "promesas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("desde", sa.Date(), nullable=False),
        sa.Column("plazos", sa.JSON(), nullable=False),
        sa.Column("creado_por_id", sa.Integer()),
        sa.Column("created_at", moment, nullable=False),
        points("promesas", "buffet_id", "buffets"),
        points("promesas", "creado_por_id", "usuarios"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promesas")),
        sa.UniqueConstraint("buffet_id", "desde", name=op.f("uq_promesas_buffet_id_desde")),
    )
    name = "compromisos"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("tipo", words("tipopromesa", _PROMISED), nullable=False),
        sa.Column("situacion", words("situacionpromesa", _STANDS), nullable=False),
        sa.Column("empieza_at", moment, nullable=False),
        sa.Column("riesgo_at", moment),
        sa.Column("vence_at", moment),
        sa.Column("cumplida_at", moment),
        sa.Column("decide_at", moment),
        sa.Column("plazo_s", sa.Integer(), nullable=False),
        sa.Column("resta_s", sa.Integer()),
        points(name, "oficio_id", "oficios"),
        points(name, "buffet_id", "buffets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compromisos")),
        sa.UniqueConstraint("oficio_id", "tipo", name=op.f("uq_compromisos_oficio_id_tipo")),
    )
    op.create_index("ix_compromisos_due", name, ["situacion", "vence_at", "oficio_id"])
    op.create_index("ix_compromisos_risk", name, ["situacion", "riesgo_at", "oficio_id"])
    op.create_index("ix_compromisos_decided", name, ["decide_at", "buffet_id", "tipo", "situacion"])
    name = "pausas"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("motivo", words("motivopausa", _AWAITED), nullable=False),
        sa.Column("explicacion", sa.String(300)),
        sa.Column("desde", moment, nullable=False),
        sa.Column("hasta", moment),
        sa.Column("detenida_por_id", sa.Integer()),
        sa.Column("reanudada_por_id", sa.Integer()),
        points(name, "oficio_id", "oficios"),
        points(name, "detenida_por_id", "usuarios"),
        points(name, "reanudada_por_id", "usuarios"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pausas")),
    )
    op.create_index("ix_pausas_oficio_id", name, ["oficio_id", "desde"])
    op.create_index(
        "uq_pausas_open",
        name,
        ["oficio_id"],
        unique=True,
        sqlite_where=sa.text("hasta IS NULL"),
        postgresql_where=sa.text("hasta IS NULL"),
    )


def downgrade() -> None:
    for name in ("pausas", "compromisos", "promesas"):
        op.drop_table(name)
