"""Reading sightings, and the lists of concessionaires that bring them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.avistamientos.models import Avistamiento, Listado
from app.avistamientos.rules import MATCHED_SOURCES, EstadoListado
from app.db import db


def sightings_statement(oficio_id: int) -> sa.Select[Avistamiento]:
    """The sightings of an oficio, newest first; those without an hour close their day.

    Both databases agree on where an unknown hour goes because it is asked for by name.
    """
    return (
        sa.select(Avistamiento)
        .where(Avistamiento.oficio_id == oficio_id)
        .options(joinedload(Avistamiento.usuario), joinedload(Avistamiento.portico))
        .order_by(
            Avistamiento.fecha.desc(),
            Avistamiento.fecha_hora.is_(None),
            Avistamiento.fecha_hora.desc(),
            Avistamiento.id.desc(),
        )
    )


def count_sightings(oficio_id: int) -> sa.Select[int]:
    """Return the SQL statement that counts the sightings of an oficio."""
    return sa.select(sa.func.count(Avistamiento.id)).where(Avistamiento.oficio_id == oficio_id)


def find_sighting(oficio_id: int, avistamiento_id: int) -> Avistamiento | None:
    """A sighting of that oficio, and of no other."""
    return db.session.scalar(
        sa.select(Avistamiento).where(
            Avistamiento.id == avistamiento_id, Avistamiento.oficio_id == oficio_id
        )
    )


def keys_of(oficio_id: int) -> set[str]:
    """The keys of all sightings of an oficio."""
    statement = sa.select(Avistamiento.clave).where(Avistamiento.oficio_id == oficio_id)
    return set(db.session.scalars(statement))


def list_texts() -> list[tuple[str | None, str | None]]:
    """Every place and company that sightings of the catalogue's sources name, each pair once."""
    statement = (
        sa.select(Avistamiento.ubicacion, Avistamiento.empresa)
        .where(Avistamiento.fuente.in_(MATCHED_SOURCES))
        .distinct()
    )
    return [(row.ubicacion, row.empresa) for row in db.session.execute(statement)]


def has_unmatched() -> bool:
    """Whether there are sightings that nobody looked up in the catalogue yet."""
    statement = sa.select(Avistamiento.id).where(
        Avistamiento.fuente.in_(MATCHED_SOURCES), Avistamiento.portico_metodo.is_(None)
    )
    return db.session.scalar(statement.limit(1)) is not None


def find_listado(oficio_id: int, listado_id: int) -> Listado | None:
    """A concessionaire's list of that oficio, and of no other."""
    return db.session.scalar(
        sa.select(Listado).where(Listado.id == listado_id, Listado.oficio_id == oficio_id)
    )


def list_listados(oficio_id: int) -> list[Listado]:
    """The lists of an oficio that were not discarded, newest first."""
    statement = (
        sa.select(Listado)
        .where(Listado.oficio_id == oficio_id, Listado.estado != EstadoListado.DESCARTADO)
        .options(joinedload(Listado.usuario))
        .order_by(Listado.created_at.desc(), Listado.id.desc())
        .limit(20)
    )
    return list(db.session.scalars(statement))
