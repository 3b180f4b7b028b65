"""Who may take a location back."""

from __future__ import annotations

from app.usuarios.models import Usuario
from app.usuarios.rules import Rol


def can_undo(usuario: Usuario) -> bool:
    """An admin: the receptor may be on his way, so it is not undone lightly."""
    return usuario.rol is Rol.ADMIN
