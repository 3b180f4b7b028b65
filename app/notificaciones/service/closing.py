"""After «Diligencia realizada» a case is closed with one deed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.core.dates import format_fecha_hora
from app.core.errors import Refused
from app.db import db
from app.notificaciones.models import Notificacion, Respuesta, says_carried_out
from app.notificaciones.queries.hitos import list_avances
from app.notificaciones.rules.avance import Situacion
from app.oficios.models import Oficio
from app.oficios.rules import Actividad, Estado
from app.oficios.service import Move, move_oficio, record
from app.usuarios.models import Usuario

_WAY = (Estado.PENDIENTE, Estado.INVESTIGACION, Estado.NOTIFICACION, Estado.ENCONTRADO)


def close_carried_out(oficio: Oficio, *, actor: Usuario, now: datetime) -> bool:
    """Close a case as found because its receptor carried out what the court ordered.

    The reason is written down before the steps, each as if made one by one. Of two people who
    press it at once the second closes nothing: False, as for whoever presses it twice.

    Raises:
        Refused: no receptor said so, or the case was closed as not found meanwhile.
    """
    # Locked by its id and read afterwards, so that what the session knew of it is not held stale.
    db.session.execute(sa.select(Oficio.id).where(Oficio.id == oficio.id).with_for_update())
    oficio = db.session.get_one(Oficio, oficio.id, populate_existing=True)
    if oficio.estado is Estado.ENCONTRADO:
        return False
    if oficio.estado is Estado.NO_ENCONTRADO:
        raise Refused("El caso ya se cerró como «No encontrado»: un administrador debe reabrirlo.")
    if list_avances([oficio.id])[oficio.id].situacion is not Situacion.DILIGENCIADO:
        raise Refused(
            "Ningún receptor ha informado la diligencia de esta búsqueda. Mueva el caso con "
            "«Mover» si corresponde cerrarlo."
        )
    notice, answer = _last_done(oficio.id)
    who = notice.destinatario_nombre or notice.destinatario_email
    record(
        oficio,
        Actividad.SISTEMA,
        f"Se cierra como encontrado: {who} informó «{answer.titulo}» el "
        f"{format_fecha_hora(answer.created_at)}.",
        actor=actor,
        now=now,
        detalle={"notificacion_id": notice.id, "respuesta_id": answer.id},
    )
    for estado in _WAY[_WAY.index(oficio.estado) + 1 :]:
        move_oficio(oficio, Move(estado, oficio.version), actor=actor, now=now)
    return True


def _last_done(oficio_id: int) -> tuple[Notificacion, Respuesta]:
    notice, answer = db.session.execute(
        sa.select(Notificacion, Respuesta)
        .join(Respuesta, Respuesta.notificacion_id == Notificacion.id)
        .where(Notificacion.oficio_id == oficio_id, says_carried_out())
        .order_by(Respuesta.id.desc())
        .limit(1)
    ).one()
    return notice, answer
