"""Messages between the office and a buffet on a case, and links of one person of a buffet

Revision ID: 0055
Revises: 0054
Create Date: 2026-11-30 06:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

_KINDS = (
    "consulta_api",
    "nota",
    "llamada",
    "terreno",
    "cambio_estado",
    "notificacion",
    "adjunto",
    "sistema",
)


def upgrade() -> None:
    for name in ("investigaciones", "textos_predefinidos"):
        _kinds(name, *_KINDS, "mensaje")
    with op.batch_alter_table("enlaces") as table:
        table.add_column(sa.Column("etiqueta", sa.String(120)))
        table.add_column(sa.Column("email", sa.String(254)))
        table.create_index(op.f("ix_enlaces_email"), ["email"])
    moment = sa.DateTime(timezone=True)
    name = "mensajes"

    def points(column: str, target: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{name}_{column}"))

    def choice(enum: str, *values: str) -> sa.Enum:
        return sa.Enum(*values, name=enum, native_enum=False, create_constraint=True, length=40)

    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("entrada_id", sa.Integer(), nullable=False),
        sa.Column("lado", choice("ladomensaje", "oficina", "buffet"), nullable=False),
        sa.Column("clase", choice("clasemensaje", "informa", "pregunta", "orden"), nullable=False),
        sa.Column(
            "estado",
            choice("estadomensaje", "por_validar", "enviado", "descartado"),
            nullable=False,
        ),
        sa.Column("enlace_id", sa.Integer()),
        sa.Column("responde_a_id", sa.Integer()),
        sa.Column("respondido_at", moment),
        sa.Column("decidido_por_id", sa.Integer()),
        sa.Column("decidido_at", moment),
        sa.Column("motivo", sa.String(300)),
        sa.Column("created_at", moment, nullable=False),
        points("oficio_id", "oficios"),
        points("buffet_id", "buffets"),
        points("entrada_id", "investigaciones"),
        points("enlace_id", "enlaces"),
        points("responde_a_id", "mensajes"),
        points("decidido_por_id", "usuarios"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("entrada_id", name=op.f(f"uq_{name}_entrada_id")),
    )
    op.create_index("ix_mensajes_caso", name, ["oficio_id", "id"])
    op.create_index("ix_mensajes_buffet", name, ["buffet_id", "estado", "respondido_at", "id"])
    op.create_index("ix_mensajes_estado", name, ["estado", "id"])
    op.create_index(op.f("ix_mensajes_responde_a_id"), name, ["responde_a_id"])


def _kinds(name: str, *kinds: str) -> None:
    """Say again of which kinds an entry may be."""
    constraint = op.f(f"ck_{name}_actividad")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table(name) as table:
        table.drop_constraint(constraint, type_="check")
        table.create_check_constraint(constraint, sa.text(f"tipo IN ({listed})"))


def downgrade() -> None:
    op.drop_table("mensajes")
    # What was written stays in the bitácora as a kind that an earlier version knows; the chain of
    # custody tells that its kind was changed.
    op.execute("UPDATE investigaciones SET tipo = 'nota' WHERE tipo = 'mensaje'")
    op.execute("UPDATE textos_predefinidos SET tipo = 'nota' WHERE tipo = 'mensaje'")
    for name in ("textos_predefinidos", "investigaciones"):
        _kinds(name, *_KINDS)
    with op.batch_alter_table("enlaces") as table:
        table.drop_index(op.f("ix_enlaces_email"))
        table.drop_column("email")
        table.drop_column("etiqueta")
