"""Indexes that hold all that reports ask of the cases' figures

Revision ID: 0073
Revises: 0067
Create Date: 2026-11-30 15:10:00
"""

from alembic import op

revision = "0073"
down_revision = "0067"
branch_labels = None
depends_on = None

_WIDER = {
    "ix_ciclos_received": [
        "recibido_dia",
        "buffet_id",
        "investigador_id",
        "con_dudas",
        "incompleto",
    ],
    "ix_ciclos_closed": [
        "cerrado_dia",
        "buffet_id",
        "investigador_id",
        "estado",
        "dias_total",
        "dias_pendiente",
        "dias_investigacion",
        "dias_notificacion",
        "dias_busqueda",
        "comuna",
        "marca",
        "oficio_id",
    ],
    "ix_ciclos_located": [
        "ubicado_dia",
        "buffet_id",
        "investigador_id",
        "dias_ubicar",
        "comuna",
        "marca",
    ],
}


def upgrade() -> None:
    for name, columns in _WIDER.items():
        op.drop_index(name, table_name="ciclos")
        op.create_index(name, "ciclos", columns)


def downgrade() -> None:
    for name, columns in _WIDER.items():
        op.drop_index(name, table_name="ciclos")
        op.create_index(name, "ciclos", columns[:2])
