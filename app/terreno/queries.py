"""The addresses that a person of the firm has to visit, as columns: four queries, any number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.adjuntos.models import Adjunto
from app.core.clock import local_today, start_of_day
from app.core.comunas import find_comuna
from app.core.personal_data import EMPTIED
from app.core.phone_numbers import dialable
from app.core.text import fold, shortened
from app.core.time_zones import zone_of
from app.db import db, prepared, seeing_all, seeing_others
from app.direcciones.models import Direccion, Visita
from app.direcciones.rules import ResultadoVisita
from app.oficios.models import Investigacion, Oficio, Propietario, is_any_of
from app.oficios.rules import Actividad
from app.terreno.rules import VISITABLE, Grupo, group_of, person_rank
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo, plate_warnings

#: More than anybody visits in a week; a phone has to carry the list.
LIMIT = 300
#: Of each case, what a phone carries beside its addresses, and characters of a note.
NOTES, PHOTOS, NOTE_LENGTH = 2, 3, 300


@dataclass(frozen=True, slots=True)
class Persona:
    """Whom to ask for. Nothing else of the person is kept on the phone: no RUT, mail or number.

    The number is fetched when somebody calls, and that is recorded.
    """

    id: int
    nombre: str
    tipo: str
    #: Whether there is a number that a phone can dial.
    has_telefono: bool


@dataclass(frozen=True, slots=True)
class UltimaVisita:
    """What came of the newest visit to an address."""

    resultado: ResultadoVisita
    fecha_hora: datetime
    #: When it reached the server, which may be hours later.
    created_at: datetime
    usuario: str
    notas: str | None


@dataclass(frozen=True, slots=True)
class NotaReciente:
    """What somebody wrote into the bitácora, shortened for a phone."""

    fecha_hora: datetime
    usuario: str | None
    texto: str


@dataclass(frozen=True, slots=True)
class AddressToVisit:
    """An address to visit, with what somebody needs in front of it."""

    direccion_id: int
    oficio_id: int
    numero_oficio: str
    patente: str
    patente_dv: str | None
    advertencia: str | None
    vehiculo: str
    direccion: str
    comuna: str | None
    tipo: str
    notas: str | None
    verificada: bool
    lat: float | None
    lon: float | None
    #: The point is that of its comuna: nobody has stood at the door with a phone yet.
    is_rough: bool
    fecha_limite: date | None
    personas: tuple[Persona, ...]
    visita: UltimaVisita | None
    grupo: Grupo
    #: Of its case, newest first; only what :func:`with_case_parts` gave them.
    entradas: tuple[NotaReciente, ...] = ()
    #: Ids of photos, newest first.
    fotos: tuple[int, ...] = ()

    @property
    def completa(self) -> str:
        """Street and comuna in one line, as ``Direccion.completa`` says it."""
        return ", ".join(part for part in (self.direccion, self.comuna) if part)

    @property
    def zona(self) -> ZoneInfo:
        """The zone whose clock tells the hours of this place."""
        return zone_of(self.comuna, lat=self.lat, lon=self.lon, text=self.direccion)

    @property
    def busqueda(self) -> str:
        """What the filter of the list compares with, folded."""
        words = (self.completa, self.patente, self.numero_oficio, self.vehiculo)
        return fold(" ".join((*words, *(persona.nombre for persona in self.personas))))


def list_lugares(usuario_id: int, now: datetime, search: str = "") -> list[AddressToVisit]:
    """What is assigned to a person and may be visited.

    Comunas whose cases are most urgent come first, and inside them what is due first.
    """
    rows = _places.rows(usuario_id=usuario_id).all()
    if len(rows) == 0:
        return []
    people = _people({row.oficio_id for row in rows})
    visits = _last_visits({row.direccion_id for row in rows})
    lugares = [_lugar(row, people, visits, now) for row in rows]
    wanted = fold(search)
    if wanted:
        lugares = [lugar for lugar in lugares if wanted in lugar.busqueda]
    due: dict[str, date] = {}
    for lugar in lugares:
        key = lugar.comuna or ""
        due[key] = min(due.get(key, date.max), lugar.fecha_limite or date.max)
    return sorted(
        lugares,
        key=lambda lugar: (
            due[lugar.comuna or ""],
            lugar.comuna or "",
            lugar.fecha_limite or date.max,
            lugar.direccion_id,
        ),
    )


def with_case_parts(lugares: list[AddressToVisit]) -> list[AddressToVisit]:
    """The same addresses with the newest notes and photos of their cases: two queries."""
    oficio_ids = {lugar.oficio_id for lugar in lugares}
    if not oficio_ids:
        return lugares
    notes, photos = _newest_notes(oficio_ids), _newest_photos(oficio_ids)
    return [
        replace(
            lugar,
            entradas=tuple(notes.get(lugar.oficio_id, ())),
            fotos=tuple(photos.get(lugar.oficio_id, ())),
        )
        for lugar in lugares
    ]


def list_place_ids(usuario_id: int) -> list[int]:
    """The addresses that a phone of a person may hold now."""
    statement = (
        sa.select(Direccion.id)
        .join(Oficio, Oficio.id == Direccion.oficio_id)
        .where(*_mine(usuario_id))
        .order_by(Direccion.id)
    )
    return list(db.session.scalars(statement))


def is_hidden_place(direccion_id: int) -> bool:
    """Whether an address is there and is not seen, as its case is kept and nobody works with it."""
    # A column, so that no hidden row stays in the session.
    statement = sa.select(Direccion.id).where(Direccion.id == direccion_id)
    if db.session.scalar(statement) is not None:
        return False
    with seeing_all():
        return db.session.scalar(statement) is not None


def is_reassigned(direccion_id: int, shown: str) -> bool:
    """Whether an address that a phone showed just so is of a case that somebody else has now.

    Who does not know the address is told nothing of it.
    """
    statement = sa.select(Direccion).where(Direccion.id == direccion_id)
    if db.session.scalar(statement.with_only_columns(Direccion.id)) is not None:
        return False
    with seeing_others():
        direccion = db.session.scalar(statement)
    return direccion is not None and direccion.completa == shown


def is_erased_place(direccion_id: int) -> bool:
    """Whether the words of an address were erased, also where the reader does not see its case."""
    table = Direccion.__table__.c
    return db.session.scalar(sa.select(table.direccion).where(table.id == direccion_id)) == EMPTIED


def find_sent(cliente_id: str) -> Visita | None:
    """The visit that a phone sent under this id of its own."""
    return db.session.scalar(sa.select(Visita).where(Visita.cliente_id == cliente_id))


@prepared
def _places(usuario_id: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Direccion.id.label("direccion_id"),
            Direccion.direccion,
            Direccion.comuna,
            Direccion.tipo,
            Direccion.notas,
            Direccion.verificada,
            Direccion.lat,
            Direccion.lon,
            Oficio.id.label("oficio_id"),
            Oficio.numero_oficio,
            Oficio.fecha_limite,
            Vehiculo.patente,
            Vehiculo.patente_dv,
            Vehiculo.patente_confirmada,
            Vehiculo.marca,
            Vehiculo.modelo,
            Vehiculo.color,
        )
        .join(Oficio, Oficio.id == Direccion.oficio_id)
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(*_mine(usuario_id))
        .order_by(Oficio.fecha_limite.is_(None), Oficio.fecha_limite, Direccion.id)
        .limit(LIMIT)
    )


def _mine(usuario_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Whose addresses a person visits; of what was erased there is nothing to visit."""
    return (
        Oficio.investigador_id == usuario_id,
        Oficio.estado.in_(VISITABLE),
        Direccion.direccion != EMPTIED,
    )


def _people(oficio_ids: Iterable[int]) -> dict[int, tuple[Persona, ...]]:
    """Those with a name, whom to ask for first in front."""
    found: dict[int, list[Any]] = {}
    for row in _named.rows(oficio_ids=list(oficio_ids)):
        found.setdefault(row.oficio_id, []).append(row)
    return {
        oficio_id: tuple(
            Persona(row.id, row.nombre, row.tipo.label, dialable(row.telefono) is not None)
            for row in sorted(rows, key=lambda row: person_rank(row.tipo))
        )
        for oficio_id, rows in found.items()
    }


@prepared
def _named(oficio_ids: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Propietario.id,
            Propietario.oficio_id,
            Propietario.nombre,
            Propietario.tipo,
            Propietario.telefono,
        )
        .where(Propietario.oficio_id.in_(oficio_ids), Propietario.nombre.is_not(None))
        .order_by(Propietario.id)
    )


def _last_visits(direccion_ids: Iterable[int]) -> dict[int, UltimaVisita]:
    return {
        row.direccion_id: UltimaVisita(
            row.resultado, row.fecha_hora, row.created_at, row.nombre, row.notas
        )
        for row in _newest_visits.rows(direccion_ids=list(direccion_ids))
    }


@prepared
def _newest_visits(direccion_ids: Any) -> sa.Select[*tuple[Any, ...]]:
    rank = (
        sa.func.row_number()
        .over(
            partition_by=Visita.direccion_id,
            order_by=(Visita.fecha_hora.desc(), Visita.id.desc()),
        )
        .label("rank")
    )
    newest = (
        sa.select(
            Visita.direccion_id,
            Visita.resultado,
            Visita.fecha_hora,
            Visita.created_at,
            Visita.notas,
            Usuario.nombre,
            rank,
        )
        .join(Usuario, Usuario.id == Visita.usuario_id)
        .where(Visita.direccion_id.in_(direccion_ids))
        .subquery()
    )
    return sa.select(newest).where(newest.c.rank == 1)


def _newest_notes(oficio_ids: Iterable[int]) -> dict[int, list[NotaReciente]]:
    """Notes and calls that stand: neither withdrawn, nor corrected by another entry, nor erased."""
    found: dict[int, list[NotaReciente]] = {}
    for row in _notes.rows(oficio_ids=list(oficio_ids)):
        text = shortened(row.descripcion, NOTE_LENGTH)
        note = NotaReciente(row.ocurrido_at, row.nombre, text)
        found.setdefault(row.oficio_id, []).append(note)
    return found


@prepared
def _notes(oficio_ids: Any) -> sa.Select[*tuple[Any, ...]]:
    other = aliased(Investigacion)
    rank = sa.func.row_number().over(
        partition_by=Investigacion.oficio_id,
        order_by=(Investigacion.ocurrido_at.desc(), Investigacion.id.desc()),
    )
    newest = (
        sa.select(
            Investigacion.oficio_id,
            Investigacion.ocurrido_at,
            Investigacion.descripcion,
            Usuario.nombre,
            rank.label("rank"),
        )
        .outerjoin(Usuario, Usuario.id == Investigacion.usuario_id)
        .where(
            Investigacion.oficio_id.in_(oficio_ids),
            is_any_of(Investigacion.tipo, Actividad.NOTA, Actividad.LLAMADA),
            Investigacion.retirado_at.is_(None),
            Investigacion.descripcion != EMPTIED,
            ~sa.exists().where(other.corrige_id == Investigacion.id),
        )
        .subquery()
    )
    return sa.select(newest).where(newest.c.rank <= NOTES).order_by(newest.c.rank)


def _newest_photos(oficio_ids: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in _photos.rows(oficio_ids=list(oficio_ids)):
        found.setdefault(row.oficio_id, []).append(row.id)
    return found


@prepared
def _photos(oficio_ids: Any) -> sa.Select[*tuple[Any, ...]]:
    rank = sa.func.row_number().over(
        partition_by=Adjunto.oficio_id, order_by=(Adjunto.created_at.desc(), Adjunto.id.desc())
    )
    newest = (
        sa.select(Adjunto.oficio_id, Adjunto.id, rank.label("rank"))
        .where(
            Adjunto.oficio_id.in_(oficio_ids),
            Adjunto.eliminado_at.is_(None),
            Adjunto.miniatura_key.is_not(None),
        )
        .subquery()
    )
    return sa.select(newest).where(newest.c.rank <= PHOTOS).order_by(newest.c.rank)


def _lugar(
    row: Any,
    people: dict[int, tuple[Persona, ...]],
    visits: dict[int, UltimaVisita],
    now: datetime,
) -> AddressToVisit:
    zone = zone_of(row.comuna, lat=row.lat, lon=row.lon, text=row.direccion)
    visita = visits.get(row.direccion_id)
    comuna = find_comuna(row.comuna) if row.comuna and row.lat is None else None
    warnings = plate_warnings(row.patente, row.patente_dv, confirmed=row.patente_confirmada)
    return AddressToVisit(
        direccion_id=row.direccion_id,
        oficio_id=row.oficio_id,
        numero_oficio=row.numero_oficio,
        patente=row.patente,
        patente_dv=row.patente_dv,
        advertencia=" ".join(warnings) or None,
        vehiculo=" ".join(part for part in (row.marca, row.modelo, row.color) if part),
        direccion=row.direccion,
        comuna=row.comuna,
        tipo=row.tipo.label,
        notas=row.notas,
        verificada=row.verificada,
        lat=comuna.lat if comuna else row.lat,
        lon=comuna.lon if comuna else row.lon,
        is_rough=comuna is not None,
        fecha_limite=row.fecha_limite,
        personas=people.get(row.oficio_id, ()),
        visita=visita,
        grupo=group_of(
            visita.resultado if visita else None,
            visita.fecha_hora if visita else None,
            start_of_day(local_today(now, zone), zone),
        ),
    )
