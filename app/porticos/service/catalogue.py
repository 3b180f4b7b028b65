"""The catalogue itself: what the office adds, changes and takes out of use."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.auditoria.service import audit
from app.core.errors import Refused, Stale
from app.core.text import fold
from app.db import db
from app.jobs.queue import enqueue
from app.porticos.models import Portico
from app.porticos.rules import Confianza, TipoPortico, catalogue_key
from app.porticos.rules.direction import find_way
from app.usuarios.models import Usuario

#: Name of the job that matches sightings to the catalogue again; defined in a higher package.
REMATCH = "avistamientos.emparejar"


class PorticoTaken(Refused):
    """The road has a gantry with that code in that direction already."""

    def __init__(self) -> None:
        super().__init__(
            "Esa vía ya tiene un pórtico con ese código en ese sentido. Búsquelo en la lista; si "
            "es el del otro sentido, escriba el sentido."
        )


@dataclass(frozen=True)
class PorticoData:
    """What the office says of a gantry."""

    autopista: str
    codigo: str
    concesionaria: str | None = None
    tramo: str | None = None
    tipo: TipoPortico = TipoPortico.PORTICO
    sentido: str | None = None
    comuna: str | None = None
    region: str | None = None
    lat: float | None = None
    lon: float | None = None
    confianza_coord: Confianza | None = None
    procedencia_coord: str | None = None
    #: Other codes and names, one a line.
    otros_nombres: str = ""


#: What a list or the office says of a gantry.
FIELDS = tuple(PorticoData.__dataclass_fields__)


def create_portico(data: PorticoData, *, actor: Usuario, now: datetime) -> Portico:
    """Add a gantry that the office knows.

    Raises:
        PorticoTaken: the road has one with that code.
    """
    _refuse_taken(data)
    row = Portico(clave=_key(data), created_at=now)
    _apply(row, data, actor=actor, now=now)
    db.session.add(row)
    db.session.flush()
    audit(
        "portico.creado",
        actor=actor,
        now=now,
        entidad="portico",
        entidad_id=row.id,
        datos=facts_of(row),
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
    if _key(data) != catalogue_key(portico.autopista, portico.codigo, portico.sentido):
        _refuse_taken(data, but=portico.id)
        portico.clave = _key(data)
    before = facts_of(portico)
    _apply(portico, data, actor=actor, now=now)
    after = facts_of(portico)
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


def _refuse_taken(data: PorticoData, *, but: int | None = None) -> None:
    """Refuse a second gantry of that road, code and direction; an unknown direction is any."""
    base = catalogue_key(data.autopista, data.codigo)
    statement = sa.select(Portico).where(
        sa.or_(Portico.clave == base, Portico.clave.startswith(f"{base}/", autoescape=True))
    )
    for other in db.session.scalars(statement):
        if other.id == but:
            continue
        ways = {fold(data.sentido or ""), fold(other.sentido or "")}
        way = find_way(data.sentido)
        if "" in ways or len(ways) == 1 or (way and way == find_way(other.sentido)):
            raise PorticoTaken


def _key(data: PorticoData) -> str:
    return catalogue_key(data.autopista, data.codigo, data.sentido)


def _apply(row: Portico, data: PorticoData, *, actor: Usuario, now: datetime) -> None:
    for name, value in vars(data).items():
        setattr(row, name, value)
    row.busqueda = search_text(row)
    row.modificado_por_id = actor.id
    row.updated_at = now


def _check_version(portico: Portico, version: int) -> None:
    db.session.refresh(portico, with_for_update={"of": Portico})
    if version != portico.version:
        raise Stale(
            "Alguien cambió este pórtico mientras usted lo veía. Lo que escribió sigue aquí: "
            "compárelo y guarde otra vez si corresponde."
        )


def search_text(row: Portico) -> str:
    """What the search of the catalogue looks in."""
    parts = (row.autopista, row.codigo, row.tramo, row.concesionaria, row.comuna, row.region)
    return fold(" ".join(part for part in (*parts, row.sentido, row.otros_nombres) if part))


def facts_of(row: Portico) -> dict[str, object]:
    """What the catalogue says of a gantry, as the audit keeps it."""
    facts = {name: getattr(row, name) for name in FIELDS}
    return {name: getattr(value, "value", value) for name, value in facts.items()}
