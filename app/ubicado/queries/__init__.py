"""Reading where vehicles were found, and which of those places are to be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.adjuntos.models import Adjunto
from app.ajustes.queries import number_setting, read_setting, setting_column
from app.core.clock import CLOCK_SKEW, is_ahead_of
from app.db import db, prepared
from app.notificaciones.models import Notificacion, Respuesta, says_carried_out
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado
from app.ubicado.models import Revisado, Ubicacion, ubicacion_adjuntos
from app.ubicado.rules import FRESH_PHOTOS, RECHECK_DAYS, ResultadoRevision

#: A case that went back to one of these is being searched again: where it was no longer counts.
_SEARCHING = (Estado.PENDIENTE.value, Estado.INVESTIGACION.value)


@dataclass(frozen=True)
class Vigente:
    """The place where a case's vehicle was found, as long as the case stands on it."""

    ubicacion: Ubicacion
    #: What the last one found who went to see again.
    revisado: Revisado | None
    #: The receptor said that he carried it out.
    is_carried_out: bool
    #: Some place of the case, this one or an earlier one, was taken back or left by the vehicle.
    was_left: bool
    #: What is stored of ``RECHECK_DAYS``.
    recheck: str | None

    @property
    def recheck_days(self) -> int:
        """Days after which somebody should go and see again."""
        return int(read_setting(RECHECK_DAYS, self.recheck))

    @property
    def is_gone(self) -> bool:
        """Somebody went to see, and it was not there any more."""
        return self.revisado is not None and self.revisado.resultado is ResultadoRevision.NO_ESTA

    @property
    def visto_at(self) -> datetime:
        """When it was last seen there."""
        if self.revisado is not None and not self.is_gone:
            return self.revisado.created_at
        return self.ubicacion.ubicado_at


def find_current(oficio_id: int) -> Vigente | None:
    """The newest location of a case that was not undone nor given up for another search."""
    row = db.session.execute(
        _current().where(Ubicacion.oficio_id == oficio_id).limit(1)
    ).one_or_none()
    return Vigente(*row) if row else None


def list_unexecuted(*, seen_before: datetime, now: datetime) -> list[Vigente]:
    """The locations of cases that wait for their receptor, last seen before that moment.

    Also those that were seen at a moment which has not come: a clock that ran ahead dated them.

    Those that are gone, or whose receptor said that he carried it out, wait for nobody.
    """
    rows = db.session.execute(
        _current()
        .join(Oficio, Oficio.id == Ubicacion.oficio_id)
        .where(
            Oficio.estado == Estado.NOTIFICACION,
            sa.or_(Ubicacion.ubicado_at <= seen_before, Ubicacion.ubicado_at > now + CLOCK_SKEW),
        )
    )
    found = [Vigente(*row) for row in rows]
    return [
        one
        for one in found
        if not one.is_gone
        and not one.is_carried_out
        and (one.visto_at <= seen_before or is_ahead_of(one.visto_at, now))
    ]


@cache
def _current() -> sa.Select[Ubicacion, Revisado, bool, bool, str]:
    """The locations on which their cases stand, newest first: one of each case.

    Kept: writing this statement took longer than the database takes to answer it.
    """
    later, seen_again, moved = aliased(Ubicacion), aliased(Revisado), aliased(Investigacion)
    last = (
        sa.select(seen_again.id)
        .where(seen_again.ubicacion_id == Ubicacion.id)
        .order_by(seen_again.created_at.desc(), seen_again.id.desc())
        .limit(1)
        .correlate(Ubicacion)
        .scalar_subquery()
    )
    carried_out = (
        sa.exists()
        .where(
            Respuesta.notificacion_id == Notificacion.id,
            Notificacion.oficio_id == Ubicacion.oficio_id,
            says_carried_out(),
            Respuesta.created_at >= Ubicacion.ubicado_at,
        )
        .correlate(Ubicacion)
    )
    others, looks = aliased(Ubicacion), aliased(Revisado)
    was_left = (
        sa.select(others.id)
        .outerjoin(looks, looks.ubicacion_id == others.id)
        .where(
            others.oficio_id == Ubicacion.oficio_id,
            sa.or_(others.deshecho_at.is_not(None), looks.resultado == ResultadoRevision.NO_ESTA),
        )
        .correlate(Ubicacion)
        .exists()
    )
    searched_again = (
        sa.exists()
        .where(
            moved.oficio_id == Ubicacion.oficio_id,
            moved.tipo == Actividad.CAMBIO_ESTADO,
            moved.created_at > Ubicacion.ubicado_at,
            moved.detalle["a"].as_string().in_(_SEARCHING),
        )
        .correlate(Ubicacion)
    )
    replaced = (
        sa.exists()
        .where(
            later.oficio_id == Ubicacion.oficio_id,
            later.deshecho_at.is_(None),
            sa.tuple_(later.ubicado_at, later.id) > sa.tuple_(Ubicacion.ubicado_at, Ubicacion.id),
        )
        .correlate(Ubicacion)
    )
    return (
        sa.select(Ubicacion, Revisado, carried_out, was_left, setting_column(RECHECK_DAYS))
        .outerjoin(Revisado, Revisado.id == last)
        .where(Ubicacion.deshecho_at.is_(None), ~searched_again, ~replaced)
        .options(joinedload(Ubicacion.usuario), joinedload(Revisado.usuario))
        .order_by(Ubicacion.ubicado_at.desc(), Ubicacion.id.desc())
    )


def list_locations(oficio_id: int) -> list[Ubicacion]:
    """Every location of a case, undone or not, newest first."""
    statement = (
        locations_statement(oficio_id)
        .options(joinedload(Ubicacion.usuario), joinedload(Ubicacion.deshecho_por))
        .options(selectinload(Ubicacion.adjuntos))
        .options(selectinload(Ubicacion.revisiones).joinedload(Revisado.usuario))
    )
    return list(db.session.scalars(statement))


def locations_statement(oficio_id: int) -> sa.Select[Ubicacion]:
    """The locations of a case, newest first, to be cut by whoever shows them."""
    return (
        sa.select(Ubicacion)
        .where(Ubicacion.oficio_id == oficio_id)
        .order_by(Ubicacion.ubicado_at.desc(), Ubicacion.id.desc())
    )


def count_locations(oficio_id: int) -> sa.Select[int]:
    """How often the vehicle was found, as the case page asks for all its counts at once."""
    return sa.select(sa.func.count(Ubicacion.id)).where(Ubicacion.oficio_id == oficio_id)


@dataclass
class Tiempos:
    """When a vehicle was found, when that was taken back, and what was seen there later."""

    id: int
    oficio_id: int
    ubicado_at: datetime
    deshecho_at: datetime | None
    revisiones: list[tuple[ResultadoRevision, datetime]]


def list_times_of(oficio_ids: list[int]) -> list[Tiempos]:
    """When the vehicles of several cases were found and seen again, in one query."""
    found: dict[int, Tiempos] = {}
    for pk, oficio_id, moment, undone, resultado, seen in _times.rows(oficio_ids=oficio_ids):
        one = found.setdefault(pk, Tiempos(pk, oficio_id, moment, undone, []))
        if resultado is not None:
            one.revisiones.append((resultado, seen))
    return list(found.values())


@prepared
def _times(oficio_ids: Any) -> sa.Select:
    return (
        sa.select(
            Ubicacion.id,
            Ubicacion.oficio_id,
            Ubicacion.ubicado_at,
            Ubicacion.deshecho_at,
            Revisado.resultado,
            Revisado.created_at,
        )
        .outerjoin(Revisado, Revisado.ubicacion_id == Ubicacion.id)
        .where(Ubicacion.oficio_id.in_(oficio_ids))
        .order_by(Ubicacion.id, Revisado.created_at, Revisado.id)
    )


def find_location(oficio_id: int, ubicacion_id: int) -> Ubicacion | None:
    """A location of that case, and of no other."""
    return db.session.scalar(
        sa.select(Ubicacion).where(Ubicacion.id == ubicacion_id, Ubicacion.oficio_id == oficio_id)
    )


def find_sent(cliente_id: str) -> Ubicacion | None:
    """What a form that was sent before has become."""
    return db.session.scalar(sa.select(Ubicacion).where(Ubicacion.cliente_id == cliente_id))


def find_sent_review(cliente_id: str) -> Revisado | None:
    """The look at a place that was sent before."""
    return db.session.scalar(sa.select(Revisado).where(Revisado.cliente_id == cliente_id))


def list_fresh_photos(oficio_id: int, usuario_id: int, now: datetime) -> list[Adjunto]:
    """The photos that a person sent to the case a moment ago, which are no location's yet."""
    used = sa.exists().where(ubicacion_adjuntos.c.adjunto_id == Adjunto.id)
    statement = sa.select(Adjunto).where(
        Adjunto.oficio_id == oficio_id,
        Adjunto.usuario_id == usuario_id,
        Adjunto.eliminado_at.is_(None),
        Adjunto.mime_type.startswith("image/"),
        Adjunto.created_at > now - FRESH_PHOTOS,
        ~used,
    )
    return list(db.session.scalars(statement.order_by(Adjunto.id)))


def list_notified(ubicacion: Ubicacion) -> list[Notificacion]:
    """The notices to receptores since a vehicle was found that went out, or may yet go out."""
    statement = (
        sa.select(Notificacion)
        .where(
            Notificacion.oficio_id == ubicacion.oficio_id,
            Notificacion.tipo == TipoNotificacion.RECEPTOR_JUDICIAL,
            Notificacion.estado != EstadoNotificacion.FALLIDA,
            Notificacion.created_at >= ubicacion.ubicado_at,
        )
        .order_by(Notificacion.id)
    )
    return list(db.session.scalars(statement))


def recheck_days() -> int:
    """Days after which somebody should go and see again."""
    return number_setting(RECHECK_DAYS)


def recheck_before(now: datetime) -> datetime:
    """What was last seen before this moment should be looked at again."""
    return now - timedelta(days=recheck_days())
