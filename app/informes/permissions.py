"""Who may have an expediente."""

from __future__ import annotations

from app.buffets.models import Buffet
from app.buffets.permissions import Materia, buffet_reads
from app.informes.models import Expediente
from app.informes.rules import Variante
from app.oficios.models import Oficio


def can_have(buffet: Buffet, oficio: Oficio) -> bool:
    """A buffet gets its variant of its own case once that is closed."""
    return oficio.buffet_id == buffet.id and oficio.estado.is_final


def can_download(buffet: Buffet, expediente: Expediente) -> bool:
    """Of the issued ones, a buffet downloads only those that were made for it."""
    return (
        can_have(buffet, expediente.oficio)
        and buffet_reads(Materia.EXPEDIENTE_DEL_BUFFET)
        and expediente.variante is Variante.BUFFET
        and expediente.solo_aprobado
        and expediente.sha256 is not None
    )
