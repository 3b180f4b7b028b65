"""Contracts with law firms, what ended them, and the data that are returned."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.adjuntos.models import Adjunto
from app.avistamientos.models import Avistamiento
from app.buffets.models import Buffet
from app.core.personal_data import Dato
from app.core.text import safe_filename
from app.cumplimiento.models.encargados import Encargo, TerminoEncargo
from app.cumplimiento.rules.encargados import ModoTermino
from app.db import Model, db, seeing_all
from app.direcciones.models import Direccion, Visita
from app.informes.models import Expediente
from app.notificaciones.models import Notificacion, Respuesta
from app.oficios.models import Investigacion, Oficio, Propietario
from app.oficios.rules import Estado
from app.supresion.rules import EstadoSupresion
from app.titulares.queries.bloqueos import blocked_among, standing
from app.titulares.queries.case_counts import count_stored
from app.titulares.queries.lugares import primary_key, within
from app.ubicado.models import Ubicacion
from app.vehiculos.models import Vehiculo

#: What is returned, each as a table: what the firm entrusted, and what was found and told for it.
RETURNED: tuple[type[Model], ...] = (
    Oficio,
    Vehiculo,
    Propietario,
    Direccion,
    Visita,
    Avistamiento,
    Ubicacion,
    Investigacion,
    Notificacion,
    Respuesta,
    Adjunto,
    Expediente,
)
#: Columns that say how the office keeps a row and not what it says.
_INNER = frozenset({"almacen", "cliente_id", "clave", "originales", "orden", "posicion", "version"})
_INNER_KINDS = frozenset({Dato.ARCHIVO, Dato.CONTENIDO, Dato.DERIVADO})


def current_contract(buffet_id: int) -> Encargo | None:
    """What holds between a buffet and the office: the newest version."""
    return db.session.scalars(
        sa.select(Encargo)
        .where(Encargo.buffet_id == buffet_id)
        .order_by(Encargo.numero.desc())
        .limit(1)
    ).first()


def list_versions(buffet_id: int) -> list[Encargo]:
    """Every version of a buffet's contract, the newest first."""
    statement = (
        sa.select(Encargo)
        .where(Encargo.buffet_id == buffet_id)
        .options(joinedload(Encargo.creado_por))
        .order_by(Encargo.numero.desc())
    )
    return list(db.session.scalars(statement))


def _newest() -> sa.Subquery:
    return (
        sa.select(Encargo.buffet_id, sa.func.max(Encargo.numero).label("numero"))
        .group_by(Encargo.buffet_id)
        .subquery()
    )


def contracts_statement() -> Any:
    """Every buffet with what holds of its contract, if there is one."""
    newest = _newest()
    return (
        sa.select(Buffet.id, Buffet.nombre, Encargo.numero, Encargo.desde, Encargo.hasta)
        .outerjoin(newest, newest.c.buffet_id == Buffet.id)
        .outerjoin(
            Encargo,
            sa.and_(Encargo.buffet_id == Buffet.id, Encargo.numero == newest.c.numero),
        )
        .order_by(Buffet.nombre, Buffet.id)
    )


def list_ending() -> list[Encargo]:
    """What holds with each buffet and has an end."""
    newest = _newest()
    statement = (
        sa.select(Encargo)
        .join(
            newest,
            sa.and_(newest.c.buffet_id == Encargo.buffet_id, newest.c.numero == Encargo.numero),
        )
        .where(Encargo.hasta.is_not(None))
        .options(joinedload(Encargo.buffet))
        .order_by(Encargo.id)
    )
    return list(db.session.scalars(statement))


def list_endings(buffet_id: int) -> list[TerminoEncargo]:
    """What was returned to a buffet, or erased for it, the newest first."""
    statement = (
        sa.select(TerminoEncargo)
        .where(TerminoEncargo.buffet_id == buffet_id)
        .options(joinedload(TerminoEncargo.supresion), joinedload(TerminoEncargo.decidido_por))
        .order_by(TerminoEncargo.id.desc())
    )
    return list(db.session.scalars(statement))


def list_uncertified() -> list[TerminoEncargo]:
    """What was returned or is wholly erased, and has no certificate yet."""
    statement = sa.select(TerminoEncargo).where(TerminoEncargo.certificado_at.is_(None))
    return [row for row in db.session.scalars(statement) if is_carried_out(row)]


def is_carried_out(termino: TerminoEncargo) -> bool:
    """Whether what was decided is done, so that it can be certified."""
    supresion = termino.supresion
    return supresion is None or supresion.estado is EstadoSupresion.HECHA


def has_returned(contract: Encargo) -> bool:
    """Whether something was returned or erased since the contract had the end that it has."""
    statement = sa.select(TerminoEncargo.id).where(TerminoEncargo.encargo_id == contract.id)
    return db.session.scalar(statement.limit(1)) is not None


def last_ending_number(year: int) -> int:
    """The highest number that a return or an erasure of a year has."""
    prefix = f"E-{year}-"
    last = db.session.scalar(
        sa.select(sa.func.max(TerminoEncargo.numero)).where(
            TerminoEncargo.numero.startswith(prefix)
        )
    )
    return int(last.removeprefix(prefix)) if last else 0


@dataclass(frozen=True)
class CasosDelBuffet:
    """The cases of a buffet, by what can be done with them when its contract ends."""

    cerrados: list[int]
    abiertos: list[int]
    #: Those that a person asked to have blocked: neither returned nor erased.
    bloqueados: list[int]
    #: Those that an earlier end of the contract had erased.
    borrados: list[int]

    @property
    def devueltos(self) -> list[int]:
        """Those whose data are returned."""
        return sorted([*self.cerrados, *self.abiertos])


def sort_cases(buffet_id: int) -> CasosDelBuffet:
    """The cases of a buffet, also those that pages hide."""
    table = Oficio.__table__
    with seeing_all():
        rows = db.session.execute(
            sa.select(table.c.id, table.c.estado)
            .where(table.c.buffet_id == buffet_id)
            .order_by(table.c.id)
        ).all()
        blocked = blocked_among([row.id for row in rows])
        gone: set[int] = set()
        for termino in list_endings(buffet_id):
            if termino.modo is ModoTermino.SUPRESION:
                gone |= set(termino.casos)
    free = [row for row in rows if row.id not in blocked and row.id not in gone]
    return CasosDelBuffet(
        cerrados=[row.id for row in free if row.estado.is_final],
        abiertos=[row.id for row in free if not row.estado.is_final],
        bloqueados=[row.id for row in rows if row.id in blocked and row.id not in gone],
        borrados=[row.id for row in rows if row.id in gone],
    )


@dataclass(frozen=True)
class CuentaDelBuffet:
    """How many cases of a buffet ``sort_cases`` would find of each kind."""

    cerrados: int
    abiertos: int
    bloqueados: int
    borrados: int


def count_sorted(buffet_id: int) -> CuentaDelBuffet:
    """The numbers of ``sort_cases`` for a page: only the few that are not free are looked at."""
    table = Oficio.__table__.c
    gone = {
        pk
        for termino in list_endings(buffet_id)
        if termino.modo is ModoTermino.SUPRESION
        for pk in termino.casos
    }
    with seeing_all():
        hidden = sa.select(table.id, table.estado).where(
            table.id.in_(standing()), table.buffet_id == buffet_id
        )
        blocked = {row.id: row.estado for row in db.session.execute(hidden)}
        erased = _states_of(buffet_id, sorted(gone))
        stored = count_stored(buffet_id)
    kept_back = {**blocked, **erased}
    closed, taken = (
        sum(amount for estado, amount in stored.items() if estado.is_final),
        sum(estado.is_final for estado in kept_back.values()),
    )
    return CuentaDelBuffet(
        cerrados=closed - taken,
        abiertos=sum(stored.values()) - closed - (len(kept_back) - taken),
        bloqueados=len(blocked.keys() - erased.keys()),
        borrados=len(erased),
    )


def _states_of(buffet_id: int, oficio_ids: Sequence[int]) -> dict[int, Estado]:
    """The state of those of some cases that are kept and the buffet's."""
    table = Oficio.__table__.c
    found: dict[int, Estado] = {}
    for start in range(0, len(oficio_ids), _PART):
        part = oficio_ids[start : start + _PART]
        statement = sa.select(table.id, table.estado).where(
            table.id.in_(part), table.buffet_id == buffet_id
        )
        found.update((row.id, row.estado) for row in db.session.execute(statement))
    return found


def returned_columns(model: type[Model]) -> list[str]:
    """The columns of a table that are returned."""
    datos = model.__personal__.datos
    return [
        column.name
        for column in model.__table__.columns
        if column.name not in _INNER
        and datos.get(column.name) not in _INNER_KINDS
        and not column.name.endswith("_key")
        and not isinstance(column.type, sa.LargeBinary)
    ]


def iter_returned(model: type[Model], oficio_ids: Sequence[int]) -> Iterator[list[Any]]:
    """The rows of a table that belong to some cases, as plain values."""
    columns = [model.__table__.c[name] for name in returned_columns(model)]
    key = primary_key(model)
    for start in range(0, len(oficio_ids), _PART):
        condition = within(model, oficio_ids[start : start + _PART])
        if condition is None:
            return
        statement = sa.select(*columns).where(condition).order_by(key)
        for row in db.session.execute(statement.execution_options(yield_per=_READ)):
            yield [_plain(value) for value in row]


#: Cases of one statement, and rows that are read at once.
_PART = 500
_READ = 1000


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return getattr(value, "label", "") or str(value.value)
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


@dataclass(frozen=True)
class ArchivoDevuelto:
    """A stored file that is returned."""

    nombre: str
    almacen: str
    key: str
    sha256: str


def list_returned_files(oficio_ids: Sequence[int]) -> list[ArchivoDevuelto]:
    """The originals that were not deleted, and the issued expedientes, by case."""
    found = []
    for start in range(0, len(oficio_ids), _PART):
        part = oficio_ids[start : start + _PART]
        originals = sa.select(Adjunto).where(
            Adjunto.oficio_id.in_(part), Adjunto.eliminado_at.is_(None)
        )
        for row in db.session.scalars(originals.order_by(Adjunto.id)):
            if row.original_key:
                name = f"archivos/{row.oficio_id}/{row.id}-{safe_filename(row.filename)}"
                found.append(ArchivoDevuelto(name, row.almacen, row.original_key, row.sha256))
        issued = sa.select(Expediente).where(
            Expediente.oficio_id.in_(part), Expediente.sha256.is_not(None)
        )
        for each in db.session.scalars(issued.order_by(Expediente.id)):
            if each.pdf_key and each.sha256:
                name = f"expedientes/{each.oficio_id}/{safe_filename(each.filename)}"
                found.append(ArchivoDevuelto(name, each.almacen or "", each.pdf_key, each.sha256))
    return found
