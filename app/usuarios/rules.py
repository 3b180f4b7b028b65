"""What roles there are and what holds for them."""

from __future__ import annotations

import enum

PASSWORD_MIN = 8
PASSWORD_MAX = 200


class Rol(enum.Enum):
    """What a person may do: the firm's admin and investigators, a buffet's people."""

    ADMIN = "admin"
    INVESTIGADOR = "investigador"
    CLIENTE = "cliente"

    @property
    def label(self) -> str:
        """Its name on screen."""
        return {"admin": "Administrador", "investigador": "Investigador", "cliente": "Cliente"}[
            self.value
        ]

    @property
    def is_staff(self) -> bool:
        """Whether it belongs to the firm that searches, not to a buffet."""
        return self is not Rol.CLIENTE


def needs_buffet(rol: Rol) -> bool:
    """A cliente belongs to one buffet; nobody else belongs to any."""
    return rol is Rol.CLIENTE
