"""A provider that fails again and again is told to the admins, once for each time it is down."""

from __future__ import annotations

from datetime import datetime

from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.consultas.queries.failing_provider import find_streak
from app.usuarios.queries import list_active_admins


def tell_of_provider(cause: str, now: datetime) -> None:
    """Tell the admins when the last look-ups failed, one after the other, whatever their cases.

    Until one succeeds they are not told again.
    """
    since = find_streak()
    if since is None:
        return
    for admin in list_active_admins():
        tell(
            admin,
            f"El proveedor de pórticos falló cuatro veces seguidas. {cause}",
            novedad=Novedad.PROVEEDOR,
            url="/admin/estado",
            accion="Ver el estado",
            clave=f"proveedor:{since}",
            now=now,
        )
