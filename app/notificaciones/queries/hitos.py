"""What happened to cases, for their next step and milestones: on screen, by mail, by API.

``avance`` decides; this only reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.clock import local_today
from app.db import prepared
from app.notificaciones.models import Notificacion, Respuesta
from app.notificaciones.rules import (
    COPY_KEY,
    EstadoNotificacion,
    TipoNotificacion,
    TipoRespuesta,
)
from app.notificaciones.rules.avance import Avance, Caso, Hecho, Hito, Situacion, Suceso, follow
from app.notificaciones.rules.diligencias import FULFILLING, Acto, Diligencia, MotivoFrustrada
from app.notificaciones.rules.sources import list_found
from app.oficios.models import Investigacion, Oficio, is_step
from app.oficios.rules import Estado


def _suceso(
    tipo: TipoRespuesta, diligencia: Diligencia | None, motivo: MotivoFrustrada | None
) -> Suceso | None:
    """What an answer means for its case; None for one that only says it was read."""
    match tipo:
        case TipoRespuesta.NO_ENCONTRADO:
            return Suceso.NO_ENCONTRADO
        case TipoRespuesta.FRUSTRADO:
            is_gone = motivo is MotivoFrustrada.VEHICULO_AUSENTE
            return Suceso.NO_ENCONTRADO if is_gone else Suceso.FRUSTRADO
        case TipoRespuesta.DILIGENCIADO:
            is_whole = diligencia is None or diligencia in FULFILLING
            return Suceso.DILIGENCIADO if is_whole else Suceso.ACTUACION
    return None


def list_avances(oficio_ids: list[int]) -> dict[int, Avance]:
    """How far each of several oficios is, in five queries."""
    happened: dict[int, list[Hecho]] = {pk: [] for pk in oficio_ids}
    for source in (_steps(oficio_ids), _notices(oficio_ids), list_found(oficio_ids)):
        for pk, hecho in source:
            happened[pk].append(hecho)
    return {
        row.id: follow(
            Caso(
                estado=row.estado,
                has_investigador=row.investigador_id is not None,
                recibido=row.fecha_ingreso or local_today(row.created_at),
                created_at=row.created_at,
                hechos=happened[row.id],
                clave=f"oficio:{row.id}",
            )
        )
        for row in _cases.rows(oficio_ids=oficio_ids)
    }


@prepared
def _cases(oficio_ids: Any) -> sa.Select:
    return sa.select(
        Oficio.id, Oficio.estado, Oficio.investigador_id, Oficio.fecha_ingreso, Oficio.created_at
    ).where(Oficio.id.in_(oficio_ids))


def find_situacion(oficio: Oficio, *, has_mails: bool, was_left: bool | None = None) -> Situacion:
    """Where one case stands, as its page asks with every section.

    While no mail of it was ordered, its row says it all: a location leads out of the search, a
    return to the search ends it, and only a place that was left since is told by nothing else:
    ``was_left``, asked here unless it is known.
    """
    is_told = has_mails
    if not is_told and oficio.estado is Estado.NOTIFICACION:
        is_told = _was_left(oficio.id) if was_left is None else was_left
    if is_told:
        return list_avances([oficio.id])[oficio.id].situacion
    caso = Caso(
        estado=oficio.estado,
        has_investigador=oficio.investigador_id is not None,
        recibido=local_today(oficio.created_at),
        created_at=oficio.created_at,
    )
    return follow(caso).situacion


def _was_left(oficio_id: int) -> bool:
    """Whether a place where the vehicle was found was taken back, or it was gone from there."""
    return any(hecho.suceso is Suceso.PERDIDO for _pk, hecho in list_found([oficio_id]))


def list_hitos(oficio_ids: list[int]) -> dict[int, list[Hito]]:
    """The milestones of several oficios, newest first."""
    return {pk: avance.hitos for pk, avance in list_avances(oficio_ids).items()}


def _steps(oficio_ids: list[int]) -> Iterator[tuple[int, Hecho]]:
    for entry_id, pk, moment, detalle in _moves.rows(oficio_ids=oficio_ids):
        if not (detalle.get("de") and detalle.get("a")):
            continue  # emptied by law
        yield (
            pk,
            Hecho(
                moment,
                Suceso.PASO,
                f"entrada:{entry_id}",
                paso=(Estado(detalle["de"]), Estado(detalle["a"])),
                deshace=bool(detalle.get("deshace")),
            ),
        )


@prepared
def _moves(oficio_ids: Any) -> sa.Select:
    return (
        sa.select(
            Investigacion.id,
            Investigacion.oficio_id,
            Investigacion.ocurrido_at,
            Investigacion.detalle,
        )
        .where(Investigacion.oficio_id.in_(oficio_ids), is_step(Investigacion.tipo))
        .order_by(Investigacion.id)
    )


def _notices(oficio_ids: list[int]) -> Iterator[tuple[int, Hecho]]:
    """The notices to receptores and what came back. An answer proves that its notice arrived."""
    first_answers: dict[int, datetime] = {}
    for row in _answers.rows(oficio_ids=oficio_ids):
        first_answers.setdefault(row.notificacion_id, row.created_at)
        suceso = _suceso(row.tipo, row.diligencia, row.motivo)
        if suceso is not None:
            hecho = Hecho(
                row.created_at,
                suceso,
                f"respuesta:{row.id}",
                notificacion_id=row.notificacion_id,
                acto=Acto(row.diligencia, row.fecha_diligencia)
                if row.diligencia and row.fecha_diligencia
                else None,
            )
            yield row.oficio_id, hecho
    for row in _sent_notices.rows(oficio_ids=oficio_ids):
        sent = row.enviada_at or first_answers.get(row.id)
        if sent is not None:
            yield row.oficio_id, Hecho(sent, Suceso.AVISADO, f"aviso:{row.id}")
        elif row.estado is EstadoNotificacion.INCIERTA:
            doubtful = row.enviando_at or row.created_at
            yield row.oficio_id, Hecho(doubtful, Suceso.ENVIO_INCIERTO, f"aviso:{row.id}")


def _of_receptores(oficio_ids: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Notificacion.oficio_id.in_(oficio_ids),
        Notificacion.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
    )


@prepared
def _answers(oficio_ids: Any) -> sa.Select:
    return (
        sa.select(Respuesta.id, Respuesta.tipo, Respuesta.created_at, Respuesta.notificacion_id)
        .add_columns(Notificacion.oficio_id)
        .add_columns(Respuesta.diligencia, Respuesta.fecha_diligencia, Respuesta.motivo)
        .join(Notificacion, Notificacion.id == Respuesta.notificacion_id)
        .where(*_of_receptores(oficio_ids))
        .order_by(Respuesta.id)
    )


@prepared
def _sent_notices(oficio_ids: Any) -> sa.Select:
    return sa.select(
        Notificacion.id,
        Notificacion.oficio_id,
        Notificacion.estado,
        Notificacion.enviada_at,
        Notificacion.enviando_at,
        Notificacion.created_at,
    ).where(
        *_of_receptores(oficio_ids),
        # A reminder is not news to the client.
        Notificacion.recordatorio_de_id.is_(None),
        # Neither is a copy of what was sent before.
        sa.func.coalesce(Notificacion.clave, "").not_like(f"{COPY_KEY}%"),
    )
