"""Who may import lists."""

from __future__ import annotations

from app.usuarios.models import Usuario


def can_import(usuario: Usuario) -> bool:
    """Lists hold people's data of a whole buffet: the firm's own people, nobody else."""
    return usuario.is_staff
