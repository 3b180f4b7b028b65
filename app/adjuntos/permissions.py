"""Who may see the files of a case: pure predicates."""

from __future__ import annotations

from app.usuarios.models import Usuario


def can_see_files(usuario: Usuario) -> bool:
    """The firm; a buffet is shown milestones, not the photos or the papers of the search."""
    return usuario.is_staff
