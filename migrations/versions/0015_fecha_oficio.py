"""The order's own date, apart from the day on which it came in

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-28 18:20:00
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

#: Headers of lists that were taken for the day of entry while there was no field for them.
_HEADERS = {"fecha oficio", "fecha de oficio", "fecha del oficio"}


def upgrade() -> None:
    with op.batch_alter_table("oficios") as table:
        # Nobody knows it of the orders that are there already, so it stays empty.
        table.add_column(sa.Column("fecha_oficio", sa.Date(), nullable=True))
    _forget(lambda header, campo: header in _HEADERS and campo == "fecha_ingreso")


def downgrade() -> None:
    _forget(lambda _header, campo: campo == "fecha_oficio")
    with op.batch_alter_table("oficios") as table:
        table.drop_column("fecha_oficio")


def _forget(is_wrong) -> None:
    """Take what buffets' lists taught of such a column away: it is guessed anew."""
    bind = op.get_bind()
    rows = bind.execute(sa.text("SELECT id, mapeo_importacion FROM buffets")).all()
    for pk, learned in rows:
        known = json.loads(learned) if isinstance(learned, str) else learned
        kept = {header: campo for header, campo in known.items() if not is_wrong(header, campo)}
        if kept != known:
            bind.execute(
                sa.text("UPDATE buffets SET mapeo_importacion = :kept WHERE id = :pk"),
                {"kept": json.dumps(kept), "pk": pk},
            )
