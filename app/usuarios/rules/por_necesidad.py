"""Whether everybody of the office sees all cases, or each only those that they need."""

from __future__ import annotations

from app.ajustes.rules import Setting
from app.usuarios.rules import Rol

ALL = "todos"
ASSIGNED = "asignados"

ACCESS_MODE = Setting(
    "acceso.modo",
    "Acceso a los casos",
    "Quién ve qué caso",
    ALL,
    "«Solo los asignados»: cada investigador ve los casos que tiene a cargo, y los que abre "
    "diciendo por qué, lo que queda registrado. Los administradores ven todos.",
    opciones=((ALL, "Todo el personal ve todos los casos"), (ASSIGNED, "Solo los asignados")),
    place=61,
)


def is_limited(rol: Rol, mode: str) -> bool:
    """Whether somebody of that role sees only the cases that they need."""
    return rol is Rol.INVESTIGADOR and mode == ASSIGNED
