"""What the office tells its people of the position of their phones, and who read it

Revision ID: 0078
Revises: 0077
Create Date: 2026-11-30 19:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

_TEXTS, _READ = "ubicacion_informaciones", "ubicacion_lecturas"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        _TEXTS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("texto", sa.Text(), nullable=False),
        sa.Column("publicada_at", moment, nullable=False),
        sa.Column("publicada_por_id", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["publicada_por_id"], ["usuarios.id"], name=op.f(f"fk_{_TEXTS}_publicada_por_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TEXTS}")),
        sa.UniqueConstraint("numero", name=op.f(f"uq_{_TEXTS}_numero")),
    )
    op.create_table(
        _READ,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("informacion_id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("leida_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["informacion_id"], [f"{_TEXTS}.id"], name=op.f(f"fk_{_READ}_informacion_id")
        ),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f(f"fk_{_READ}_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_READ}")),
        sa.UniqueConstraint(
            "usuario_id", "informacion_id", name=op.f(f"uq_{_READ}_usuario_id_informacion_id")
        ),
    )


def downgrade() -> None:
    op.drop_table(_READ)
    op.drop_table(_TEXTS)
