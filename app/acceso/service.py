"""Opening a case that is not one's own, with a reason that others read."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.acceso.models import Apertura
from app.acceso.queries import find_exact
from app.acceso.rules import OPEN_HOURS, SHORTEST_REASON
from app.ajustes.queries import number_setting
from app.auditoria.service import audit
from app.avisos.rules import Novedad
from app.avisos.service import tell
from app.core.errors import InvalidValue, NotFound
from app.db import db, seeing_others
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.usuarios.models import Usuario
from app.usuarios.queries import list_active_admins


class NoSuchCase(NotFound):
    """There is no case of exactly that plate or number."""

    def __init__(self) -> None:
        super().__init__(
            "No hay ningún caso con esa patente o ese número, escritos exactamente así."
        )


def break_glass(buscado: str, motivo: str, *, actor: Usuario, now: datetime) -> int:
    """Open the newest case of exactly a plate or number for a while; return its id.

    Who opened it and why stands in its bitácora and in the audit, and the admins are told.

    Raises:
        InvalidValue: the reason is too short.
        NoSuchCase: there is none.
    """
    reason = motivo.strip()
    if len(reason) < SHORTEST_REASON:
        raise InvalidValue(
            f"Escriba por qué necesita verlo, con al menos {SHORTEST_REASON} letras: lo leen los "
            "administradores."
        )
    found = find_exact(buscado)
    if not found:
        raise NoSuchCase
    with seeing_others():
        oficio = db.session.scalars(sa.select(Oficio).where(Oficio.id == found[0])).one()
        hours = number_setting(OPEN_HOURS)
        db.session.add(
            Apertura(
                oficio_id=oficio.id,
                usuario_id=actor.id,
                motivo=reason[:300],
                hasta_at=now + timedelta(hours=hours),
                created_at=now,
            )
        )
        record(
            oficio,
            Actividad.NOTA,
            f"Abre este caso, que no tiene asignado, por {hours} horas: {reason[:300]}",
            actor=actor,
            now=now,
        )
        audit(
            "acceso.abierto",
            actor=actor,
            now=now,
            entidad="oficio",
            entidad_id=oficio.id,
            horas=hours,
        )
        for admin in list_active_admins():
            tell(
                admin,
                f"{actor.nombre} abrió el oficio {oficio.numero_oficio}, que no tiene asignado.",
                novedad=Novedad.ACCESO,
                url=f"/oficios/{oficio.id}",
                accion="Ver el caso",
                clave=f"acceso:{oficio.id}:{actor.id}:{now:%Y-%m-%dT%H:%M}",
                now=now,
                oficio_id=oficio.id,
            )
        db.session.flush()
        return oficio.id
