"""What a receptor answers through the link in his notice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.avisos.rules import Novedad
from app.core.clock import SANTIAGO
from app.core.dates import format_hora
from app.db import db
from app.eventos.rules import TipoEvento
from app.eventos.service.emitting import emit
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.queries.receptor_answers import find_answer
from app.notificaciones.rules import TipoRespuesta
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.oficios.service.telling import tell_case


@dataclass(frozen=True)
class RespuestaData:
    """An answer as the form gives it."""

    tipo: TipoRespuesta
    hora_llegada: datetime | None = None
    #: On whose clock it was written.
    zona: ZoneInfo = SANTIAGO
    comentario: str | None = None
    #: Photos that came with it and are stored already.
    adjunto_ids: list[int] = field(default_factory=list)


def answer_notice(
    notice: Notificacion, data: RespuestaData, *, clave: str, now: datetime
) -> Respuesta:
    """Write an answer down and tell whoever has the case. The same ``clave`` is the same answer."""
    oficio = db.session.get_one(
        Oficio, notice.oficio_id, with_for_update=True, populate_existing=True
    )
    existing = find_answer(clave)
    if existing is not None:
        return existing
    photos = sa.select(Adjunto).where(
        Adjunto.id.in_(data.adjunto_ids), Adjunto.oficio_id == oficio.id
    )
    respuesta = Respuesta(
        notificacion_id=notice.id,
        tipo=data.tipo,
        hora_llegada=data.hora_llegada if data.tipo is TipoRespuesta.EN_CAMINO else None,
        zona_llegada=None if data.zona == SANTIAGO else data.zona.key,
        comentario=data.comentario,
        clave=clave,
        created_at=now,
        adjuntos=list(db.session.scalars(photos)),
    )
    db.session.add(respuesta)
    db.session.flush()
    text = describe(notice, respuesta)
    record(
        oficio,
        Actividad.NOTIFICACION,
        text,
        actor=None,
        now=now,
        detalle={
            "notificacion_id": notice.id,
            "respuesta_id": respuesta.id,
            "respuesta": data.tipo.value,
            "procedencia": "receptor",
        },
    )
    emit(
        TipoEvento.RESPONDIDO,
        oficio_id=oficio.id,
        buffet_id=oficio.buffet_id,
        now=now,
        notificacion_id=notice.id,
        respuesta=data.tipo.value,
    )
    done = data.tipo is TipoRespuesta.DILIGENCIADO
    tell_case(
        oficio,
        Novedad.RESPUESTA,
        f"Oficio {oficio.numero_oficio}: " + (f"{text[:440]} ¿Cerrar el caso?" if done else text),
        path=f"/oficios/{oficio.id}/notificaciones/{notice.id}",
        accion="Ver y cerrar" if done else "Ver la respuesta",
        clave=f"respuesta:{respuesta.id}",
        now=now,
        others=[notice.usuario],
    )
    return respuesta


def describe(notice: Notificacion, respuesta: Respuesta) -> str:
    """An answer in one sentence, for the bitácora and the bell."""
    who = notice.destinatario_nombre or notice.destinatario_email
    sentence = f"{who} {respuesta.tipo.told}"
    if respuesta.hora_llegada is not None:
        sentence += f" y llega a las {format_hora(respuesta.hora_llegada, respuesta.zona)}"
    count = len(respuesta.adjuntos)
    if count:
        sentence += ", con 1 foto" if count == 1 else f", con {count} fotos"
    if respuesta.comentario:
        return f"{sentence}: «{respuesta.comentario}»"
    return f"{sentence}."
