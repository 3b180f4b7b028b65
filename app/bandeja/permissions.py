"""Who works the tray."""

from __future__ import annotations

from app.usuarios.models import Usuario


def can_decide(usuario: Usuario) -> bool:
    """What comes in holds the data of everybody's cases: the firm's own people, nobody else."""
    return usuario.is_staff
