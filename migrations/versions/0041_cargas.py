"""Lists that a job imports in parts, unseen until they are complete, and takes back

Revision ID: 0041
Revises: 0040
Create Date: 2026-11-29 14:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_BEFORE = ("borrador", "importada", "descartada")


def upgrade() -> None:
    op.create_table(
        "cargas",
        sa.Column("oficio_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("importacion_id", sa.Integer(), nullable=False),
        sa.Column(
            "estado",
            sa.Enum(
                "entra",
                "sale",
                "deshecha",
                name="estadocarga",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("oficio_id", name=op.f("pk_cargas")),
    )
    op.create_index("ix_cargas_importacion", "cargas", ["importacion_id", "estado"])
    _states(*_BEFORE, "importando", "deshaciendo")
    with op.batch_alter_table("importaciones") as table:
        table.add_column(sa.Column("aprendido", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("total", sa.Integer(), nullable=True))
        table.add_column(sa.Column("problema", sa.String(500), nullable=True))
        table.add_column(sa.Column("deshecha_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("importaciones") as table:
        table.alter_column("aprendido", server_default=None)
    op.create_table(
        "importacion_filas",
        sa.Column("importacion_id", sa.Integer(), nullable=False),
        sa.Column("orden", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("resultado", sa.String(20), nullable=False),
        sa.Column("datos", sa.Text(), nullable=False),
        sa.Column("linea", sa.Text(), nullable=False),
        sa.Column("caso_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["importacion_id"],
            ["importaciones.id"],
            name=op.f("fk_importacion_filas_importacion_id"),
        ),
        sa.PrimaryKeyConstraint("importacion_id", "orden", name=op.f("pk_importacion_filas")),
    )


def _states(*states: str) -> None:
    """Say again where a list may stand."""
    name = op.f("ck_importaciones_estadoimportacion")
    listed = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("importaciones") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, sa.text(f"estado IN ({listed})"))


def downgrade() -> None:
    # What a job had not finished is unseen; an earlier version would show the half of it.
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM cargas WHERE estado <> 'deshecha'")):
        raise RuntimeError("a list is being imported or undone: wait until that is done")
    op.drop_table("importacion_filas")
    op.execute(
        "UPDATE importaciones SET estado = 'importada' WHERE estado NOT IN "
        "('borrador', 'importada', 'descartada')"
    )
    with op.batch_alter_table("importaciones") as table:
        for name in ("deshecha_at", "problema", "total", "aprendido"):
            table.drop_column(name)
    _states(*_BEFORE)
    op.drop_index("ix_cargas_importacion", "cargas")
    op.drop_table("cargas")
