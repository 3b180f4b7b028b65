"""Which items of the tray to show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from app.bandeja.models import Ingreso, Origen
from app.bandeja.rules import EstadoIngreso, ViaIngreso
from app.buffets.models import Buffet
from app.db import db
from app.usuarios.models import Usuario

#: Items that the buffet's page shows.
_RECENT = 50


@dataclass(frozen=True)
class Filtro:
    """What of the tray is asked for; all of it by default."""

    estado: EstadoIngreso | None = None
    buffet_id: int | None = None
    via: ViaIngreso | None = None
    texto: str = ""


def tray_statement(filtro: Filtro) -> sa.Select[Ingreso]:
    """The items that lie in no package, what waits first, the newest first of each."""
    statement = (
        sa.select(Ingreso)
        .where(Ingreso.padre_id.is_(None))
        .options(
            selectinload(Ingreso.partes).selectinload(Ingreso.partes),
            selectinload(Ingreso.buffet),
            selectinload(Ingreso.usuario),
            selectinload(Ingreso.importacion),
        )
        .order_by(_rank(), Ingreso.id.desc())
    )
    if filtro.estado is not None:
        statement = statement.where(Ingreso.estado == filtro.estado)
    if filtro.buffet_id is not None:
        statement = statement.where(Ingreso.buffet_id == filtro.buffet_id)
    if filtro.via is not None:
        statement = statement.where(Ingreso.via == filtro.via)
    if filtro.texto:
        like = f"%{_escaped(filtro.texto)}%"
        part = aliased(Ingreso)
        inside = sa.select(part.padre_id).where(part.nombre.ilike(like, escape="\\"))
        statement = statement.where(
            Ingreso.nombre.ilike(like, escape="\\")
            | Ingreso.remitente.ilike(like, escape="\\")
            | (Ingreso.sha256 == filtro.texto.lower()[:64])
            | Ingreso.id.in_(inside)
        )
    return statement


def _rank() -> sa.Case[int]:
    return sa.case(
        (Ingreso.estado == EstadoIngreso.LEYENDO, 0),
        (Ingreso.estado == EstadoIngreso.POR_REVISAR, 1),
        else_=2,
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def count_by_state() -> dict[EstadoIngreso, int]:
    """How many items of the tray are in each state."""
    rows = db.session.execute(
        sa.select(Ingreso.estado, sa.func.count())
        .where(Ingreso.padre_id.is_(None))
        .group_by(Ingreso.estado)
    )
    counts = dict.fromkeys(EstadoIngreso, 0)
    counts.update({estado: int(amount) for estado, amount in rows})
    return counts


def list_sent(buffet_id: int) -> Sequence[Ingreso]:
    """What a buffet sent last, newest first; not what came to the office by itself."""
    return db.session.scalars(
        sa.select(Ingreso)
        .where(Ingreso.buffet_id == buffet_id, Ingreso.padre_id.is_(None))
        .where(Ingreso.via != ViaIngreso.SUBIDO)
        .options(selectinload(Ingreso.partes))
        .order_by(Ingreso.id.desc())
        .limit(_RECENT)
    ).all()


def count_made(ids: Sequence[int]) -> dict[int, int]:
    """How many cases were made of each of some items."""
    rows = db.session.execute(
        sa.select(Origen.ingreso_id, sa.func.count())
        .where(Origen.ingreso_id.in_(ids))
        .group_by(Origen.ingreso_id)
    )
    return {ingreso_id: int(amount) for ingreso_id, amount in rows}


def find_twin(sha256: str, buffet_id: int | None, but: int) -> Ingreso | None:
    """The first item of the same bytes that a buffet has sent, but one."""
    return db.session.scalars(
        sa.select(Ingreso)
        .where(Ingreso.sha256 == sha256, Ingreso.id != but, Ingreso.id < but)
        .where(Ingreso.buffet_id == buffet_id if buffet_id else sa.true())
        .order_by(Ingreso.id)
        .limit(1)
    ).first()


def list_origins(oficio_id: int) -> Sequence[Ingreso]:
    """The items that a case was made of."""
    return db.session.scalars(
        sa.select(Ingreso)
        .join(Origen, Origen.ingreso_id == Ingreso.id)
        .where(Origen.oficio_id == oficio_id)
        .order_by(Ingreso.id)
    ).all()


def cases_whose_papers_say(words: Collection[str]) -> sa.Select[int]:
    """The statement for the ids of cases that were made of a paper with all of some words."""
    said = [Ingreso.texto.contains(word, autoescape=True) for word in words]
    return (
        sa.select(Origen.oficio_id)
        .join(Ingreso, Ingreso.id == Origen.ingreso_id)
        .where(Ingreso.texto.is_not(None), *said)
    )


def known_addresses() -> dict[str, int]:
    """The addresses that belong to one open buffet: its own, and those of its accounts.

    An address that two buffets have belongs to none.
    """
    found: dict[str, set[int | None]] = {}
    own = sa.select(Buffet.email_principal, Buffet.id).where(Buffet.activo)
    accounts = (
        sa.select(Usuario.email, Usuario.buffet_id)
        .join(Buffet, Buffet.id == Usuario.buffet_id)
        .where(Usuario.activo, Buffet.activo)
    )
    for address, buffet_id in (*db.session.execute(own), *db.session.execute(accounts)):
        found.setdefault(address.strip().lower(), set()).add(buffet_id)
    only = {address: ids.pop() for address, ids in found.items() if len(ids) == 1}
    return {address: buffet_id for address, buffet_id in only.items() if buffet_id is not None}


def has_message(mensaje_id: str) -> bool:
    """Whether a mail was taken already."""
    statement = sa.select(Ingreso.id).where(Ingreso.mensaje_id == mensaje_id)
    return db.session.scalar(statement) is not None


def count_origins(oficio_id: int) -> sa.Select[int]:
    """The statement that counts the items that a case was made of."""
    return sa.select(sa.func.count()).select_from(Origen).where(Origen.oficio_id == oficio_id)
