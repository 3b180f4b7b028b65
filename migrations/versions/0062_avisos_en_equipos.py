"""Notices on the devices of a person, while no page is open

Revision ID: 0062
Revises: 0058
Create Date: 2026-11-30 11:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0058"
branch_labels = None
depends_on = None

_DEVICES = "avisos_equipos"
#: What is told on devices until a person chooses.
_USUAL = ("asignado", "respuesta")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        _DEVICES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("sesion_id", sa.Integer(), nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("direccion", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.String(120), nullable=False),
        sa.Column("secreto", sa.String(40), nullable=False),
        sa.Column("equipo", sa.String(80), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("enviado_at", moment),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f(f"fk_{_DEVICES}_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_DEVICES}")),
        sa.UniqueConstraint("huella", name=op.f(f"uq_{_DEVICES}_huella")),
    )
    op.create_index(op.f(f"ix_{_DEVICES}_usuario_id"), _DEVICES, ["usuario_id"])
    for name in ("avisos", "avisos_preferencias"):
        with op.batch_alter_table(name) as table:
            table.add_column(
                sa.Column("en_equipos", sa.Boolean(), nullable=False, server_default=sa.false())
            )
            if name == "avisos":
                table.add_column(sa.Column("equipos_at", moment))
        with op.batch_alter_table(name) as table:
            table.alter_column("en_equipos", server_default=None)
    op.create_index("ix_avisos_equipos", "avisos", ["usuario_id", "en_equipos", "equipos_at"])
    # Whoever chose how to be told of these was not asked about devices.
    preferences = sa.table(
        "avisos_preferencias", sa.column("novedad"), sa.column("en_equipos", sa.Boolean)
    )
    op.execute(
        sa.update(preferences).where(preferences.c.novedad.in_(_USUAL)).values(en_equipos=True)
    )


def downgrade() -> None:
    op.drop_index("ix_avisos_equipos", table_name="avisos")
    with op.batch_alter_table("avisos_preferencias") as table:
        table.drop_column("en_equipos")
    with op.batch_alter_table("avisos") as table:
        table.drop_column("equipos_at")
        table.drop_column("en_equipos")
    op.drop_table(_DEVICES)
