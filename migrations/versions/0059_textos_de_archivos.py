"""The words of files that came in, for the search of people; views keep theirs as typed

Revision ID: 0059
Revises: 0062
Create Date: 2026-11-30 12:20:00
"""

from urllib.parse import parse_qsl, quote

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "textos_de_archivos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("texto", sa.Text(), nullable=False),
        sa.Column("entero", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_textos_de_archivos")),
        sa.UniqueConstraint("sha256", name=op.f("uq_textos_de_archivos_sha256")),
    )
    _write_views_plainly()


def _write_views_plainly() -> None:
    """A name in the search of a view stood in percent codes, where nobody found it."""
    bind = op.get_bind()
    views = sa.table("tablero_vistas", sa.column("id"), sa.column("consulta"))
    coded = sa.select(views.c.id, views.c.consulta).where(views.c.consulta.like("%q=%"))
    for pk, consulta in bind.execute(coded).all():
        plain = "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in parse_qsl(consulta))
        bind.execute(sa.update(views).where(views.c.id == pk).values(consulta=plain))


def _quoted(text: str) -> str:
    return "".join(quote(letter) if letter in "%&;=+#" else letter for letter in text)


def downgrade() -> None:
    # Both ways to write a view are read by each version.
    op.drop_table("textos_de_archivos")
