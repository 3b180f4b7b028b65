"""Of which kind a notice is, which are shown as one, and how each person wants each kind

Whoever wanted mail for each notice goes on getting it at once.

Revision ID: 0054
Revises: 0053
Create Date: 2026-11-30 06:20:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_KINDS = (
    "asignado",
    "mencion",
    "avistamiento",
    "respuesta",
    "sin_respuesta",
    "mensaje",
    "por_vencer",
    "vencido",
    "seguimiento",
    "sin_actividad",
    "revisar",
    "correo",
    "ingreso",
    "trabajo",
    "proveedor",
    "respaldo",
    "acceso",
    "obligacion",
    "cuenta",
)
_MAILS = ("no", "momento", "resumen")
#: What the key of a stored notice begins with, and of which kind it was.
_BEFORE = {
    "respuesta": ("respuesta:",),
    "sin_respuesta": ("recordatorio:", "sustituto:"),
    "correo": ("correo:",),
    "revisar": ("revisar:",),
    "ingreso": ("bandeja:",),
    "avistamiento": ("consulta:", "listado:", "avistamiento:"),
    "acceso": ("acceso:",),
    "cuenta": ("clave_api:", "clave:", "factores:"),
}
_PREFERENCES, _HOURS = "avisos_preferencias", "avisos_horas"


def _one_of(column: str, values: tuple[str, ...]) -> sa.TextClause:
    return sa.text(f"{column} IN ({', '.join(repr(value) for value in values)})")


def upgrade() -> None:
    op.create_table(
        _PREFERENCES,
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("novedad", sa.String(40), nullable=False),
        sa.Column("en_campana", sa.Boolean(), nullable=False),
        sa.Column("correo", sa.String(40), nullable=False),
        sa.CheckConstraint(_one_of("novedad", _KINDS), name=op.f(f"ck_{_PREFERENCES}_novedad")),
        sa.CheckConstraint(_one_of("correo", _MAILS), name=op.f(f"ck_{_PREFERENCES}_porcorreo")),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f(f"fk_{_PREFERENCES}_usuario_id")
        ),
        sa.PrimaryKeyConstraint("usuario_id", "novedad", name=op.f(f"pk_{_PREFERENCES}")),
    )
    op.create_table(
        _HOURS,
        sa.Column("usuario_id", sa.Integer(), nullable=False),
        sa.Column("hora", sa.Integer(), nullable=False),
        sa.CheckConstraint("hora BETWEEN 5 AND 22", name=op.f(f"ck_{_HOURS}_hour_of_every_day")),
        sa.ForeignKeyConstraint(
            ["usuario_id"], ["usuarios.id"], name=op.f(f"fk_{_HOURS}_usuario_id")
        ),
        sa.PrimaryKeyConstraint("usuario_id", name=op.f(f"pk_{_HOURS}")),
    )
    for kind in _KINDS:
        op.execute(
            sa.text(
                "INSERT INTO avisos_preferencias (usuario_id, novedad, en_campana, correo) "
                "SELECT id, :kind, :yes, 'momento' FROM usuarios "
                "WHERE avisos_por_correo AND rol <> 'cliente'"
            ).bindparams(sa.bindparam("yes", True, sa.Boolean), kind=kind)
        )
    with op.batch_alter_table("usuarios") as table:
        table.drop_column("avisos_por_correo")
    with op.batch_alter_table("avisos") as table:
        table.add_column(
            sa.Column("novedad", sa.String(40), nullable=False, server_default="obligacion")
        )
        table.add_column(sa.Column("tanda", sa.String(80), nullable=False, server_default=""))
        table.add_column(sa.Column("cantidad", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(
            sa.Column("en_campana", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        table.add_column(sa.Column("correo", sa.String(40), nullable=False, server_default="no"))
        table.add_column(sa.Column("correo_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("notificacion_id", sa.Integer()))
        table.create_check_constraint(op.f("ck_avisos_novedad"), _one_of("novedad", _KINDS))
        table.create_check_constraint(op.f("ck_avisos_porcorreo"), _one_of("correo", _MAILS))
    with op.batch_alter_table("avisos") as table:
        for name in ("novedad", "tanda", "cantidad", "en_campana", "correo"):
            table.alter_column(name, server_default=None)
    op.execute("UPDATE avisos SET tanda = clave")
    for kind, starts in _BEFORE.items():
        for start in starts:
            op.execute(
                sa.text("UPDATE avisos SET novedad = :kind WHERE clave LIKE :start").bindparams(
                    kind=kind, start=f"{start}%"
                )
            )
    op.create_index("ix_avisos_tanda", "avisos", ["usuario_id", "tanda"])
    op.create_index("ix_avisos_por_correo", "avisos", ["correo", "correo_at", "usuario_id"])
    op.create_index("ix_avisos_notificacion_id", "avisos", ["notificacion_id"])


def downgrade() -> None:
    for name in ("notificacion_id", "por_correo", "tanda"):
        op.drop_index(f"ix_avisos_{name}", table_name="avisos")
    # The bell of before shows all that it has: what only came by mail leaves.
    op.execute(sa.text("DELETE FROM avisos WHERE NOT en_campana"))
    with op.batch_alter_table("avisos") as table:
        table.drop_constraint(op.f("ck_avisos_novedad"), type_="check")
        table.drop_constraint(op.f("ck_avisos_porcorreo"), type_="check")
        for name in (
            "novedad",
            "tanda",
            "cantidad",
            "en_campana",
            "correo",
            "correo_at",
            "notificacion_id",
        ):
            table.drop_column(name)
    with op.batch_alter_table("usuarios") as table:
        table.add_column(
            sa.Column("avisos_por_correo", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(
        sa.text(
            "UPDATE usuarios SET avisos_por_correo = :yes WHERE id IN "
            "(SELECT usuario_id FROM avisos_preferencias WHERE correo <> 'no')"
        ).bindparams(sa.bindparam("yes", True, sa.Boolean))
    )
    op.drop_table(_HOURS)
    op.drop_table(_PREFERENCES)
