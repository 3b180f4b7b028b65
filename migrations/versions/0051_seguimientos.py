"""Days on which somebody comes back to a case

Revision ID: 0051
Revises: 0050
Create Date: 2026-11-29 18:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    name = "seguimientos"

    def points(column: str, target: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{name}_{column}"))

    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.Column("entrada_id", sa.Integer()),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("para", sa.Date(), nullable=False),
        sa.Column("hecho_at", moment),
        sa.Column("hecho_por_id", sa.Integer()),
        sa.Column("created_at", moment, nullable=False),
        points("oficio_id", "oficios"),
        points("entrada_id", "investigaciones"),
        points("usuario_id", "usuarios"),
        points("hecho_por_id", "usuarios"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index("ix_seguimientos_pendientes", name, ["usuario_id", "hecho_at", "para"])
    op.create_index("ix_seguimientos_caso", name, ["oficio_id", "hecho_at", "para"])
    op.create_index(op.f("ix_seguimientos_entrada_id"), name, ["entrada_id"])


def downgrade() -> None:
    op.drop_table("seguimientos")
