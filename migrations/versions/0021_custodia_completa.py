"""A chain of custody for the office, links with a salt, contents that may be erased

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-29 01:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = ("custodia", "custodia_cabezas", "custodia_revisiones")


def upgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(f"fk_{name}_oficio_id", type_="foreignkey")
            if name == "custodia":
                table.drop_constraint("uq_custodia_oficio_id_secuencia", type_="unique")
                table.alter_column("contenido", existing_type=sa.Text(), nullable=True)
                table.add_column(
                    sa.Column("formato", sa.Integer(), nullable=False, server_default="1")
                )
                table.add_column(sa.Column("sal", sa.String(64), nullable=True))
            table.alter_column("oficio_id", new_column_name="cadena")
    with op.batch_alter_table("custodia") as table:
        table.alter_column("formato", existing_type=sa.Integer(), server_default=None)
        table.create_unique_constraint(
            op.f("uq_custodia_cadena_secuencia"), ["cadena", "secuencia"]
        )


def downgrade() -> None:
    # An older version cannot read what was sealed since: its chains end where it left them, and it
    # seals what is there now once more.
    op.execute("DELETE FROM custodia WHERE formato <> 1 OR cadena NOT IN (SELECT id FROM oficios)")
    op.execute("UPDATE custodia SET contenido = '' WHERE contenido IS NULL")
    op.execute("DELETE FROM custodia_cabezas")
    op.execute("DELETE FROM custodia_revisiones")
    op.execute(
        "INSERT INTO custodia_cabezas (cadena, secuencia, hash)"
        " SELECT cadena, secuencia, hash FROM custodia AS one WHERE secuencia ="
        " (SELECT max(secuencia) FROM custodia AS other WHERE other.cadena = one.cadena)"
    )
    op.execute("DELETE FROM ajustes WHERE clave IN ('custodia_desde', 'custodia_tipos')")
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            if name == "custodia":
                table.drop_constraint("uq_custodia_cadena_secuencia", type_="unique")
                table.drop_column("sal")
                table.drop_column("formato")
                table.alter_column("contenido", existing_type=sa.Text(), nullable=False)
            table.alter_column("cadena", new_column_name="oficio_id")
        with op.batch_alter_table(name) as table:
            if name == "custodia":
                table.create_unique_constraint(
                    op.f("uq_custodia_oficio_id_secuencia"), ["oficio_id", "secuencia"]
                )
            table.create_foreign_key(op.f(f"fk_{name}_oficio_id"), "oficios", ["oficio_id"], ["id"])
