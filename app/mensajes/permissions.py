"""Who releases a message to a buffet, and what a buffet sees of those on its cases."""

from __future__ import annotations

from app.mensajes.models import Mensaje
from app.mensajes.rules import EstadoMensaje
from app.usuarios.models import Usuario


def can_release(usuario: Usuario) -> bool:
    """Whether somebody lets a message of the office go to the buffet, or holds it back."""
    return usuario.is_admin


def can_buffet_see(mensaje: Mensaje, buffet_id: int) -> bool:
    """Whether a buffet sees a message: of a case that it has, exchanged with it, and sent."""
    is_theirs = mensaje.buffet_id == buffet_id == mensaje.oficio.buffet_id
    return is_theirs and mensaje.estado is EstadoMensaje.ENVIADO
