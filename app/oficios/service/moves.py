"""Moving a card: the state it goes to and its rank among the others there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from app.core.clock import is_within
from app.db import db
from app.eventos.rules import TipoEvento
from app.eventos.service.emitting import emit
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado, can_move, refusal
from app.oficios.service.bitacora import record
from app.oficios.service.case_refusals import MoveRefused
from app.oficios.service.versions import check_version, touch
from app.usuarios.models import Usuario

#: Distance between the ranks of neighbours; a drop in between writes one row.
RANK_GAP = 1_000_000
#: Sentinel rank below all others: no gap was left; the column must be renumbered.
_NO_GAP = -(2**62)
#: How long a move may be undone: what the screen offers, and some time for a slow line.
UNDO_PERIOD = timedelta(seconds=20)


@dataclass(frozen=True)
class Move:
    """A drop: the state it goes to, the version that was seen, and the card above it there."""

    estado: Estado
    version: int
    #: The card above it; None for the top of the column.
    despues_de: int | None = None


def move_oficio(oficio: Oficio, move: Move, *, actor: Usuario, now: datetime) -> None:
    """Move a card and write it in the bitácora.

    A drop on the card's own column only changes its rank.

    Raises:
        StaleOficio: somebody changed it since the actor saw it.
        MoveRefused: the flow has no path between the two states.
    """
    check_version(oficio, move.version, now)
    if move.estado is not oficio.estado:
        if not can_move(oficio.estado, move.estado, actor.rol):
            raise MoveRefused(refusal(oficio.estado, move.estado, actor.rol))
        verb = "Se reabre en" if oficio.estado.is_final else "Pasa a"
        _enter(oficio, move.estado, verb, actor=actor, now=now)
    _place(oficio, move.despues_de)
    touch(oficio, actor=actor, now=now)


def _enter(
    oficio: Oficio,
    estado: Estado,
    verb: str,
    *,
    actor: Usuario,
    now: datetime,
    is_undo: bool = False,
) -> None:
    """Change the state and write it down; an undo is marked, so that it tells nobody of news."""
    origin = oficio.estado
    oficio.estado = estado
    oficio.estado_desde = now
    record(
        oficio,
        Actividad.CAMBIO_ESTADO,
        f"{verb} {estado.label}",
        actor=actor,
        now=now,
        detalle={
            "de": origin.value,
            "a": estado.value,
            **({"deshace": True} if is_undo else {}),
        },
    )
    _announce(oficio, origin, now)


def _announce(oficio: Oficio, origin: Estado, now: datetime) -> None:
    """Tell who watches of the step, and of what it means for the client."""
    kinds = [TipoEvento.ESTADO]
    if origin is Estado.INVESTIGACION and oficio.estado is Estado.NOTIFICACION:
        kinds.append(TipoEvento.UBICADO)
    if oficio.estado.is_final:
        kinds.append(TipoEvento.CERRADO)
    for kind in kinds:
        emit(
            kind,
            oficio_id=oficio.id,
            buffet_id=oficio.buffet_id,
            now=now,
            de=origin.value,
            a=oficio.estado.value,
        )


def undo_move(oficio: Oficio, move: Move, *, actor: Usuario, now: datetime) -> None:
    """Take back a move that the actor has just made, also one that has no way back in the flow.

    A slip of the finger may close a case, and reopening is for admins; for some seconds whoever
    slipped may put the card back where it was. That is a move of its own in the bitácora.

    Raises:
        StaleOficio: somebody changed it since.
        MoveRefused: it was not the actor's own move, it was elsewhere, or it is too long ago.
    """
    check_version(oficio, move.version, now)
    if move.estado is not oficio.estado:
        last = _last_step(oficio)
        if (
            last is None
            or last.usuario_id != actor.id
            or last.detalle.get("de") != move.estado.value
            or not is_within(last.ocurrido_at, now, UNDO_PERIOD)
        ):
            raise MoveRefused("Ya no se puede deshacer. Mueva la tarjeta con su menú.")
        verb = "Se deshace: vuelve a"
        _enter(oficio, move.estado, verb, actor=actor, now=now, is_undo=True)
    _place(oficio, move.despues_de)
    touch(oficio, actor=actor, now=now)


def _last_step(oficio: Oficio) -> Investigacion | None:
    return db.session.scalar(
        sa.select(Investigacion)
        .where(Investigacion.oficio_id == oficio.id, Investigacion.tipo == Actividad.CAMBIO_ESTADO)
        # Steps are written as they happen; a clock that was wrong does not change their order.
        .order_by(Investigacion.id.desc())
        .limit(1)
    )


def rank_on_top(estado: Estado) -> int:
    """The rank above every card of a column."""
    lowest = db.session.scalar(
        sa.select(sa.func.min(Oficio.posicion)).where(Oficio.estado == estado)
    )
    return (lowest or 0) - RANK_GAP


def _top(estado: Estado) -> sa.ScalarSelect[int]:
    """``rank_on_top``, worked out by the very statement that stores it."""
    other = aliased(Oficio)
    lowest = sa.func.coalesce(sa.func.min(other.posicion), 0)
    return sa.select(lowest - RANK_GAP).where(other.estado == estado).scalar_subquery()


def _place(oficio: Oficio, above_id: int | None) -> None:
    """Put a card right below another one of its column, or on top when there is none such.

    The rank is worked out by the statement that stores it. The column is spread when the two
    neighbours stand too close.
    """
    if not above_id or above_id == oficio.id:
        oficio.posicion = _top(oficio.estado)
        return
    db.session.flush()
    if _store_below(oficio, above_id) == _NO_GAP:
        _spread(oficio.estado)
        _store_below(oficio, above_id)


def _store_below(oficio: Oficio, above_id: int) -> int:
    """Store the rank between a card and the one below it; ``_NO_GAP`` where nothing fits."""
    above, below = aliased(Oficio), aliased(Oficio)
    next_rank = (
        sa.select(below.posicion)
        .where(
            below.estado == oficio.estado,
            below.id != oficio.id,
            sa.tuple_(below.posicion, below.id) > sa.tuple_(above.posicion, above.id),
        )
        .order_by(below.posicion, below.id)
        .limit(1)
        .scalar_subquery()
    )
    rank = sa.case(
        (next_rank.is_(None), above.posicion + RANK_GAP),
        (next_rank - above.posicion < 2, _NO_GAP),
        else_=above.posicion + (next_rank - above.posicion) // 2,
    )
    between = (
        sa.select(rank).where(above.id == above_id, above.estado == oficio.estado).scalar_subquery()
    )
    table = Oficio.metadata.tables[Oficio.__tablename__]
    stored: int = db.session.execute(
        sa.update(table)
        .where(table.c.id == oficio.id)
        .values(posicion=sa.func.coalesce(between, _top(oficio.estado)))
        .returning(table.c.posicion)
    ).scalar_one()
    set_committed_value(oficio, "posicion", stored)
    return stored


def _spread(estado: Estado) -> None:
    """Give a column fresh gaps, in its order. Ranks are not versions: nobody's drop goes stale."""
    ids = db.session.scalars(
        sa.select(Oficio.id).where(Oficio.estado == estado).order_by(Oficio.posicion, Oficio.id)
    )
    # The table itself: an update of mapped rows would ask for their versions.
    table = Oficio.metadata.tables[Oficio.__tablename__]
    statement = sa.update(table).where(table.c.id == sa.bindparam("pk"))
    ranks = [{"pk": pk, "posicion": index * RANK_GAP} for index, pk in enumerate(ids)]
    db.session.execute(statement, ranks)
    db.session.expire_all()
