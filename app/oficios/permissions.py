"""Who may see and work on an oficio."""

from __future__ import annotations

from app.oficios.models import Oficio
from app.usuarios.models import Usuario


def can_see(usuario: Usuario, oficio: Oficio) -> bool:
    """The firm sees all; a cliente only what its own buffet sent."""
    return usuario.is_staff or usuario.buffet_id == oficio.buffet_id


def can_work(usuario: Usuario, oficio: Oficio) -> bool:
    """Whoever belongs to the firm works on any case; reading is all that a cliente does."""
    return usuario.is_staff
