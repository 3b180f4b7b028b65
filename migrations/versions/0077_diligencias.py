"""What a receptor did, on which day and why it came to nothing; who of the office wrote it down

Answers that exist say no more than they did. On the way back a frustrated act becomes one that did
not find the vehicle, which is the nearest word of before.

Revision ID: 0077
Revises: 0084
Create Date: 2026-11-30 18:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0084"
branch_labels = None
depends_on = None

_TABLE = "notificacion_respuestas"
_INDEX = "ix_notificacion_respuestas_diligencia"
_ANSWERS = ("recibido", "en_camino", "diligenciado", "no_encontrado")
_ACTS = (
    "busqueda_positiva",
    "busqueda_negativa",
    "notificacion_cedula",
    "notificacion_art_44",
    "requerimiento_pago",
    "embargo",
    "embargo_fuerza_publica",
    "embargo_frustrado",
    "oposicion_embargo",
    "retiro",
    "retiro_fuerza_publica",
    "retiro_frustrado",
    "oposicion_retiro",
    "inscripcion",
)
_REASONS = (
    "vehiculo_ausente",
    "sin_moradores",
    "sin_acceso",
    "sin_fuerza_publica",
    "otro_vehiculo",
    "direccion",
    "otro",
)


def _one_of(column: str, values: tuple[str, ...]) -> sa.TextClause:
    return sa.text(f"{column} IN ({', '.join(repr(value) for value in values)})")


def upgrade() -> None:
    tipo = op.f(f"ck_{_TABLE}_tiporespuesta")
    with op.batch_alter_table(_TABLE) as table:
        table.drop_constraint(tipo, type_="check")
        table.create_check_constraint(tipo, _one_of("tipo", (*_ANSWERS, "frustrado")))
        table.add_column(sa.Column("diligencia", sa.String(40)))
        table.add_column(sa.Column("fecha_diligencia", sa.Date()))
        table.add_column(sa.Column("motivo", sa.String(40)))
        table.add_column(sa.Column("anotada_por_id", sa.Integer()))
        table.create_check_constraint(op.f(f"ck_{_TABLE}_diligencia"), _one_of("diligencia", _ACTS))
        table.create_check_constraint(
            op.f(f"ck_{_TABLE}_motivofrustrada"), _one_of("motivo", _REASONS)
        )
        table.create_foreign_key(
            op.f(f"fk_{_TABLE}_anotada_por_id"), "usuarios", ["anotada_por_id"], ["id"]
        )
    op.create_index(_INDEX, _TABLE, ["diligencia", "notificacion_id"])


def downgrade() -> None:
    tipo = op.f(f"ck_{_TABLE}_tiporespuesta")
    op.drop_index(_INDEX, table_name=_TABLE)
    answers = sa.table(_TABLE, sa.column("tipo"))
    op.execute(sa.update(answers).where(answers.c.tipo == "frustrado").values(tipo="no_encontrado"))
    with op.batch_alter_table(_TABLE) as table:
        table.drop_constraint(op.f(f"fk_{_TABLE}_anotada_por_id"), type_="foreignkey")
        table.drop_constraint(op.f(f"ck_{_TABLE}_motivofrustrada"), type_="check")
        table.drop_constraint(op.f(f"ck_{_TABLE}_diligencia"), type_="check")
        for name in ("anotada_por_id", "motivo", "fecha_diligencia", "diligencia"):
            table.drop_column(name)
        table.drop_constraint(tipo, type_="check")
        table.create_check_constraint(tipo, _one_of("tipo", _ANSWERS))
