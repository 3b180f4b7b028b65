"""Finding uploaded lists, and what they are compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import with_loader_criteria

from app.acceso.queries import READER
from app.buffets.models import Buffet
from app.db import db, limited_reader, not_seeing_hidden, seeing_all, seeing_others
from app.direcciones.models import Direccion
from app.oficios.models import CARGAS, Oficio, Propietario
from app.oficios.rules import OPEN_STATES, EstadoCarga
from app.oficios.rules.campos import GrupoDeCampos, column_of, fields_of
from app.planillas.models import Importacion
from app.planillas.rules.earlier_vehicles import KNOWN_BY_PLATE
from app.planillas.rules.map_points import LAT, LON, MARGIN, VERIFIED, tell_verified
from app.planillas.rules.oficio_outcomes import EstadoImportacion, number_key
from app.planillas.rules.repeats import CasoConocido
from app.planillas.rules.whole_rows import PartesDelCaso
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

RECENT = 10
#: Cases that an export reads at a time.
_CASES_AT_ONCE = 200
#: Plates that one question asks for.
_ASKED_AT_ONCE = 500


def limiting_option() -> Any:
    """What leaves out of a SELECT other people's lists that are done, for who sees only their own.

    What waits is nobody's case yet.
    """
    waits = Importacion.estado == EstadoImportacion.BORRADOR
    needed = sa.or_(waits, Importacion.usuario_id == READER)
    return with_loader_criteria(Importacion, needed, include_aliases=True)


def list_orders(buffet_id: int) -> list[tuple[str, str]]:
    """Number and plate of all oficios that a buffet has sent, also of those that nobody works
    with.
    """
    statement = (
        sa.select(Oficio.numero_oficio, Vehiculo.patente)
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(Oficio.buffet_id == buffet_id)
    )
    with seeing_all():
        return [(row.numero_oficio, row.patente) for row in db.session.execute(statement)]


def list_hidden(buffet_id: int) -> dict[int, str]:
    """A buffet's oficios that are kept and that nobody works with: their ids, and their numbers
    for comparing.

    They are those that a page does not see: what hides them is decided above (``app.db.hiding``).
    """
    statement = sa.select(Oficio.id, Oficio.numero_oficio).where(Oficio.buffet_id == buffet_id)
    with seeing_all():
        every = {row.id: row.numero_oficio for row in db.session.execute(statement)}
    for row in db.session.execute(statement):
        every.pop(row.id, None)  # one that came between the two is no hidden one
    return {oficio_id: number_key(numero) for oficio_id, numero in every.items()}


def list_hidden_plates(plates: Collection[str]) -> set[str]:
    """Those of some plates that only oficios have that nobody works with."""
    if not plates:
        return set()
    statement = sa.select(Vehiculo.patente).where(Vehiculo.patente.in_(plates))
    with seeing_all():
        every = set(db.session.scalars(statement))
    return every.difference(db.session.scalars(statement))


def list_open_cases(plates: Collection[str]) -> dict[str, list[int]]:
    """The open cases of some plates that are worked with: their ids by plate, oldest first."""
    if not plates:
        return {}
    statement = (
        sa.select(Vehiculo.patente, Oficio.id)
        .join(Oficio, Oficio.id == Vehiculo.oficio_id)
        .where(Vehiculo.patente.in_(plates), Oficio.estado.in_(OPEN_STATES))
        .order_by(Oficio.id)
    )
    found: dict[str, list[int]] = {}
    for row in db.session.execute(statement):
        found.setdefault(row.patente, []).append(row.id)
    return found


def list_known_cases(plates: Collection[str]) -> list[CasoConocido]:
    """The cases of some plates, of any buffet and whoever has them; blocked ones are none.

    Each says whether the reader may see it.
    """
    found: list[CasoConocido] = []
    every = sorted(plates)
    for start in range(0, len(every), _ASKED_AT_ONCE):
        statement = (
            sa.select(
                Oficio.id,
                Oficio.buffet_id,
                Oficio.numero_oficio,
                Oficio.rol,
                Oficio.estado,
                Oficio.version,
                Vehiculo.patente,
                *(getattr(Vehiculo, name) for name in KNOWN_BY_PLATE),
            )
            .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
            .where(Vehiculo.patente.in_(every[start : start + _ASKED_AT_ONCE]))
        )
        with not_seeing_hidden():
            own = None
            if limited_reader() is not None:
                own = {row.id for row in db.session.execute(statement)}
            with seeing_others():
                rows = db.session.execute(statement).all()
        found += [
            CasoConocido(
                oficio_id=row.id,
                buffet_id=row.buffet_id,
                numero=row.numero_oficio,
                rol=row.rol,
                patente=row.patente,
                abierto=row.estado in OPEN_STATES,
                version=row.version,
                visible=own is None or row.id in own,
                vehiculo={name: getattr(row, name) for name in KNOWN_BY_PLATE},
            )
            for row in rows
        ]
    return found


def list_recent() -> Sequence[sa.Row[tuple[object, ...]]]:
    """The last lists that wait or were imported, without their files."""
    return db.session.execute(
        sa.select(
            Importacion.id,
            Importacion.nombre_archivo,
            Importacion.estado,
            Importacion.resultado,
            Importacion.created_at,
            Importacion.importada_at,
            Buffet.nombre.label("buffet"),
            Usuario.nombre.label("usuario"),
        )
        .join(Buffet, Buffet.id == Importacion.buffet_id)
        .join(Usuario, Usuario.id == Importacion.usuario_id)
        .where(Importacion.estado != EstadoImportacion.DESCARTADA)
        .order_by(Importacion.id.desc())
        .limit(RECENT)
    ).all()


def find_mapping(buffet_id: int) -> dict[str, Any]:
    """What the buffet's earlier lists taught of their columns, layout by layout."""
    statement = sa.select(Buffet.mapeo_importacion).where(Buffet.id == buffet_id)
    return dict(db.session.scalar(statement) or {})


def count_done(importacion: Importacion) -> int:
    """Through how many rows of a list its job has gone; of what it takes back or moves, cases."""
    is_import = importacion.estado is EstadoImportacion.IMPORTANDO
    there = (
        sa.select(sa.func.count())
        .select_from(CARGAS)
        .where(CARGAS.c.importacion_id == importacion.id)
    )
    if is_import:
        return db.session.scalar(there.where(CARGAS.c.estado == EstadoCarga.ENTRA)) or 0
    leaving = (EstadoCarga.SALE, EstadoCarga.CAMBIA)
    left = db.session.scalar(there.where(CARGAS.c.estado.in_(leaving))) or 0
    return (importacion.total or 0) - left


def read_parts(oficio_ids: Sequence[int]) -> Iterator[PartesDelCaso]:
    """What papers say of some cases, in the order of their ids; a few are in memory at a time."""
    ordered = sorted(oficio_ids)
    for start in range(0, len(ordered), _CASES_AT_ONCE):
        yield from _read_some(ordered[start : start + _CASES_AT_ONCE])


def _read_some(oficio_ids: Sequence[int]) -> Iterator[PartesDelCaso]:
    persons = _hanging(
        oficio_ids, Propietario, _fields(Propietario, GrupoDeCampos.PERSONA), "propietario"
    )
    places = _hanging(
        oficio_ids,
        Direccion,
        [*_fields(Direccion, GrupoDeCampos.DIRECCION), *_ON_THE_MAP],
        "direccion",
    )
    for place in (one for each in places.values() for one in each):
        _tell_on_map(place)
    order = (GrupoDeCampos.OFICIO, GrupoDeCampos.PLAZOS, GrupoDeCampos.NOTAS)
    statement = (
        sa.select(
            Oficio.id,
            Buffet.nombre.label("buffet"),
            Vehiculo.patente_dv,
            *(column for grupo in order for column in _fields(Oficio, grupo)),
            *_fields(Vehiculo, GrupoDeCampos.VEHICULO),
        )
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .join(Buffet, Buffet.id == Oficio.buffet_id)
        .where(Oficio.id.in_(oficio_ids))
        .order_by(Oficio.id)
    )
    for row in db.session.execute(statement):
        said = dict(row._mapping)
        pk, buffet, dv = (said.pop(name) for name in ("id", "buffet", "patente_dv"))
        said["patente"] = f"{said['patente']}-{dv}" if dv else said["patente"]
        said["prioridad"] = said["prioridad"].value
        for power in ("fuerza_publica", "descerrajamiento"):
            said[power] = "sí" if said[power] else "no"
        yield PartesDelCaso(buffet, said, persons.get(pk, ()), places.get(pk, ()))


def _fields(model: Any, grupo: GrupoDeCampos) -> list[Any]:
    """The columns of a group of fields, by the names of the fields."""
    return [getattr(model, column_of(name)).label(name) for name in fields_of(grupo)]


#: Of an address, beside what papers say of it. Who verified it is somebody of this office, whom no
#: other one knows.
_ON_THE_MAP = (
    Direccion.lat.label(LAT),
    Direccion.lon.label(LON),
    Direccion.exactitud_m.label(MARGIN),
    Direccion.verificada_at.label(VERIFIED),
)


def _tell_on_map(place: dict[str, Any]) -> None:
    """Say the numbers and the moment of an address so that they are read as exactly."""
    for name in (LAT, LON, MARGIN):
        place[name] = None if place[name] is None else repr(place[name])
    moment = place[VERIFIED]
    place[VERIFIED] = None if moment is None else tell_verified(moment)


def _hanging(
    oficio_ids: Sequence[int], model: Any, columns: Sequence[Any], prefix: str
) -> dict[int, list[dict[str, Any]]]:
    """The persons or the addresses of some cases."""
    statement = (
        sa.select(
            model.oficio_id,
            model.tipo.label(f"{prefix}_tipo"),
            model.notas.label(f"{prefix}_notas"),
            *columns,
        )
        .where(model.oficio_id.in_(oficio_ids))
        .order_by(model.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in db.session.execute(statement):
        said = dict(row._mapping)
        said[f"{prefix}_tipo"] = said[f"{prefix}_tipo"].value
        found.setdefault(said.pop("oficio_id"), []).append(said)
    return found
