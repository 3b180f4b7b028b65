"""Keys of the API: scopes, an end, and from where they were last used

Those that exist work for a year more, counted from the upgrade. Keys of accounts that are closed
are revoked: they do not come back with their account.

Revision ID: 0034
Revises: 0033
Create Date: 2026-11-29 07:20:00
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_CHECK = "ck_claves_api_alcance"


def upgrade() -> None:
    with op.batch_alter_table("claves_api") as table:
        table.add_column(sa.Column("alcances", sa.String(60)))
        table.add_column(sa.Column("vence_at", _MOMENT))
        table.add_column(sa.Column("ultimo_uso_desde", sa.String(45)))
    claves = sa.table(
        "claves_api",
        sa.column("alcance", sa.String),
        sa.column("alcances", sa.String),
        sa.column("datos_personales", sa.Boolean),
        sa.column("usuario_id", sa.Integer),
        sa.column("vence_at", _MOMENT),
        sa.column("revocada_at", _MOMENT),
    )
    now = datetime.now(UTC)
    for alcance, deeds in (("lectura", "lectura"), ("escritura", "escritura lectura")):
        for reads, words in ((False, deeds), (True, f"datos_personales {deeds}")):
            op.execute(
                claves.update()
                .where(claves.c.alcance == alcance, claves.c.datos_personales == sa.literal(reads))
                .values(alcances=words, vence_at=now + timedelta(days=365))
            )
    usuarios = sa.table(
        "usuarios",
        sa.column("id", sa.Integer),
        sa.column("activo", sa.Boolean),
        sa.column("buffet_id", sa.Integer),
    )
    buffets = sa.table("buffets", sa.column("id", sa.Integer), sa.column("activo", sa.Boolean))
    closed = sa.select(buffets.c.id).where(buffets.c.activo == sa.false())
    gone = sa.select(usuarios.c.id).where(
        sa.or_(usuarios.c.activo == sa.false(), usuarios.c.buffet_id.in_(closed))
    )
    op.execute(
        claves.update()
        .where(claves.c.revocada_at.is_(None), claves.c.usuario_id.in_(gone))
        .values(revocada_at=now)
    )
    with op.batch_alter_table("claves_api") as table:
        table.drop_constraint(op.f(_CHECK), type_="check")
        table.drop_column("alcance")
        table.drop_column("datos_personales")
        table.alter_column("alcances", existing_type=sa.String(60), nullable=False)
        table.alter_column("vence_at", existing_type=_MOMENT, nullable=False)
        table.create_index(op.f("ix_claves_api_vence_at"), ["vence_at"])


def downgrade() -> None:
    with op.batch_alter_table("claves_api") as table:
        table.add_column(sa.Column("alcance", sa.String(40)))
        table.add_column(sa.Column("datos_personales", sa.Boolean()))
    op.execute(
        "UPDATE claves_api SET"
        " alcance = CASE WHEN alcances LIKE '%escritura%' THEN 'escritura' ELSE 'lectura' END,"
        " datos_personales = (alcances LIKE '%datos_personales%')"
    )
    # An older version knows no end: what is over stays over.
    op.execute(
        "UPDATE claves_api SET revocada_at = vence_at"
        " WHERE revocada_at IS NULL AND vence_at <= CURRENT_TIMESTAMP"
    )
    with op.batch_alter_table("claves_api") as table:
        table.drop_index(op.f("ix_claves_api_vence_at"))
        table.drop_column("alcances")
        table.drop_column("vence_at")
        table.drop_column("ultimo_uso_desde")
        table.alter_column("alcance", existing_type=sa.String(40), nullable=False)
        table.alter_column("datos_personales", existing_type=sa.Boolean(), nullable=False)
        table.create_check_constraint(op.f(_CHECK), sa.text("alcance IN ('lectura', 'escritura')"))
