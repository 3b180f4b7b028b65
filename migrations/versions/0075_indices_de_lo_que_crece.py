"""Indexes for what grew with an office: bells, mails, answers, jobs of a kind, cases of a buffet

Revision ID: 0075
Revises: 0073
Create Date: 2026-11-30 15:40:00
"""

from alembic import op

revision = "0075"
down_revision = "0073"
branch_labels = None
depends_on = None

_NEW = {
    "ix_avisos_newest": ("avisos", ["usuario_id", "created_at", "id"]),
    "ix_avisos_last": ("avisos", ["usuario_id", "id"]),
    "ix_notificaciones_newest": ("notificaciones", ["created_at", "id"]),
    "ix_notificaciones_recordatorio_de_id": ("notificaciones", ["recordatorio_de_id"]),
    "ix_oficios_of_buffet": (
        "oficios",
        ["buffet_id", "estado", "fecha_limite", "ultima_actividad_at"],
    ),
    "ix_oficios_tribunal": ("oficios", ["buffet_id", "tribunal"]),
    "ix_oficios_of_person": ("oficios", ["investigador_id", "estado"]),
    "ix_trabajos_quiet": ("trabajos", ["usuario_id", "created_at", "estado"]),
    "ix_trabajos_kind": ("trabajos", ["tipo", "estado"]),
}


def upgrade() -> None:
    for name, (table, columns) in _NEW.items():
        op.create_index(name, table, columns)
    op.drop_index("ix_trabajos_tipo", table_name="trabajos")


def downgrade() -> None:
    op.create_index("ix_trabajos_tipo", "trabajos", ["tipo"])
    for name, (table, _columns) in _NEW.items():
        op.drop_index(name, table_name=table)
