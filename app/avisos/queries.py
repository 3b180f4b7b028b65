"""Reading one's notices, and how one wants to be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.avisos.models import Aviso, EquipoAvisado, HoraResumen, Preferencia
from app.avisos.rules import DIGEST_HOUR, Canales, Novedad, PorCorreo, say_many, say_mixed
from app.db import db, prepared
from app.usuarios.models import Usuario
from app.usuarios.queries.sesiones import list_open_sessions


@dataclass(frozen=True)
class Tanda:
    """One notice as the bell shows it: a thing, or several that came together."""

    #: The newest of them.
    aviso: Aviso
    #: How many things of each kind it tells of.
    cosas: Mapping[Novedad, int]
    casos: int
    filas: int

    @property
    def id(self) -> int:
        """That of its newest row, by which it is opened."""
        return self.aviso.id

    @property
    def texto(self) -> str:
        """What it says: of several cases how many things, of one its newest."""
        if self.filas == 1:
            return self.aviso.texto
        if self.casos == 1:
            return f"{self.aviso.texto} Y {self.filas - 1} más."
        if len(self.cosas) > 1:
            return say_mixed(self.cosas)
        return say_many(self.aviso.novedad, self.cosas[self.aviso.novedad], self.casos)

    @property
    def accion(self) -> str:
        """The words of its button."""
        return self.aviso.accion if self.filas == 1 else "Ver cuáles"


def avisos_statement(usuario_id: int) -> sa.Select[Aviso]:
    """The newest row of each notice that a person's bell shows, newest first."""
    later = aliased(Aviso)
    follows = sa.exists().where(
        later.usuario_id == usuario_id,
        later.tanda == Aviso.tanda,
        later.en_campana,
        later.id > Aviso.id,
    )
    return (
        sa.select(Aviso)
        .where(Aviso.usuario_id == usuario_id, Aviso.en_campana, ~follows)
        .order_by(Aviso.created_at.desc(), Aviso.id.desc())
    )


def gather(usuario_id: int, newest: Sequence[Aviso]) -> list[Tanda]:
    """The notices whose newest rows are given, in that order."""
    shown = (
        Aviso.usuario_id == usuario_id,
        Aviso.en_campana,
        Aviso.tanda.in_([row.tanda for row in newest]),
    )
    kinds = sa.select(Aviso.tanda, Aviso.novedad, sa.func.sum(Aviso.cantidad)).where(*shown)
    rows = sa.select(
        Aviso.tanda, sa.func.count(sa.distinct(Aviso.oficio_id)), sa.func.count()
    ).where(*shown)
    things: dict[str, dict[Novedad, int]] = {}
    counts: dict[str, tuple[int, int]] = {}
    if newest:
        for key, novedad, number in db.session.execute(kinds.group_by(Aviso.tanda, Aviso.novedad)):
            things.setdefault(key, {})[novedad] = number
        for key, cases, count in db.session.execute(rows.group_by(Aviso.tanda)):
            counts[key] = (cases, count)
    return [
        Tanda(
            row,
            things.get(row.tanda, {row.novedad: row.cantidad}),
            *counts.get(row.tanda, (1, 1)),
        )
        for row in newest
    ]


@dataclass(frozen=True)
class Campana:
    """What a person's bell shows."""

    sin_leer: int
    #: The id of the newest; 0 when there was never one.
    ultimo: int


def read_bell(usuario_id: int) -> Campana:
    """How many a person has not opened yet, and up to which one this was asked."""
    unread, last = _bell.rows(usuario_id=usuario_id).one()
    return Campana(unread, last)


@prepared
def _bell() -> sa.Select:
    """The two numbers of ``usuario_id``; written once, as every page asks for them."""
    return sa.select(*_bell_of(sa.bindparam("usuario_id")))


def _bell_of(usuario_id: Any) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
    """How many notices were not opened (things of one kind that came together are one), and the
    newest. Two look-ups: one for both read all that a person was ever told, on every page.
    """
    theirs = (Aviso.usuario_id == usuario_id, Aviso.en_campana)
    unread = sa.select(sa.func.count(sa.distinct(Aviso.tanda))).where(
        *theirs, Aviso.leido_at.is_(None)
    )
    last = sa.select(Aviso.id).where(*theirs).order_by(Aviso.id.desc()).limit(1)
    return unread.scalar_subquery(), sa.func.coalesce(last.scalar_subquery(), sa.literal(0))


def bells_state(usuario_ids: set[int]) -> object:
    """Return a fingerprint that changes with the bell of any of these people. Two index look-ups,
    since it is polled twice a second.
    """
    newest = db.session.scalar(sa.select(sa.func.max(Aviso.id)))
    unread = (
        sa.select(Aviso.usuario_id, sa.func.count())
        .where(Aviso.usuario_id.in_(usuario_ids), Aviso.leido_at.is_(None))
        .group_by(Aviso.usuario_id)
        .order_by(Aviso.usuario_id)
    )
    return newest, tuple(tuple(row) for row in db.session.execute(unread))


def read_bells(usuario_ids: set[int]) -> dict[int, Campana]:
    """The bells of some people, by their id."""
    unread, last = _bell_of(Usuario.id)
    statement = sa.select(Usuario.id, unread, last).where(Usuario.id.in_(usuario_ids))
    bells = {pk: Campana(number, aviso) for pk, number, aviso in db.session.execute(statement)}
    return {pk: bells.get(pk, Campana(0, 0)) for pk in usuario_ids}


def list_since(usuario_id: int, aviso_id: int, limit: int) -> Sequence[Aviso]:
    """Of what a person was told after that one and has not opened, the newest of each notice."""
    statement = (
        avisos_statement(usuario_id)
        .where(Aviso.id > aviso_id, Aviso.leido_at.is_(None))
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def find_aviso(usuario_id: int, aviso_id: int) -> Aviso | None:
    """One of that person's, and of nobody else's."""
    return db.session.scalar(
        sa.select(Aviso).where(Aviso.id == aviso_id, Aviso.usuario_id == usuario_id)
    )


def list_together(aviso: Aviso) -> Sequence[Aviso]:
    """All that is shown as one notice with it, newest first."""
    return db.session.scalars(
        sa.select(Aviso)
        .where(Aviso.usuario_id == aviso.usuario_id, Aviso.tanda == aviso.tanda, Aviso.en_campana)
        .order_by(Aviso.id.desc())
    ).all()


def read_choices(usuario_id: int) -> dict[Novedad, Canales]:
    """How a person wants to be told of each kind."""
    table = Preferencia.__table__.c
    chosen = {
        row.novedad: Canales(row.en_campana, row.correo, row.en_equipos)
        for row in db.session.execute(
            sa.select(table.novedad, table.en_campana, table.correo, table.en_equipos).where(
                table.usuario_id == usuario_id
            )
        )
    }
    return {one: chosen.get(one, one.usual) for one in Novedad}


def read_hour(usuario_id: int) -> int:
    """The hour of a person's digest."""
    hour = db.session.scalar(
        sa.select(HoraResumen.hora).where(HoraResumen.usuario_id == usuario_id)
    )
    return DIGEST_HOUR if hour is None else hour


def list_waiting_people() -> Sequence[tuple[int, PorCorreo, datetime, int]]:
    """Who waits for which kind of mail, since when, and the hour of their digest."""
    table, hours = Aviso.__table__.c, HoraResumen.__table__.c
    statement = (
        sa.select(
            table.usuario_id,
            table.correo,
            sa.func.min(table.created_at),
            sa.func.coalesce(sa.func.max(hours.hora), DIGEST_HOUR),
        )
        .outerjoin(HoraResumen.__table__, hours.usuario_id == table.usuario_id)
        # In this way its index answers, and what waits for no mail is not read.
        .where(
            table.correo.in_([one for one in PorCorreo if one is not PorCorreo.NO]),
            table.correo_at.is_(None),
        )
        .group_by(table.usuario_id, table.correo)
        .order_by(table.usuario_id, table.correo)
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.session.execute(statement)]


def list_waiting(usuario_id: int, correos: Collection[PorCorreo]) -> Sequence[Aviso]:
    """What a person is still to be told by these kinds of mail, oldest first; what is hidden from
    who asks is not among it.
    """
    return db.session.scalars(
        sa.select(Aviso)
        .where(
            Aviso.usuario_id == usuario_id,
            Aviso.correo.in_(list(correos)),
            Aviso.correo_at.is_(None),
        )
        .order_by(Aviso.id)
    ).all()


def last_mail_at(usuario_id: int) -> datetime | None:
    """When the last mail «at once» was ordered for a person."""
    table = Aviso.__table__.c
    return db.session.scalar(
        sa.select(sa.func.max(table.correo_at)).where(
            table.usuario_id == usuario_id,
            table.correo == PorCorreo.MOMENTO,
            table.notificacion_id.is_not(None),
        )
    )


def has_devices(usuario_id: int) -> bool:
    """Whether a person let any device be told."""
    statement = sa.select(EquipoAvisado.id).where(EquipoAvisado.usuario_id == usuario_id).limit(1)
    return db.session.scalar(statement) is not None


def list_devices(usuario_id: int, *, now: datetime) -> list[EquipoAvisado]:
    """The devices on which a person is told: those whose session goes on, the newest first."""
    rows = db.session.scalars(
        sa.select(EquipoAvisado)
        .where(EquipoAvisado.usuario_id == usuario_id)
        .order_by(EquipoAvisado.id.desc())
    ).all()
    if not rows:
        return []
    live = {one.id for one in list_open_sessions(usuario_id, now=now)}
    return [row for row in rows if row.sesion_id in live]


def find_device(equipo_id: int, usuario_id: int) -> EquipoAvisado | None:
    """A device by its number, if it is that person's."""
    return db.session.scalar(
        sa.select(EquipoAvisado).where(
            EquipoAvisado.id == equipo_id, EquipoAvisado.usuario_id == usuario_id
        )
    )


def list_for_devices(usuario_id: int) -> Sequence[Aviso]:
    """What a person's devices are still to tell, oldest first."""
    return db.session.scalars(
        sa.select(Aviso)
        .where(Aviso.usuario_id == usuario_id, Aviso.en_equipos, Aviso.equipos_at.is_(None))
        .order_by(Aviso.id)
    ).all()


def last_on_devices_at(usuario_id: int) -> datetime | None:
    """When a message to a person's devices was last ordered."""
    table = Aviso.__table__.c
    return db.session.scalar(
        sa.select(sa.func.max(table.equipos_at)).where(
            table.usuario_id == usuario_id, table.en_equipos
        )
    )
