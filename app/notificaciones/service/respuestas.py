"""What a receptor answers through the link in his notice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.adjuntos.models import Adjunto
from app.avisos.rules import Novedad
from app.core.clock import SANTIAGO, local_today
from app.core.dates import format_hora
from app.core.errors import Refused
from app.db import db
from app.eventos.rules import TipoEvento
from app.eventos.service.emitting import emit
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.queries.receptor_answers import find_answer
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion, TipoRespuesta
from app.notificaciones.rules.diligencias import FULFILLING, Diligencia, MotivoFrustrada, read_acto
from app.oficios.models import Oficio
from app.oficios.rules import Actividad
from app.oficios.service import record
from app.oficios.service.telling import tell_case
from app.usuarios.models import Usuario


@dataclass(frozen=True)
class RespuestaData:
    """An answer as the form gives it."""

    tipo: TipoRespuesta
    hora_llegada: datetime | None = None
    #: On whose clock it was written.
    zona: ZoneInfo = SANTIAGO
    comentario: str | None = None
    #: What he did, on which day, and why it came to nothing.
    diligencia: Diligencia | None = None
    fecha_diligencia: date | None = None
    motivo: MotivoFrustrada | None = None
    #: Photos that came with it and are stored already.
    adjunto_ids: list[int] = field(default_factory=list)


def check_answerable(notice: Notificacion) -> None:
    """Whether the office may write down what the receptor of a notice answered by another way.

    Raises:
        Refused: it is no notice to a receptor, it never went out, or its case is closed.
    """
    if notice.tipo is not TipoNotificacion.RECEPTOR_JUDICIAL or notice.oficio_id is None:
        raise Refused("Sólo se anota la respuesta de un aviso a un receptor judicial.")
    if notice.estado not in (EstadoNotificacion.ENVIADA, EstadoNotificacion.INCIERTA):
        raise Refused("Este aviso todavía no sale: no hay respuesta que anotar.")
    if db.session.get_one(Oficio, notice.oficio_id).estado.is_final:
        raise Refused("El caso está cerrado: un administrador debe reabrirlo primero.")


def answer_notice(
    notice: Notificacion,
    data: RespuestaData,
    *,
    clave: str,
    now: datetime,
    actor: Usuario | None = None,
) -> Respuesta:
    """Write an answer down and tell whoever has the case. The same ``clave`` is the same answer.

    ``actor`` is who of the office writes down what the receptor said by telephone or in person.

    Raises:
        DiligenciaRefused: what it says of an act does not fit together.
    """
    acto = read_acto(
        data.tipo, data.diligencia, data.fecha_diligencia, data.motivo, today=local_today(now)
    )
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
        diligencia=acto.diligencia if acto else None,
        fecha_diligencia=acto.fecha if acto else None,
        motivo=acto.motivo if acto else None,
        anotada_por_id=actor.id if actor else None,
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
        actor=actor,
        now=now,
        detalle={
            "notificacion_id": notice.id,
            "respuesta_id": respuesta.id,
            "respuesta": data.tipo.value,
            "procedencia": "oficina" if actor else "receptor",
            **({"diligencia": acto.diligencia.value} if acto else {}),
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
    done = data.tipo is TipoRespuesta.DILIGENCIADO and (
        acto is None or acto.diligencia in FULFILLING
    )
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
    if respuesta.acto:
        sentence += f": {respuesta.acto.texto}"
    if respuesta.hora_llegada is not None:
        sentence += f" y llega a las {format_hora(respuesta.hora_llegada, respuesta.zona)}"
    count = len(respuesta.adjuntos)
    if count:
        sentence += ", con 1 foto" if count == 1 else f", con {count} fotos"
    if respuesta.comentario:
        return f"{sentence}: «{respuesta.comentario}»"
    return f"{sentence}."
