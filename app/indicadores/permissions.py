"""Who may have a monthly report."""

from __future__ import annotations

from app.buffets.models import Buffet
from app.buffets.permissions import Materia, buffet_reads
from app.indicadores.models import InformeMensual


def is_of_buffet(row: InformeMensual, buffet: Buffet) -> bool:
    """A buffet reads its own months: milestones and figures, as its dashboard shows them."""
    return row.buffet_id == buffet.id and buffet_reads(Materia.HITOS)
