"""The catalogue itself: the list that the product brings, and what the office makes of it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.auditoria.service import audit
from app.core import porticos as semilla
from app.core.errors import Refused, Stale
from app.core.text import fold
from app.db import db
from app.jobs.queue import enqueue
from app.porticos.models import Portico
from app.porticos.rules import Confianza, TipoPortico, catalogue_key
from app.usuarios.models import Usuario

#: Name of the job that matches sightings to the catalogue again; defined in a higher package.
REMATCH = "avistamientos.emparejar"
#: «media (OSM, ODbL)»: how far a point is to be trusted, and where it comes from.
_TRUST = re.compile(r"(alta|media|baja)(?:\s*\((.*)\))?")


class PorticoTaken(Refused):
    """The road has a gantry with that code already."""

    def __init__(self) -> None:
        super().__init__("Esa vía ya tiene un pórtico con ese código. Búsquelo en la lista.")


@dataclass(frozen=True)
class PorticoData:
    """What the office says of a gantry."""

    autopista: str
    codigo: str
    concesionaria: str | None = None
    tramo: str | None = None
    tipo: TipoPortico = TipoPortico.PORTICO
    sentido: str | None = None
    region: str | None = None
    lat: float | None = None
    lon: float | None = None
    confianza_coord: Confianza | None = None
    procedencia_coord: str | None = None


def load_seed(now: datetime) -> int:
    """Add what the product's list has and the catalogue lacks; return how many.

    Done at each start, so that an upgrade brings new gantries. What is there already is left as
    the office has it, also where it renamed a gantry or took one out of use.
    """
    known = set(db.session.scalars(sa.select(Portico.semilla).where(Portico.semilla.is_not(None))))
    taken = set(db.session.scalars(sa.select(Portico.clave)))
    new = []
    for row in semilla.porticos():
        key = catalogue_key(row.autopista, row.codigo)
        if key in known or key in taken:
            continue
        found = _TRUST.fullmatch(row.confianza_coord)
        portico = Portico(
            semilla=key,
            clave=key,
            autopista=row.autopista,
            concesionaria=row.concesionaria or None,
            codigo=row.codigo,
            tramo=row.tramo or None,
            tipo=TipoPortico(row.tipo),
            region=row.region or None,
            lat=row.lat,
            lon=row.lon,
            confianza_coord=Confianza(found[1]) if found else None,
            procedencia_coord=found[2] if found else None,
            created_at=now,
            updated_at=now,
        )
        portico.busqueda = _search_text(portico)
        new.append(portico)
    db.session.add_all(new)
    db.session.flush()
    return len(new)


def create_portico(data: PorticoData, *, actor: Usuario, now: datetime) -> Portico:
    """Add a gantry that the office knows.

    Raises:
        PorticoTaken: the road has one with that code.
    """
    _refuse_taken(data, but=None)
    row = Portico(created_at=now)
    _apply(row, data, actor=actor, now=now)
    db.session.add(row)
    db.session.flush()
    audit(
        "portico.creado",
        actor=actor,
        now=now,
        entidad="portico",
        entidad_id=row.id,
        datos=_facts(row),
    )
    ask_to_rematch(now)
    return row


def update_portico(
    portico: Portico, data: PorticoData, version: int, *, actor: Usuario, now: datetime
) -> None:
    """Change what the office says of a gantry.

    Raises:
        Stale: somebody changed it since the actor saw it.
        PorticoTaken: the road has another one with that code.
    """
    _check_version(portico, version)
    _refuse_taken(data, but=portico.id)
    before = _facts(portico)
    _apply(portico, data, actor=actor, now=now)
    after = _facts(portico)
    if before == after:
        return
    portico.version += 1
    db.session.flush()
    changed = [name for name in after if before[name] != after[name]]
    audit(
        "portico.modificado",
        actor=actor,
        now=now,
        entidad="portico",
        entidad_id=portico.id,
        antes={name: before[name] for name in changed},
        despues={name: after[name] for name in changed},
    )
    ask_to_rematch(now)


def set_active(portico: Portico, *, activo: bool, actor: Usuario, now: datetime) -> None:
    """Take a gantry out of use, or bring it back. Sightings that have it keep it."""
    if portico.activo is activo:
        return
    portico.activo = activo
    portico.version += 1
    portico.updated_at = now
    portico.modificado_por_id = actor.id
    audit(
        "portico.activado" if activo else "portico.desactivado",
        actor=actor,
        now=now,
        entidad="portico",
        entidad_id=portico.id,
    )
    ask_to_rematch(now)
    db.session.flush()


def ask_to_rematch(now: datetime) -> None:
    """Have the sightings tied to the catalogue as it will be after this transaction."""
    enqueue(REMATCH, key=f"{REMATCH}:{uuid.uuid4()}", now=now)


def _refuse_taken(data: PorticoData, *, but: int | None) -> None:
    key = catalogue_key(data.autopista, data.codigo)
    other = db.session.scalar(sa.select(Portico.id).where(Portico.clave == key))
    if other is not None and other != but:
        raise PorticoTaken


def _apply(row: Portico, data: PorticoData, *, actor: Usuario, now: datetime) -> None:
    for name, value in vars(data).items():
        setattr(row, name, value)
    row.clave = catalogue_key(data.autopista, data.codigo)
    row.busqueda = _search_text(row)
    row.modificado_por_id = actor.id
    row.updated_at = now


def _check_version(portico: Portico, version: int) -> None:
    db.session.refresh(portico, with_for_update={"of": Portico})
    if version != portico.version:
        raise Stale(
            "Alguien cambió este pórtico mientras usted lo veía. Lo que escribió sigue aquí: "
            "compárelo y guarde otra vez si corresponde."
        )


def _search_text(row: Portico) -> str:
    parts = (row.autopista, row.codigo, row.tramo, row.concesionaria, row.region, row.sentido)
    return fold(" ".join(part for part in parts if part))


def _facts(row: Portico) -> dict[str, object]:
    facts = {name: getattr(row, name) for name in PorticoData.__dataclass_fields__}
    return {name: getattr(value, "value", value) for name, value in facts.items()}
