"""Search cases by make, model and colour of their vehicle too

Revision ID: 0050
Revises: 0049
Create Date: 2026-11-29 18:10:00
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_BATCH = 2000


def _fold(text: str) -> str:
    def plain(text: str) -> str:
        decomposed = unicodedata.normalize("NFKD", text)
        return "".join(char for char in decomposed if not unicodedata.combining(char))

    return " ".join(plain(plain(text).casefold()).split())


def upgrade() -> None:
    connection = op.get_bind()
    vehiculos = sa.table(
        "vehiculos",
        *map(sa.column, ("id", "oficio_id", "marca", "modelo", "color")),
    )
    oficios = sa.table("oficios", sa.column("id"), sa.column("busqueda", sa.Text))
    change = (
        sa.update(oficios)
        .where(oficios.c.id == sa.bindparam("pk"))
        .values(busqueda=oficios.c.busqueda + sa.bindparam("extra", type_=sa.Text))
    )
    last = 0
    while rows := connection.execute(
        sa.select(vehiculos).where(vehiculos.c.id > last).order_by(vehiculos.c.id).limit(_BATCH)
    ).all():
        last = rows[-1].id
        words = [
            (row.oficio_id, _fold(" ".join(filter(None, (row.marca, row.modelo, row.color)))))
            for row in rows
        ]
        values = [{"pk": pk, "extra": f" {text}"} for pk, text in words if text]
        if values:
            connection.execute(change, values)


def downgrade() -> None:
    """Leave the text as it is: the version before only finds more by it, and rebuilds each case's
    when somebody changes it.
    """
