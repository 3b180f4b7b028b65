"""Reading what the case page shows: the bitácora, other oficios of the same vehicle, warnings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.buffets.models import Buffet
from app.buffets.queries import sample_buffets
from app.core.patente import ERASED_PLATE, parse_patente
from app.db import db, prepared
from app.direcciones.models import Direccion, Visita
from app.oficios.models import Investigacion, Oficio, Propietario
from app.oficios.rules import Actividad, Estado
from app.oficios.rules.campos import GrupoDeCampos, fields_of
from app.usuarios.models import Usuario
from app.vehiculos.models import Vehiculo

#: Most other cases of the same vehicle that the case page lists.
SAME_VEHICLE_LIMIT = 10
#: The section that corrects a field with an intake warning, where it is not the oficio's own.
_WHERE = {
    **dict.fromkeys(fields_of(GrupoDeCampos.VEHICULO), "oficios.vehiculo"),
    "vehiculo_consultado": "oficios.vehiculo",
    **dict.fromkeys(fields_of(GrupoDeCampos.DIRECCION), "oficios.direcciones"),
    **dict.fromkeys(fields_of(GrupoDeCampos.PERSONA), "oficios.personas"),
}


@dataclass(frozen=True)
class Advertencia:
    """Something that was kept although it does not add up, and how to name it when confirming."""

    #: ``patente``, ``rut-<id of the person>`` or ``ingreso-<field>``.
    clave: str
    texto: str
    #: The endpoint of the section where it is corrected.
    endpoint: str


@dataclass(frozen=True)
class MismoVehiculo:
    """Another oficio about the same vehicle or the same person, or another vehicle of its order."""

    oficio_id: int
    numero_oficio: str
    estado: Estado
    buffet: str
    misma_patente: bool
    misma_persona: bool
    mismo_oficio: bool = False

    @property
    def in_common(self) -> str:
        """What the two have in common."""
        if self.mismo_oficio:
            return "Otro vehículo del mismo oficio"
        if self.misma_patente and self.misma_persona:
            return "La misma patente y la misma persona"
        return "La misma patente" if self.misma_patente else "Una persona con el mismo RUT"


def list_same_vehicle(oficio: Oficio, usuario: Usuario) -> list[MismoVehiculo]:
    """Other oficios with the same plate, or with a person of the same RUT, newest first; before
    them the cases of the other vehicles of its order.

    Somebody of a buffet is told only of that buffet's own. Found through the indexes of plates and
    RUTs: an installation with many oficios is not read through for each page.
    """
    plate = oficio.vehiculo.patente
    patentes = () if plate == ERASED_PLATE else parse_patente(plate).equivalentes
    ruts = [persona.rut for persona in oficio.propietarios if persona.rut]
    values = {
        "patentes": patentes,
        "ruts": ruts,
        "buffet_id": oficio.buffet_id,
        "numero": oficio.numero_oficio,
        "oficio_id": oficio.id,
    }
    if usuario.is_staff:
        rows = _same_vehicle.rows(**values)
    else:
        rows = _same_vehicle_of_buffet.rows(**values, lector_id=usuario.buffet_id)
    return [
        MismoVehiculo(pk, numero, estado, buffet, bool(patente), bool(persona), bool(orden))
        for pk, numero, estado, buffet, patente, persona, orden in rows
    ]


@prepared
def _same_vehicle() -> sa.Select:
    return _select_same_vehicle()


@prepared
def _same_vehicle_of_buffet(lector_id: Any) -> sa.Select:
    return _select_same_vehicle().where(Oficio.buffet_id == lector_id)


def _select_same_vehicle() -> sa.Select:
    found = sa.union_all(
        sa.select(
            Vehiculo.oficio_id,
            sa.literal(1).label("patente"),
            sa.literal(0).label("persona"),
            sa.literal(0).label("orden"),
        ).where(Vehiculo.patente.in_(sa.bindparam("patentes", expanding=True))),
        sa.select(Propietario.oficio_id, sa.literal(0), sa.literal(1), sa.literal(0)).where(
            Propietario.rut.in_(sa.bindparam("ruts", expanding=True))
        ),
        sa.select(Oficio.id, sa.literal(0), sa.literal(0), sa.literal(1)).where(
            Oficio.buffet_id == sa.bindparam("buffet_id"),
            Oficio.numero_oficio == sa.bindparam("numero"),
        ),
    ).subquery()
    why = (
        sa.select(
            found.c.oficio_id,
            sa.func.max(found.c.patente).label("patente"),
            sa.func.max(found.c.persona).label("persona"),
            sa.func.max(found.c.orden).label("orden"),
        )
        .where(found.c.oficio_id != sa.bindparam("oficio_id"))
        .group_by(found.c.oficio_id)
        .subquery()
    )
    return (
        sa.select(
            Oficio.id,
            Oficio.numero_oficio,
            Oficio.estado,
            Buffet.nombre,
            why.c.patente,
            why.c.persona,
            why.c.orden,
        )
        .join(why, why.c.oficio_id == Oficio.id)
        .join(Buffet, Buffet.id == Oficio.buffet_id)
        .order_by(why.c.orden.desc(), Oficio.created_at.desc(), Oficio.id.desc())
        .limit(SAME_VEHICLE_LIMIT + 1)
    )


def list_warnings(oficio: Oficio) -> list[Advertencia]:
    """What somebody should correct or confirm, in the order of the page."""
    return [
        *(
            Advertencia("patente", text, "oficios.vehiculo")
            for text in oficio.vehiculo.advertencias
        ),
        *(
            Advertencia(f"rut-{persona.id}", text, "oficios.personas")
            for persona in oficio.propietarios
            for text in persona.advertencias
        ),
        *(
            Advertencia(f"ingreso-{name}", text, _WHERE.get(name, "oficios.datos"))
            for name, text in oficio.advertencias_ingreso.items()
        ),
    ]


def timeline_statement(oficio_id: int, tipo: Actividad | None = None) -> sa.Select[Investigacion]:
    """The entries of a bitácora that count, newest first: not those that were taken back."""
    statement = (
        sa.select(Investigacion)
        .where(Investigacion.oficio_id == oficio_id, Investigacion.retirado_at.is_(None))
        .options(joinedload(Investigacion.usuario))
        .order_by(Investigacion.ocurrido_at.desc(), Investigacion.id.desc())
    )
    return statement.where(Investigacion.tipo == tipo) if tipo else statement


def find_oficio(oficio_id: int) -> Oficio | None:
    """An oficio with what every part of its page shows, in one question."""
    session = db.session()
    if session.identity_key(Oficio, oficio_id) in session.identity_map:
        return session.get(Oficio, oficio_id, options=_whole_case())
    return session.scalars(_find_oficio(), {"id": oficio_id}).unique().one_or_none()


def find_oficios(ids: Iterable[int]) -> dict[int, Oficio]:
    """Several oficios by their ids as ``find_oficio`` gives one, in one question."""
    wanted = sa.select(Oficio).where(Oficio.id.in_(set(ids))).options(*_whole_case())
    return {row.id: row for row in db.session.scalars(wanted).unique()}


@cache
def _find_oficio() -> sa.Select[Oficio]:
    """The statement of ``find_oficio``, written once."""
    return sa.select(Oficio).where(Oficio.id == sa.bindparam("id")).options(*_whole_case())


def _whole_case() -> list[ORMOption]:
    return [
        joinedload(Oficio.vehiculo),
        joinedload(Oficio.buffet),
        joinedload(Oficio.investigador),
        joinedload(Oficio.propietarios),
        joinedload(Oficio.direcciones),
    ]


def find_number(oficio_id: int) -> str:
    """The number of a case as its papers have it; empty when there is none."""
    found = sa.select(Oficio.numero_oficio).where(Oficio.id == oficio_id)
    return db.session.scalar(found) or ""


def is_sample(oficio_id: int) -> bool:
    """Whether it is a case of the firm of the examples."""
    theirs = Oficio.buffet_id.in_(sample_buffets())
    found = sa.select(Oficio.id).where(Oficio.id == oficio_id, theirs)
    return db.session.scalar(found) is not None


def load_visits(oficio: Oficio) -> None:
    """Load the visits to every address of an oficio at once, with who made them."""
    db.session.scalars(
        sa.select(Direccion)
        .where(Direccion.oficio_id == oficio.id)
        .options(
            selectinload(Direccion.visitas).joinedload(Visita.usuario),
            joinedload(Direccion.verificada_por),
        )
        .execution_options(populate_existing=True)
    ).all()


def newest_visits(oficio_id: int) -> dict[int, Visita]:
    """The last visit to each address of a case, by the address, with who made it."""
    rows = db.session.scalars(
        sa.select(Visita)
        .join(Visita.direccion)
        .where(Direccion.oficio_id == oficio_id)
        .options(joinedload(Visita.usuario))
        .order_by(Visita.fecha_hora, Visita.id)
    )
    return {row.direccion_id: row for row in rows}


def dates_of_states(oficio: Oficio) -> dict[Estado, datetime]:
    """When the oficio last came into each state that it has been in."""
    dates = {Estado.PENDIENTE: oficio.created_at}
    entries = _moves.rows(oficio_id=oficio.id)
    known = {estado.value: estado for estado in Estado}
    for detalle, ocurrido_at in entries:
        if estado := known.get(detalle.get("a")):
            dates[estado] = ocurrido_at
    dates[oficio.estado] = oficio.estado_desde
    return dates


@prepared
def _moves() -> sa.Select:
    """The moves of a case from state to state, oldest first."""
    return (
        sa.select(Investigacion.detalle, Investigacion.ocurrido_at)
        .where(
            Investigacion.oficio_id == sa.bindparam("oficio_id"),
            Investigacion.tipo == Actividad.CAMBIO_ESTADO,
        )
        .order_by(Investigacion.ocurrido_at, Investigacion.id)
    )


def count_entries(oficio_id: int) -> sa.Select[int]:
    """Return the SQL statement that counts the entries of the bitácora."""
    return _count(Investigacion, oficio_id)


def count_personas(oficio_id: int) -> sa.Select[int]:
    """Return the SQL statement that counts the people of the case."""
    return _count(Propietario, oficio_id)


def count_direcciones(oficio_id: int) -> sa.Select[int]:
    """Return the SQL statement that counts the addresses of the case."""
    return _count(Direccion, oficio_id)


def _count(
    model: type[Investigacion] | type[Propietario] | type[Direccion], oficio_id: int
) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(model).where(model.oficio_id == oficio_id)
