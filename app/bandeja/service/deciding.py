"""What a person decides on an item: to look at it as a list, to send it back, to decline it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.auditoria.service import audit
from app.bandeja.models import Ingreso, Origen
from app.bandeja.rules import EstadoIngreso, TipoIngreso, settle_package
from app.buffets.models import Buffet
from app.core.errors import InvalidValue, Refused
from app.custodia.service import insert_rows, prepare_rows, take_ids
from app.db import db
from app.planillas.models import Importacion
from app.planillas.service.import_oficios import create_importacion
from app.usuarios.models import Usuario

_CLOSED = "Ya se decidió sobre este archivo: {}. Si fue un error, vuelva a abrirlo."
_READING = "Todavía se está leyendo. Espere a que termine."


def assign_buffet(ingreso: Ingreso, buffet: Buffet, *, actor: Usuario, now: datetime) -> None:
    """Say whose an item is, and all that lies in it.

    Raises:
        Refused: cases were made of it already, or the buffet is closed.
    """
    _lock(ingreso)
    if not buffet.activo:
        raise Refused("El buffet está cerrado. Pida que lo reabran, o elija otro.")
    if any(part.estado is EstadoIngreso.CREADO for part in [ingreso, *_inside(ingreso)]):
        raise Refused("Ya se crearon casos con este archivo: siguen siendo de su buffet.")
    for part in [ingreso, *_inside(ingreso)]:
        part.buffet_id = buffet.id
        part.importacion_id = None
        part.version += 1
    _audit("ingreso.buffet", ingreso, actor, now, buffet_id=buffet.id)
    db.session.flush()


def open_as_list(
    ingreso: Ingreso, contenido: bytes, *, actor: Usuario, now: datetime
) -> Importacion:
    """Begin the review of a list; once begun, the same review is opened again.

    Raises:
        Refused: nobody has said whose it is, it is no list, or it was decided on.
    """
    _lock(ingreso)
    _refuse_decided(ingreso)
    if ingreso.tipo is not TipoIngreso.PLANILLA:
        raise Refused("Este archivo no es una planilla.")
    if ingreso.buffet_id is None:
        raise Refused("Diga primero de qué buffet es.")
    if ingreso.importacion is not None and ingreso.importacion.is_draft:
        return ingreso.importacion
    importacion = create_importacion(
        buffet_id=ingreso.buffet_id,
        nombre=ingreso.nombre,
        contenido=contenido,
        mapeo=None,
        actor=actor,
        now=now,
    )
    ingreso.importacion_id = importacion.id
    ingreso.version += 1
    db.session.flush()
    return importacion


def send_back(ingreso: Ingreso, motivo: str, *, actor: Usuario, now: datetime) -> None:
    """Ask the sender for another file; ``motivo`` is what they read.

    Raises:
        InvalidValue: there is no reason.
        Refused: it was decided on.
    """
    _end(ingreso, EstadoIngreso.DEVUELTO, motivo, actor, now)


def decline(ingreso: Ingreso, motivo: str, *, actor: Usuario, now: datetime) -> None:
    """Decide that nothing is made of it; ``motivo`` is what the sender reads.

    Raises:
        InvalidValue: there is no reason.
        Refused: it was decided on.
    """
    _end(ingreso, EstadoIngreso.RECHAZADO, motivo, actor, now)


def reopen(ingreso: Ingreso, *, actor: Usuario, now: datetime) -> None:
    """Take back that it was sent back or declined. Safe to repeat.

    Raises:
        Refused: cases were made of it.
    """
    _lock(ingreso)
    if ingreso.estado.is_open:
        return
    if ingreso.estado is EstadoIngreso.CREADO:
        raise Refused("Ya se crearon casos con este archivo: deshaga la importación.")
    for part in [ingreso, *_inside(ingreso)]:
        if part.estado in {EstadoIngreso.DEVUELTO, EstadoIngreso.RECHAZADO}:
            part.estado = EstadoIngreso.POR_REVISAR
            part.motivo = part.decidido_at = part.decidido_por_id = None
            part.version += 1
    _audit("ingreso.reabierto", ingreso, actor, now)
    settle_above(ingreso)


def note_imported(
    importacion: Importacion, oficio_ids: Collection[int], actor: Usuario, now: datetime
) -> None:
    """A list was imported: the item that it is was made into cases, and is their evidence."""
    for ingreso in db.session.scalars(
        sa.select(Ingreso).where(Ingreso.importacion_id == importacion.id)
    ):
        note_made(ingreso, oficio_ids, actor=actor, now=now)


def note_stored(importacion_id: int, oficio_ids: Collection[int], now: datetime) -> None:
    """Some cases of a list are there, though nobody sees them: the item is their evidence.

    Part by part, as their seals are too many for the transaction that shows all of them.
    """
    items = sa.select(Ingreso.id).where(Ingreso.importacion_id == importacion_id)
    for ingreso_id in db.session.scalars(items).all():
        _add_origins(ingreso_id, oficio_ids, now)


def note_undone(importacion: Importacion, removed: int, actor: Usuario, now: datetime) -> None:
    """What a list made was taken back: its item waits for a decision again, and says so."""
    for ingreso in db.session.scalars(
        sa.select(Ingreso).where(Ingreso.importacion_id == importacion.id)
    ):
        ingreso.problema = f"Se deshizo su importación: {removed} casos."
        if importacion.is_draft and ingreso.estado is EstadoIngreso.CREADO:
            ingreso.estado = EstadoIngreso.POR_REVISAR
            ingreso.decidido_at = ingreso.decidido_por_id = None
        ingreso.version += 1
        _audit("ingreso.deshecho", ingreso, actor, now, casos=removed)
        settle_above(ingreso)


def note_made(
    ingreso: Ingreso, oficio_ids: Collection[int], *, actor: Usuario, now: datetime
) -> None:
    """Cases were made of an item; it may be told of more later."""
    known = set(
        db.session.scalars(sa.select(Origen.oficio_id).where(Origen.ingreso_id == ingreso.id))
    )
    _add_origins(ingreso.id, set(oficio_ids) - known, now)
    if ingreso.estado is not EstadoIngreso.CREADO:
        ingreso.estado = EstadoIngreso.CREADO
        ingreso.decidido_at, ingreso.decidido_por_id = now, actor.id
        ingreso.motivo = None
        ingreso.version += 1
        _audit("ingreso.creado", ingreso, actor, now, casos=len(set(oficio_ids)))
    settle_above(ingreso)


def _add_origins(ingreso_id: int, oficio_ids: Collection[int], now: datetime) -> None:
    """Note, and seal in the chain of each case, that it was made of an item."""
    rows = [{"oficio_id": oficio_id, "ingreso_id": ingreso_id} for oficio_id in sorted(oficio_ids)]
    if not rows:
        return
    prepared = prepare_rows(Origen, rows)
    for pk, row in zip(take_ids(Origen, len(rows)), rows, strict=True):
        row["id"] = pk
    insert_rows([prepared], now)


def settle_above(ingreso: Ingreso) -> None:
    """Let the packages around an item stand where their parts do."""
    db.session.flush()
    padre_id = ingreso.padre_id
    while padre_id is not None:
        padre = db.session.get_one(Ingreso, padre_id)
        parts = db.session.scalars(sa.select(Ingreso.estado).where(Ingreso.padre_id == padre.id))
        after = settle_package(list(parts))
        if padre.estado is not after and padre.estado is not EstadoIngreso.LEYENDO:
            padre.estado = after
            padre.version += 1
        db.session.flush()
        padre_id = padre.padre_id


def _end(
    ingreso: Ingreso, estado: EstadoIngreso, motivo: str, actor: Usuario, now: datetime
) -> None:
    _lock(ingreso)
    _refuse_decided(ingreso)
    if not motivo.strip():
        raise InvalidValue("Escriba el motivo: quien lo envió lo lee.")
    for part in [ingreso, *_inside(ingreso)]:
        if part.estado.is_open:
            part.estado = estado
            part.motivo = motivo.strip()[:500]
            part.decidido_at, part.decidido_por_id = now, actor.id
            part.version += 1
    _audit(f"ingreso.{estado.value}", ingreso, actor, now)
    settle_above(ingreso)


def _refuse_decided(ingreso: Ingreso) -> None:
    if ingreso.estado is EstadoIngreso.LEYENDO:
        raise Refused(_READING)
    if not ingreso.estado.is_open:
        raise Refused(_CLOSED.format(ingreso.estado.label.lower()))


def _inside(ingreso: Ingreso) -> list[Ingreso]:
    """All that lies in an item, at any depth."""
    found: list[Ingreso] = []
    for part in ingreso.partes:
        found += [part, *_inside(part)]
    return found


def _lock(ingreso: Ingreso) -> None:
    db.session.refresh(ingreso, with_for_update=True)


def _audit(what: str, ingreso: Ingreso, actor: Usuario, now: datetime, **facts: Any) -> None:
    audit(what, actor=actor, now=now, entidad="ingreso", entidad_id=ingreso.id, **facts)
