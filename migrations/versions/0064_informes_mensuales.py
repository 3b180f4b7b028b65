"""The monthly reports of buffets, and the cases that each names

Revision ID: 0064
Revises: 0059
Create Date: 2026-11-30 12:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0059"
branch_labels = None
depends_on = None

_REPORTS, _CASES = "informes_mensuales", "informes_mensuales_casos"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        _REPORTS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buffet_id", sa.Integer(), nullable=False),
        sa.Column("mes", sa.Date(), nullable=False),
        sa.Column("trabajo_id", sa.String(36), nullable=False),
        sa.Column("pdf_key", sa.String(200)),
        sa.Column("pdf_sha256", sa.String(64)),
        sa.Column("pdf_bytes", sa.Integer()),
        sa.Column("xlsx_key", sa.String(200)),
        sa.Column("xlsx_sha256", sa.String(64)),
        sa.Column("xlsx_bytes", sa.Integer()),
        sa.Column("almacen", sa.String(10)),
        sa.Column("emitido_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["buffet_id"], ["buffets.id"], name=op.f(f"fk_{_REPORTS}_buffet_id")
        ),
        sa.ForeignKeyConstraint(
            ["trabajo_id"], ["trabajos.id"], name=op.f(f"fk_{_REPORTS}_trabajo_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_REPORTS}")),
        sa.UniqueConstraint("buffet_id", "mes", name=op.f(f"uq_{_REPORTS}_buffet_id_mes")),
    )
    op.create_index(op.f(f"ix_{_REPORTS}_mes"), _REPORTS, ["mes"])
    op.create_index(op.f(f"ix_{_REPORTS}_trabajo_id"), _REPORTS, ["trabajo_id"])
    op.create_table(
        _CASES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("informe_id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["informe_id"], [f"{_REPORTS}.id"], name=op.f(f"fk_{_CASES}_informe_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_CASES}")),
        sa.UniqueConstraint(
            "informe_id", "oficio_id", name=op.f(f"uq_{_CASES}_informe_id_oficio_id")
        ),
    )
    op.create_index(op.f(f"ix_{_CASES}_oficio_id"), _CASES, ["oficio_id"])


def downgrade() -> None:
    op.drop_table(_CASES)
    op.drop_table(_REPORTS)
