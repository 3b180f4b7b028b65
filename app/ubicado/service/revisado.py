"""Somebody goes to see whether the vehicle is still there."""

from __future__ import annotations

from datetime import datetime

from app.core.errors import Refused
from app.db import db
from app.oficios.rules import Actividad, Estado, Parte
from app.oficios.service import record
from app.ubicado.models import Revisado, Ubicacion
from app.ubicado.queries import find_current, find_sent_review
from app.ubicado.rules import ResultadoRevision
from app.ubicado.service.locate import lock_oficio, note_seen
from app.ubicado.service.location_refusals import FormReused
from app.usuarios.models import Usuario


def review(
    ubicacion: Ubicacion,
    resultado: ResultadoRevision,
    *,
    cliente_id: str,
    actor: Usuario,
    now: datetime,
) -> Revisado:
    """Write down what was found there; seen again, it is also a sighting.

    The case stays where it is: whether it goes back to the search, a person says. The same form
    again is the same look.

    Raises:
        Refused: the case does not stand on that location any more.
    """
    oficio = lock_oficio(ubicacion.oficio_id)
    sent = find_sent_review(cliente_id)
    if sent is not None:
        if (sent.ubicacion_id, sent.usuario_id) != (ubicacion.id, actor.id):
            raise FormReused
        return sent
    current = find_current(oficio.id)
    if (
        oficio.estado is not Estado.NOTIFICACION
        or current is None
        or current.ubicacion.id != ubicacion.id
    ):
        raise Refused(
            "El caso ya no espera en esta ubicación. Recargue la página para ver por qué."
        )
    if current.is_gone:
        raise Refused("Ya se anotó que no está ahí. Si volvió a verlo, use «¡Ubicado!» otra vez.")
    revisado = Revisado(
        ubicacion_id=ubicacion.id,
        usuario_id=actor.id,
        resultado=resultado,
        cliente_id=cliente_id,
        created_at=now,
    )
    db.session.add(revisado)
    db.session.flush()
    db.session.expire(ubicacion, ["revisiones"])
    record(
        oficio,
        Actividad.TERRENO,
        f"{resultado.label}: {ubicacion.completa}",
        actor=actor,
        now=now,
        detalle={
            "ubicacion_id": ubicacion.id,
            "revisado_id": revisado.id,
            "resultado": resultado.value,
        },
        parte=Parte.DIRECCION,
    )
    if resultado is ResultadoRevision.SIGUE:
        note_seen(oficio, ubicacion, actor=actor, now=now)
    return revisado
