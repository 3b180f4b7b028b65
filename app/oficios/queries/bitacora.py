"""The bitácora as its page shows it: filtered, in pages, with who corrected what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app.core.clock import start_of_day
from app.core.text import fold
from app.db import db
from app.oficios.models import Investigacion, TextoPredefinido
from app.oficios.rules import Actividad
from app.usuarios.models import Usuario

#: Value of the filter for entries without an author, which Rastro wrote itself.
SISTEMA = 0


@dataclass(frozen=True)
class BitacoraFilter:
    """Which entries somebody wants to see; the empty one wants all."""

    tipos: tuple[Actividad, ...] = ()
    #: Ids of the authors; ``SISTEMA`` for entries without one.
    usuario_id: int | None = None
    #: Days of Santiago, both included.
    desde: date | None = None
    hasta: date | None = None
    texto: str = ""
    #: One entry with what corrects it and what it corrects.
    entrada_id: int | None = None

    def args(self) -> dict[str, object]:
        """Query parameters of the filter, for URLs."""
        given: dict[str, object] = {
            "tipo": [tipo.value for tipo in self.tipos],
            "quien": self.usuario_id,
            "desde": self.desde.isoformat() if self.desde else None,
            "hasta": self.hasta.isoformat() if self.hasta else None,
            "texto": self.texto,
            "entrada": self.entrada_id,
        }
        return {name: value for name, value in given.items() if value not in (None, "", [])}


@dataclass(frozen=True)
class Entrada:
    """An entry, and the newest one that corrects it."""

    entry: Investigacion
    corregida_por_id: int | None


@dataclass(frozen=True)
class BitacoraSummary:
    """What a bitácora holds: entries of each kind, and who wrote in it."""

    tipos: dict[Actividad, int]
    personas: dict[int, str]

    def count(self, filtro: BitacoraFilter) -> int | None:
        """How many entries fit a filter that asks for kinds alone; None when it asks for more."""
        if filtro != BitacoraFilter(tipos=filtro.tipos):
            return None
        return sum(self.tipos.get(tipo, 0) for tipo in filtro.tipos or self.tipos)


def list_entries(
    oficio_id: int, filtro: BitacoraFilter, *, limit: int, offset: int, total: int | None = None
) -> tuple[list[Entrada], int]:
    """A page of the entries that fit, newest first, and how many fit in all.

    ``total`` is that number when it is known already.
    """
    wanted = _wanted(oficio_id, filtro)
    if filtro.texto:
        return _search(wanted, filtro.texto, limit, offset)
    if total is None:
        total = db.session.scalar(sa.select(sa.func.count(Investigacion.id)).where(*wanted)) or 0
    if filtro == BitacoraFilter():
        return _load_newest(oficio_id, limit, offset), total
    return _load(wanted, limit, offset), total


def summarise(oficio_id: int) -> BitacoraSummary:
    """How many entries of each kind there are, in the order of the kinds, and their authors."""
    rows = db.session.execute(
        sa.select(Investigacion.tipo, Usuario.id, Usuario.nombre, sa.func.count())
        .outerjoin(Usuario, Usuario.id == Investigacion.usuario_id)
        .where(Investigacion.oficio_id == oficio_id)
        .group_by(Investigacion.tipo, Usuario.id, Usuario.nombre)
    ).all()
    counts = {
        tipo: sum(count for kind, _id, _name, count in rows if kind is tipo) for tipo in Actividad
    }
    people = {pk: nombre for _kind, pk, nombre, _count in rows if pk is not None}
    if any(pk is None for _kind, pk, _name, _count in rows):
        people[SISTEMA] = "Rastro"
    return BitacoraSummary(
        {tipo: count for tipo, count in counts.items() if count},
        dict(sorted(people.items(), key=lambda person: (person[0] == SISTEMA, fold(person[1])))),
    )


def list_textos(*, only_active: bool = False) -> list[TextoPredefinido]:
    """The preset texts, kind by kind in their order."""
    statement = sa.select(TextoPredefinido).order_by(
        TextoPredefinido.tipo, TextoPredefinido.posicion, TextoPredefinido.id
    )
    if only_active:
        statement = statement.where(TextoPredefinido.activo)
    return list(db.session.scalars(statement))


def _wanted(oficio_id: int, filtro: BitacoraFilter) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = [Investigacion.oficio_id == oficio_id]
    if filtro.tipos:
        wanted.append(Investigacion.tipo.in_(filtro.tipos))
    if filtro.usuario_id is not None:
        author = filtro.usuario_id or None
        wanted.append(Investigacion.usuario_id == author)
    if filtro.desde:
        wanted.append(Investigacion.ocurrido_at >= start_of_day(filtro.desde))
    if filtro.hasta:
        wanted.append(Investigacion.ocurrido_at < start_of_day(filtro.hasta + timedelta(days=1)))
    if filtro.entrada_id:
        wanted.append(
            sa.or_(
                Investigacion.id == filtro.entrada_id,
                Investigacion.corrige_id == filtro.entrada_id,
            )
        )
    return wanted


def _search(
    wanted: Sequence[sa.ColumnElement[bool]], texto: str, limit: int, offset: int
) -> tuple[list[Entrada], int]:
    """Look for all the words, whatever their accents, which the two databases fold differently."""
    words = fold(texto).split()
    rows = db.session.execute(
        sa.select(Investigacion.id, Investigacion.descripcion)
        .where(*wanted)
        .order_by(Investigacion.ocurrido_at.desc(), Investigacion.id.desc())
    )
    found = []
    for pk, descripcion in rows:
        text = fold(descripcion)
        if all(word in text for word in words):
            found.append(pk)
    page = found[offset : offset + limit]
    return (_load([Investigacion.id.in_(page)], limit, 0) if page else []), len(found)


def _load(wanted: Sequence[sa.ColumnElement[bool]], limit: int, offset: int) -> list[Entrada]:
    statement = _entries().where(*wanted).limit(limit).offset(offset)
    return [Entrada(entry, pk) for entry, pk in db.session.execute(statement)]


def _load_newest(oficio_id: int, limit: int, offset: int) -> list[Entrada]:
    values = {"oficio_id": oficio_id, "most": limit, "left_out": offset}
    return [Entrada(entry, pk) for entry, pk in db.session.execute(_newest(), values)]


@cache
def _entries() -> sa.Select[Any]:
    """Entries with who wrote them and what they correct, newest first; written once."""
    later = aliased(Investigacion)
    corrected_by = (
        sa.select(sa.func.max(later.id))
        .where(later.corrige_id == Investigacion.id)
        .scalar_subquery()
    )
    return (
        sa.select(Investigacion, corrected_by)
        .options(
            joinedload(Investigacion.usuario),
            joinedload(Investigacion.corrige).joinedload(Investigacion.usuario),
        )
        .order_by(Investigacion.ocurrido_at.desc(), Investigacion.id.desc())
    )


@cache
def _newest() -> sa.Select[Any]:
    """Those of a case that nobody filtered, as every case page asks for them."""
    return (
        _entries()
        .where(Investigacion.oficio_id == sa.bindparam("oficio_id"))
        .limit(sa.bindparam("most"))
        .offset(sa.bindparam("left_out"))
    )
