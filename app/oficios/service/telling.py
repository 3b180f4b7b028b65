"""Telling of a case whoever has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.avisos.rules import Novedad
from app.avisos.service import may_know, tell
from app.oficios.models import Oficio
from app.usuarios.models import Usuario
from app.usuarios.queries import list_active_admins


def tell_case(
    oficio: Oficio,
    novedad: Novedad,
    texto: str,
    *,
    path: str,
    accion: str,
    clave: str,
    now: datetime,
    actor: Usuario | None = None,
    others: Sequence[Usuario | None] = (),
    cantidad: int = 1,
) -> None:
    """Tell whoever has the case, or else the first of these others, or else every admin.

    Each is told as they chose for this kind of thing, once for each ``clave``, and never of what
    they did themselves (``actor``): then nobody else is told in their place. ``path`` is the page
    where it can be acted on and ``accion`` the words of the button to it; ``cantidad`` is how many
    things it tells of.
    """
    for usuario in whom_to_tell(oficio, others):
        tell(
            usuario,
            texto,
            novedad=novedad,
            url=path,
            accion=accion,
            clave=clave,
            now=now,
            oficio_id=oficio.id,
            actor=actor,
            cantidad=cantidad,
        )


def whom_to_tell(oficio: Oficio, others: Sequence[Usuario | None] = ()) -> list[Usuario]:
    """Who is told of a case: its investigator, else the first of these others, else the admins."""
    for one in (oficio.investigador, *others):
        if one is not None and one.activo and one.is_staff and may_know(one, oficio.id):
            return [one]
    return list_active_admins()
