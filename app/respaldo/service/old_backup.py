"""The admins are told when no backup was made for too long: nobody looks for what is missing."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.core.dates import format_fecha_hora
from app.db import db
from app.respaldo.queries import last_backup
from app.respaldo.rules import BACKUP_LIMIT, TOLD_AGAIN
from app.usuarios.models import Usuario
from app.usuarios.queries import list_active_admins


def warn_of_old_backup(now: datetime) -> bool:
    """Tell the admins if the last backup is old, and once a week for as long as it is.

    Where there never was one, the age of the first account counts. False: all is well.
    """
    last = last_backup()
    since = last.at if last else db.session.scalar(sa.select(sa.func.min(Usuario.created_at)))
    if since is None or now - since <= BACKUP_LIMIT:
        return False
    text = (
        f"El último respaldo es del {format_fecha_hora(since)}: desde entonces no se hizo ninguno."
        if last
        else "Todavía no se ha hecho ningún respaldo."
    )
    for admin in list_active_admins():
        tell(
            admin,
            f"{text} Vea por qué, o use «Respaldar ahora».",
            novedad=Novedad.RESPALDO,
            url="/admin/estado",
            accion="Ver el estado",
            clave=f"respaldo:{since:%Y%m%dT%H%M%S}:{(now - since) // TOLD_AGAIN}",
            now=now,
        )
    return True
