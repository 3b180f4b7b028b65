"""Second factors: applications that show codes, passkeys, codes on paper

Revision ID: 0037
Revises: 0036
Create Date: 2026-11-29 08:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "autenticadores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("secreto", sa.String(200), nullable=False),
        sa.Column("ultimo_paso", sa.BigInteger(), nullable=False),
        sa.Column("confirmado_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_autenticadores_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_autenticadores")),
        sa.UniqueConstraint("usuario_id", name=op.f("uq_autenticadores_usuario_id")),
    )
    op.create_table(
        "llaves_acceso",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("nombre", sa.String(60), nullable=False),
        sa.Column("credencial", sa.String(1400), nullable=False),
        sa.Column("clave_publica", sa.Text(), nullable=False),
        sa.Column("contador", sa.BigInteger(), nullable=False),
        sa.Column("usada_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_llaves_acceso_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llaves_acceso")),
        sa.UniqueConstraint("credencial", name=op.f("uq_llaves_acceso_credencial")),
    )
    op.create_index(op.f("ix_llaves_acceso_usuario_id"), "llaves_acceso", ["usuario_id"])
    op.create_table(
        "codigos_respaldo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("usado_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f("fk_codigos_respaldo_usuario_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codigos_respaldo")),
        sa.UniqueConstraint("huella", name=op.f("uq_codigos_respaldo_huella")),
    )
    op.create_index(op.f("ix_codigos_respaldo_usuario_id"), "codigos_respaldo", ["usuario_id"])


def downgrade() -> None:
    op.drop_table("codigos_respaldo")
    op.drop_table("llaves_acceso")
    op.drop_table("autenticadores")
