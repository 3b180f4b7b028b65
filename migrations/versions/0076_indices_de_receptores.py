"""Indexes that hold all that the report on receptores asks of notices and answers

Revision ID: 0076
Revises: 0075
Create Date: 2026-11-30 16:10:00
"""

from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

_SENT = "ix_notificaciones_sent"
_ANSWERS = "notificacion_respuestas"
_ANSWERED = "ix_notificacion_respuestas_answered"
_ANSWERS_OF = "ix_notificacion_respuestas_notificacion_id"


def upgrade() -> None:
    op.drop_index(_SENT, table_name="notificaciones")
    op.create_index(
        _SENT,
        "notificaciones",
        ["tipo", "estado", "recordatorio_de_id", "enviada_at", "receptor_id", "oficio_id"],
    )
    op.create_index(_ANSWERED, _ANSWERS, ["notificacion_id", "created_at", "tipo"])
    op.drop_index(_ANSWERS_OF, table_name=_ANSWERS)


def downgrade() -> None:
    op.create_index(_ANSWERS_OF, _ANSWERS, ["notificacion_id"])
    op.drop_index(_ANSWERED, table_name=_ANSWERS)
    op.drop_index(_SENT, table_name="notificaciones")
    op.create_index(_SENT, "notificaciones", ["tipo", "enviada_at", "oficio_id"])
