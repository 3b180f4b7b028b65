"""A location that was wrong is taken back by an admin, and stays readable."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.avistamientos.models import Avistamiento
from app.avistamientos.rules import Fuente
from app.avistamientos.service import remove_sighting
from app.core.dates import format_fecha_hora
from app.core.errors import Refused
from app.db import db
from app.direcciones.models import Direccion
from app.notificaciones.models import Notificacion
from app.oficios.rules import Actividad, Estado, Parte
from app.oficios.service import Move, move_oficio, record
from app.ubicado.models import Ubicacion
from app.ubicado.permissions import can_undo
from app.ubicado.queries import find_current, list_notified
from app.ubicado.service.locate import lock_oficio
from app.usuarios.models import Usuario


def undo(ubicacion: Ubicacion, motivo: str, *, actor: Usuario, now: datetime) -> str | None:
    """Take a location back for a reason: the case is searched again, and may be checked again.

    What was said of the place because of it (the sighting, the verified address) goes with it.
    Nobody is written to: returns the sentence that says which receptores were told, or None.

    Raises:
        Refused: it is not an admin's, it was undone before, or the case is closed.
    """
    if not can_undo(actor):
        raise Refused("Solo un administrador deshace una ubicación.")
    oficio = lock_oficio(ubicacion.oficio_id)
    db.session.refresh(ubicacion)
    if ubicacion.deshecho_at is not None:
        who = ubicacion.deshecho_por.nombre if ubicacion.deshecho_por else "alguien"
        raise Refused(f"Ya la deshizo {who} el {format_fecha_hora(ubicacion.deshecho_at)}.")
    if oficio.estado.is_final:
        raise Refused("El caso está cerrado: reábralo primero y después deshaga la ubicación.")
    current = find_current(oficio.id)
    is_current = current is not None and current.ubicacion.id == ubicacion.id
    warning = notified_warning(list_notified(ubicacion))
    ubicacion.deshecho_at = now
    ubicacion.deshecho_por_id = actor.id
    ubicacion.deshecho_motivo = motivo
    _take_back_address(ubicacion)
    _take_back_sighting(ubicacion, actor=actor, now=now)
    when = format_fecha_hora(ubicacion.ubicado_at, ubicacion.zona)
    sentences = [f"Se deshace la ubicación del {when} en {ubicacion.completa}: {motivo}", warning]
    record(
        oficio,
        Actividad.SISTEMA,
        "\n".join(part for part in sentences if part),
        actor=actor,
        now=now,
        detalle={"ubicacion_id": ubicacion.id, "motivo": motivo},
        parte=Parte.DIRECCION,
    )
    if is_current and oficio.estado is Estado.NOTIFICACION:
        move_oficio(oficio, Move(Estado.INVESTIGACION, oficio.version), actor=actor, now=now)
    return warning


def notified_warning(notices: list[Notificacion]) -> str | None:
    """Who was told of the place by mail and still believes it; None when nobody was."""
    if not notices:
        return None
    told = [
        f"{notice.destinatario_nombre or notice.destinatario_email} "
        + (
            f"(enviado el {format_fecha_hora(notice.enviada_at)})"
            if notice.enviada_at
            else f"({notice.estado.label.lower()})"
        )
        for notice in notices
    ]
    verb = "Ya se avisó" if len(told) == 1 else "Ya se avisó a varios:"
    names = f" a {told[0]}" if len(told) == 1 else f" {', '.join(told)}"
    return f"{verb}{names}. Rastro no le escribe por su cuenta: avísele usted."


def _take_back_address(ubicacion: Ubicacion) -> None:
    """An address that only this location had verified is verified no more.

    A point on the map that did not come from it stays.
    """
    if ubicacion.direccion_id is None:
        return
    direccion = db.session.get_one(Direccion, ubicacion.direccion_id)
    if direccion.verificada_at != ubicacion.ubicado_at:
        return
    direccion.verificada = False
    direccion.verificada_at = None
    direccion.verificada_por_id = None
    if ubicacion.lat is not None and (direccion.lat, direccion.lon) == (
        ubicacion.lat,
        ubicacion.lon,
    ):
        direccion.lat = direccion.lon = direccion.exactitud_m = None
    direccion.version += 1
    db.session.flush()


def _take_back_sighting(ubicacion: Ubicacion, *, actor: Usuario, now: datetime) -> None:
    """Nobody saw it there; a sighting that somebody corrected since is theirs and stays."""
    seen = db.session.scalar(
        sa.select(Avistamiento).where(
            Avistamiento.oficio_id == ubicacion.oficio_id,
            Avistamiento.fuente == Fuente.TERRENO,
            Avistamiento.fecha_hora == ubicacion.ubicado_at,
            Avistamiento.usuario_id == ubicacion.usuario_id,
        )
    )
    if seen is not None:
        remove_sighting(seen, actor=actor, now=now)
