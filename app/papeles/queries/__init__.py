"""The papers of the tray that belong together, and what was made of them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from app.bandeja.models import Ingreso, Origen
from app.bandeja.rules import EstadoIngreso, TipoIngreso
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules import OPEN_STATES
from app.papeles.rules import ClasePapel, LecturaDePapel
from app.vehiculos.models import Vehiculo

#: Papers of one buffet that wait, among which the other half is looked for.
_MOST = 300
_CAV = ClasePapel.CAV.value


def reading_of(ingreso: Ingreso) -> LecturaDePapel:
    """What was read of a paper; nothing of one that could not be read."""
    told = ingreso.lectura or {}
    return LecturaDePapel.of_json(told) if "clase" in told else LecturaDePapel(ClasePapel.OTRO)


def find_other_half(ingreso: Ingreso, patente: str) -> Ingreso | None:
    """The certificate of a vehicle of an order, or the order of a certificate, if one waits too.

    It is of the same buffet and names the same plate.
    """
    if not patente or ingreso.buffet_id is None:
        return None
    is_cav = ingreso.resumen.get("clase") == _CAV
    waiting = db.session.scalars(
        sa.select(Ingreso)
        .where(
            Ingreso.buffet_id == ingreso.buffet_id,
            Ingreso.tipo.in_([TipoIngreso.PAPEL, TipoIngreso.FOTO]),
            Ingreso.estado == EstadoIngreso.POR_REVISAR,
            Ingreso.id != ingreso.id,
        )
        .order_by(Ingreso.id.desc())
        .limit(_MOST)
    )
    for other in waiting:
        is_half = (other.resumen.get("clase") == _CAV) is not is_cav
        if is_half and other.resumen.get("clase") and patente in other.resumen["patentes"]:
            return other
    return None


def list_waiting() -> Sequence[int]:
    """The papers of the tray that wait, as it shows them: the newest first."""
    return db.session.scalars(
        sa.select(Ingreso.id)
        .where(
            Ingreso.estado == EstadoIngreso.POR_REVISAR,
            Ingreso.tipo.in_([TipoIngreso.PAPEL, TipoIngreso.FOTO]),
        )
        .order_by(Ingreso.id.desc())
        .limit(_MOST)
    ).all()


def list_made(ingreso_id: int) -> Sequence[sa.Row[int, str, str]]:
    """The cases that were made of a paper and that may be seen: id, number, plate."""
    return db.session.execute(
        sa.select(Oficio.id, Oficio.numero_oficio, Vehiculo.patente)
        .join(Origen, Origen.oficio_id == Oficio.id)
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(Origen.ingreso_id == ingreso_id)
        .order_by(Oficio.id)
    ).all()


def list_open_cases(buffet_id: int, patente: str) -> Sequence[sa.Row[int, str]]:
    """The open cases of a buffet on a plate that may be seen: id and number."""
    return db.session.execute(
        sa.select(Oficio.id, Oficio.numero_oficio)
        .join(Vehiculo, Vehiculo.oficio_id == Oficio.id)
        .where(
            Oficio.buffet_id == buffet_id,
            Vehiculo.patente == patente,
            Oficio.estado.in_(OPEN_STATES),
        )
        .order_by(Oficio.id)
    ).all()


def vehicle_facts(patente: str, names: Sequence[str]) -> dict[str, str]:
    """What the cases of a plate that may be seen say of its vehicle; the newest that knows it."""
    statement = (
        sa.select(*(getattr(Vehiculo, name) for name in names))
        .join(Oficio, Oficio.id == Vehiculo.oficio_id)
        .where(Vehiculo.patente == patente)
        .order_by(Oficio.id)
    )
    facts: dict[str, str] = {}
    for row in db.session.execute(statement):
        told = zip(names, row, strict=True)
        facts |= {name: str(value) for name, value in told if value is not None and value != ""}
    return facts


def with_reading(ingreso_id: int) -> Ingreso:
    """A paper with what was read of it."""
    return db.session.scalars(
        sa.select(Ingreso).where(Ingreso.id == ingreso_id).options(undefer(Ingreso.lectura))
    ).one()
