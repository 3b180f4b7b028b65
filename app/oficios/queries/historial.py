"""Everything that was ever changed in a case, from its bitácora and from the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.auditoria.models import Auditoria
from app.core.clock import start_of_day
from app.db import db
from app.oficios.models import Investigacion
from app.oficios.queries.bitacora import SISTEMA
from app.oficios.rules import Actividad, Ambito, Parte
from app.usuarios.models import Usuario

#: Audit events that are left out because the bitácora records them in more detail.
_TOLD_TWICE = (
    "adjunto.eliminado",
    "bitacora.entrada_retirada",
    "expediente.emitido",
    "notificacion.enviada",
)
#: Deeds that the audit alone tells and that change something; all others only look or hand on.
_CHANGES = {Ambito.ADJUNTO: ("adjunto.orden", "adjunto.portada")}
_MENDED = sa.or_(
    Investigacion.editado_at.is_not(None),
    Investigacion.retirado_at.is_not(None),
    Investigacion.corrige_id.is_not(None),
)
_OF_PART = {
    Ambito.ASIGNACION: Parte.ASIGNACION,
    Ambito.OFICIO: Parte.OFICIO,
    Ambito.VEHICULO: Parte.VEHICULO,
    Ambito.PERSONA: Parte.PERSONA,
    Ambito.DIRECCION: Parte.DIRECCION,
}
_OF_KIND = {
    Ambito.ESTADO: Actividad.CAMBIO_ESTADO,
    Ambito.ADJUNTO: Actividad.ADJUNTO,
    Ambito.NOTIFICACION: Actividad.NOTIFICACION,
}


@dataclass(frozen=True)
class FiltroHistorial:
    """Which changes somebody wants to see; the empty one wants all."""

    ambitos: tuple[Ambito, ...] = ()
    usuario_id: int | None = None
    #: Days of Santiago, both included.
    desde: date | None = None
    hasta: date | None = None

    def args(self) -> dict[str, object]:
        """Query parameters of the filter, for URLs."""
        given: dict[str, object] = {
            "ambito": [ambito.value for ambito in self.ambitos],
            "quien": self.usuario_id,
            "desde": self.desde.isoformat() if self.desde else None,
            "hasta": self.hasta.isoformat() if self.hasta else None,
        }
        return {name: value for name, value in given.items() if value not in (None, "", [])}


@dataclass(frozen=True)
class HistorialEntry:
    """A change: an entry of the bitácora or a record of the audit, with who and when."""

    momento: datetime
    quien: str | None
    entry: Investigacion | None = None
    record: Auditoria | None = None


def list_changes(
    oficio_id: int, filtro: FiltroHistorial, *, limit: int, offset: int
) -> tuple[list[HistorialEntry], int]:
    """A page of the changes that fit, newest first, and how many fit in all."""
    found = sa.union_all(
        _entries(oficio_id, filtro),
        _records(oficio_id, filtro),
    ).subquery()
    total = db.session.scalar(sa.select(sa.func.count()).select_from(found)) or 0
    page = db.session.execute(
        sa.select(found.c.origen, found.c.id, found.c.momento)
        .order_by(found.c.momento.desc(), found.c.origen, found.c.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    entries = _load_entries([pk for origen, pk, _moment in page if origen == "entrada"])
    records = _load_records([pk for origen, pk, _moment in page if origen == "registro"])
    return [
        _from_entry(entries[pk], moment) if origen == "entrada" else _from_record(*records[pk])
        for origen, pk, moment in page
    ], total


def list_authors(oficio_id: int) -> dict[int, str]:
    """Everybody who changed something in a case or asked for its data, by name."""
    entries = sa.select(Investigacion.usuario_id).where(Investigacion.oficio_id == oficio_id)
    records = sa.select(Auditoria.usuario_id).where(Auditoria.oficio_id == oficio_id)
    found = db.session.execute(
        sa.select(Usuario.id, Usuario.nombre)
        .where(sa.or_(Usuario.id.in_(entries), Usuario.id.in_(records)))
        .order_by(Usuario.nombre, Usuario.id)
    )
    return {**dict(iter(found)), SISTEMA: "Rastro"}


def _entries(oficio_id: int, filtro: FiltroHistorial) -> sa.Select[str, int, datetime]:
    """The entries that tell of a change, at the moment of the last change of their own."""
    moment = sa.func.coalesce(
        Investigacion.retirado_at, Investigacion.editado_at, Investigacion.created_at
    )
    changes = sa.or_(
        Investigacion.tipo.in_([*_OF_KIND.values(), Actividad.SISTEMA]),
        Investigacion.parte.is_not(None),
        _MENDED,
    )
    statement = sa.select(
        sa.literal("entrada").label("origen"), Investigacion.id, moment.label("momento")
    ).where(Investigacion.oficio_id == oficio_id, changes)
    if filtro.ambitos:
        statement = statement.where(sa.or_(*(_about(ambito) for ambito in filtro.ambitos)))
    if filtro.usuario_id is not None:
        statement = statement.where(Investigacion.usuario_id == (filtro.usuario_id or None))
    return _between(statement, moment, filtro)


def _records(oficio_id: int, filtro: FiltroHistorial) -> sa.Select[str, int, datetime]:
    statement = sa.select(
        sa.literal("registro").label("origen"),
        Auditoria.id,
        Auditoria.created_at.label("momento"),
    ).where(Auditoria.oficio_id == oficio_id, Auditoria.accion.not_in(_TOLD_TWICE))
    if filtro.ambitos:
        statement = statement.where(sa.or_(*(_deeds_about(ambito) for ambito in filtro.ambitos)))
    if filtro.usuario_id is not None:
        statement = statement.where(Auditoria.usuario_id == (filtro.usuario_id or None))
    return _between(statement, Auditoria.created_at, filtro)


def _about(ambito: Ambito) -> sa.ColumnElement[bool]:
    if ambito in _OF_PART:
        return Investigacion.parte == _OF_PART[ambito]
    if ambito in _OF_KIND:
        return Investigacion.tipo == _OF_KIND[ambito]
    if ambito is Ambito.BITACORA:
        return _MENDED
    if ambito is Ambito.OTRO:
        return sa.and_(Investigacion.tipo == Actividad.SISTEMA, Investigacion.parte.is_(None))
    return sa.false()


def _deeds_about(ambito: Ambito) -> sa.ColumnElement[bool]:
    if ambito is Ambito.ACCESO:
        changes = [accion for acciones in _CHANGES.values() for accion in acciones]
        return Auditoria.accion.not_in(changes)
    return Auditoria.accion.in_(_CHANGES.get(ambito, ()))


def _between(
    statement: sa.Select[str, int, datetime], moment: Any, filtro: FiltroHistorial
) -> sa.Select[str, int, datetime]:
    if filtro.desde:
        statement = statement.where(moment >= start_of_day(filtro.desde))
    if filtro.hasta:
        statement = statement.where(moment < start_of_day(filtro.hasta + timedelta(days=1)))
    return statement


def _load_entries(ids: list[int]) -> dict[int, Investigacion]:
    if not ids:
        return {}
    statement = (
        sa.select(Investigacion)
        .where(Investigacion.id.in_(ids))
        .options(joinedload(Investigacion.usuario), joinedload(Investigacion.corrige))
    )
    return {entry.id: entry for entry in db.session.scalars(statement)}


def _load_records(ids: list[int]) -> dict[int, tuple[Auditoria, str | None]]:
    if not ids:
        return {}
    statement = (
        sa.select(Auditoria, Usuario.nombre)
        .outerjoin(Usuario, Usuario.id == Auditoria.usuario_id)
        .where(Auditoria.id.in_(ids))
    )
    return {row.id: (row, nombre) for row, nombre in db.session.execute(statement)}


def _from_entry(entry: Investigacion, momento: datetime) -> HistorialEntry:
    return HistorialEntry(momento, entry.usuario.nombre if entry.usuario else None, entry=entry)


def _from_record(record: Auditoria, quien: str | None) -> HistorialEntry:
    return HistorialEntry(record.created_at, quien, record=record)
