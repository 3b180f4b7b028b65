"""Webhooks are a way by which data leave, and lists say which cases they held

Revision ID: 0043
Revises: 0042
Create Date: 2026-11-29 13:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_BEFORE = (
    "notificacion",
    "receptor",
    "portal",
    "api",
    "expediente",
    "exportacion",
    "respaldo",
    "respuesta",
    "lectura",
)


def upgrade() -> None:
    _channels(*_BEFORE, "webhook")
    op.create_table(
        "divulgaciones_casos",
        sa.Column("divulgacion_id", sa.Integer(), nullable=False),
        sa.Column("oficio_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["divulgacion_id"],
            ["divulgaciones.id"],
            name=op.f("fk_divulgaciones_casos_divulgacion_id"),
        ),
        sa.PrimaryKeyConstraint("divulgacion_id", "oficio_id", name=op.f("pk_divulgaciones_casos")),
    )
    op.create_index(op.f("ix_divulgaciones_casos_oficio_id"), "divulgaciones_casos", ["oficio_id"])
    _name_returned_cases()


def _name_returned_cases() -> None:
    """What was returned to law firms before says by its row which cases it held."""
    bind = op.get_bind()
    ended = sa.table(
        "encargo_terminos", sa.column("numero"), sa.column("modo"), sa.column("casos", sa.JSON())
    )
    sent = sa.table("divulgaciones", sa.column("id"), sa.column("que"))
    named = sa.table("divulgaciones_casos", sa.column("divulgacion_id"), sa.column("oficio_id"))
    statement = sa.select(ended.c.numero, ended.c.casos).where(ended.c.modo == "devolucion")
    for numero, casos in bind.execute(statement).all():
        que = f"Devolución de datos {numero} (ZIP)"
        found = bind.execute(sa.select(sent.c.id).where(sent.c.que == que)).scalar()
        if found is not None and casos:
            rows = [{"divulgacion_id": found, "oficio_id": each} for each in sorted(set(casos))]
            bind.execute(sa.insert(named), rows)


def _channels(*channels: str) -> None:
    """Say again by which ways data may be seen."""
    name = op.f("ck_divulgaciones_canaldivulgacion")
    listed = ", ".join(f"'{channel}'" for channel in channels)
    with op.batch_alter_table("divulgaciones") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, sa.text(f"canal IN ({listed})"))


def downgrade() -> None:
    op.drop_table("divulgaciones_casos")
    op.execute("DELETE FROM divulgaciones WHERE canal = 'webhook'")
    _channels(*_BEFORE)
