"""Who may see the files of a case."""

from __future__ import annotations

from app.adjuntos.models import Adjunto
from app.buffets.permissions import Materia, buffet_reads
from app.usuarios.models import Usuario


def can_see_files(usuario: Usuario) -> bool:
    """The firm; a buffet is shown milestones, not the photos or the papers of the search."""
    return usuario.is_staff


def is_for_buffet(adjunto: Adjunto) -> bool:
    """Whether the buffet of the case is shown the copy of a file.

    Only what somebody approved, and only a copy: a document has none, and an original holds where
    and with what it was made.
    """
    return (
        buffet_reads(Materia.FOTOS_APROBADAS)
        and adjunto.aprobado_at is not None
        and adjunto.eliminado_at is None
        and adjunto.copia_key is not None
    )
