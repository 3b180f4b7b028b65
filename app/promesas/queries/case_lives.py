"""What happened to cases, as far as their promises are concerned: some statements for any number.

Read from the tables, so that a case that nobody works with or that the reader does not see keeps
its promises right.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.mensajes.models import Mensaje
from app.mensajes.rules import ClaseMensaje, EstadoMensaje, LadoMensaje
from app.notificaciones.models import HitoInformado, Notificacion
from app.notificaciones.rules import EstadoNotificacion
from app.oficios.models import Investigacion, Oficio
from app.oficios.rules import Actividad, Estado, Parte, Prioridad
from app.promesas.models import Compromiso, Pausa, Promesa
from app.promesas.rules import TipoPromesa
from app.promesas.rules.horario import Horario
from app.promesas.rules.reloj import Vida, begins_at
from app.ubicado.models import Ubicacion
from app.usuarios.models import Usuario
from app.usuarios.rules import Rol

#: Where an entry says that the buffet was told of the case, and how.
INFORMED = "informe_buffet"
#: Entries of a person of the office that are work on the case, and not its administration.
_WORK = (
    Actividad.CONSULTA_API,
    Actividad.NOTA,
    Actividad.LLAMADA,
    Actividad.TERRENO,
    Actividad.CAMBIO_ESTADO,
    Actividad.NOTIFICACION,
    Actividad.ADJUNTO,
    Actividad.MENSAJE,
)
_LOCATED = frozenset({Estado.NOTIFICACION, Estado.ENCONTRADO})
_CASES = Oficio.__table__.c
_ENTRIES = Investigacion.__table__.c


@dataclass
class CaseLife:
    """What is known of a case; ``vida`` makes of it the life of one promise."""

    oficio_id: int
    buffet_id: int
    prioridad: Prioridad
    estado: Estado
    estado_desde: datetime
    created_at: datetime
    fecha_ingreso: date | None
    #: When it went from which state into which.
    moves: list[tuple[datetime, Estado, Estado]] = field(default_factory=list)
    #: When it got which priority, and which it had before.
    priorities: list[tuple[datetime, Prioridad, Prioridad]] = field(default_factory=list)
    pausas: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    worked_at: datetime | None = None
    told_at: datetime | None = None
    found_at: datetime | None = None

    def begins(self, horario: Horario) -> datetime:
        """When its clock begins."""
        return begins_at(self.created_at, self.fecha_ingreso, horario)

    def vida(self, tipo: TipoPromesa, horario: Horario) -> Vida:
        """What happened, for the clock of one kind of promise."""
        first = self.priorities[0][1] if self.priorities else self.prioridad
        begins = self.begins(horario)
        changed = ((moment, after) for moment, _before, after in self.priorities)
        vida = Vida(
            empieza_at=begins,
            prioridades=((begins, first), *changed),
            pausas=(*self.pausas, *self._closed_before()),
            cumplida_at=self._done(tipo),
        )
        return replace(vida, cerrada_at=self._closed()) if self.estado.is_final else vida

    def _done(self, tipo: TipoPromesa) -> datetime | None:
        if tipo is TipoPromesa.PRIMERA_GESTION:
            return self.worked_at
        if tipo is TipoPromesa.PRIMER_INFORME:
            return self.told_at
        moments = [self.found_at] if self.found_at else []
        if self.estado in _LOCATED:
            into = [
                at for at, origin, to in self.moves if to in _LOCATED and origin not in _LOCATED
            ]
            moments.append(into[-1] if into else self.estado_desde)
        return min(moments, default=None)

    def _closed(self) -> datetime:
        into = [at for at, origin, to in self.moves if to.is_final and not origin.is_final]
        return into[-1] if into else self.estado_desde

    def _closed_before(self) -> list[tuple[datetime, datetime]]:
        """For how long it was closed before it was opened again: nobody is late meanwhile."""
        found, since = [], None
        for moment, _origin, to in self.moves:
            if to.is_final:
                since = since or moment
            elif since is not None:
                found.append((since, moment))
                since = None
        return found


def read_lives(oficio_ids: Collection[int]) -> dict[int, CaseLife]:
    """The lives of those cases to whose buffet something is promised, or was before.

    On PostgreSQL their rows are locked, so that two deeds on one case work it out one after the
    other.
    """
    promised = sa.exists().where(Promesa.__table__.c.buffet_id == _CASES.buffet_id)
    kept = sa.exists().where(Compromiso.__table__.c.oficio_id == _CASES.id)
    rows = db.session.execute(
        sa.select(
            _CASES.id,
            _CASES.buffet_id,
            _CASES.prioridad,
            _CASES.estado,
            _CASES.estado_desde,
            _CASES.created_at,
            _CASES.fecha_ingreso,
        )
        .where(_CASES.id.in_(oficio_ids), sa.or_(promised, kept))
        .order_by(_CASES.id)
        .with_for_update(key_share=True)
    )
    lives = {row.id: CaseLife(*row) for row in rows}
    if lives:
        _read_entries(lives)
        _read_pauses(lives)
        _read_done(lives)
    return lives


def _read_entries(lives: Mapping[int, CaseLife]) -> None:
    rows = db.session.execute(
        sa.select(_ENTRIES.oficio_id, _ENTRIES.tipo, _ENTRIES.created_at, _ENTRIES.detalle)
        .where(
            _ENTRIES.oficio_id.in_(lives),
            sa.or_(_ENTRIES.tipo == Actividad.CAMBIO_ESTADO, _ENTRIES.parte == Parte.OFICIO),
        )
        .order_by(_ENTRIES.id)
    )
    for oficio_id, tipo, moment, detalle in rows:
        life = lives[oficio_id]
        if tipo is Actividad.CAMBIO_ESTADO:
            if "de" in detalle and "a" in detalle:
                life.moves.append((moment, Estado(detalle["de"]), Estado(detalle["a"])))
            continue
        before = detalle.get("antes", {}).get("prioridad")
        after = detalle.get("despues", {}).get("prioridad")
        if before and after:
            life.priorities.append((moment, Prioridad(before), Prioridad(after)))


def _read_pauses(lives: Mapping[int, CaseLife]) -> None:
    table = Pausa.__table__.c
    rows = db.session.execute(
        sa.select(table.oficio_id, table.desde, table.hasta)
        .where(table.oficio_id.in_(lives))
        .order_by(table.desde)
    )
    for oficio_id, since, until in rows:
        lives[oficio_id].pausas.append((since, until))


def _read_done(lives: Mapping[int, CaseLife]) -> None:
    """When each case was first worked on, its buffet first told, its vehicle first found."""
    of_office = Usuario.__table__
    counts = (_ENTRIES.oficio_id.in_(lives), _ENTRIES.retirado_at.is_(None))
    worked = (
        sa.select(_ENTRIES.oficio_id, sa.func.min(_ENTRIES.created_at))
        .join(of_office, of_office.c.id == _ENTRIES.usuario_id)
        .where(*counts, _ENTRIES.tipo.in_(_WORK), of_office.c.rol != Rol.CLIENTE)
        .group_by(_ENTRIES.oficio_id)
    )
    for oficio_id, moment in db.session.execute(worked):
        lives[oficio_id].worked_at = moment
    said = (
        sa.select(_ENTRIES.oficio_id, sa.func.min(_ENTRIES.created_at))
        .where(
            *counts,
            _ENTRIES.tipo == Actividad.NOTA,
            _ENTRIES.detalle[INFORMED].as_string().is_not(None),
        )
        .group_by(_ENTRIES.oficio_id)
    )
    news, mails = HitoInformado.__table__.c, Notificacion.__table__.c
    mailed = (
        sa.select(news.oficio_id, sa.func.min(mails.enviada_at))
        .join(Notificacion.__table__, mails.id == news.notificacion_id)
        .where(news.oficio_id.in_(lives), mails.estado == EstadoNotificacion.ENVIADA)
        .group_by(news.oficio_id)
    )
    words = Mensaje.__table__.c
    written = (
        sa.select(words.oficio_id, sa.func.min(words.decidido_at))
        .where(
            words.oficio_id.in_(lives),
            words.lado == LadoMensaje.OFICINA,
            words.clase == ClaseMensaje.INFORMA,
            words.estado == EstadoMensaje.ENVIADO,
        )
        .group_by(words.oficio_id)
    )
    for statement in (said, mailed, written):
        for oficio_id, moment in db.session.execute(statement):
            life = lives[oficio_id]
            life.told_at = min((at for at in (life.told_at, moment) if at), default=None)
    places = Ubicacion.__table__.c
    found: sa.Select[Any] = (
        sa.select(places.oficio_id, sa.func.min(places.ubicado_at))
        .where(places.oficio_id.in_(lives), places.deshecho_at.is_(None))
        .group_by(places.oficio_id)
    )
    for oficio_id, moment in db.session.execute(found):
        lives[oficio_id].found_at = moment
