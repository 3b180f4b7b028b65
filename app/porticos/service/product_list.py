"""The list that the product brings: the first start loads it, a later one is applied by a person.

An installation that has the list of 2025 keeps it until an administrator applies that of 2026,
having seen what changes. A field that is still as 2025 delivered it takes the new value; one that
the office changed stays. Gantries keep their id, so sightings and corrections keep their gantry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.auditoria.service import audit
from app.core import porticos as listas
from app.core.errors import Stale
from app.db import db
from app.porticos.models import Portico
from app.porticos.rules import (
    CambioLista,
    Confianza,
    TipoPortico,
    catalogue_key,
    metres_between,
)
from app.porticos.service.catalogue import (
    FIELDS,
    PorticoData,
    ask_to_rematch,
    search_text,
)
from app.usuarios.models import Usuario

#: Begins the ``semilla`` of every row of the list of 2026; those of 2025 have no prefix.
EDITION = "2026:"
#: Closer than this, in metres, the new point is the old one with more decimals.
_SAME_PLACE = 15
_POINT = ("lat", "lon", "confianza_coord", "procedencia_coord")
#: What the office may have corrected, as it is called on the page; a point is one thing.
_KEPT_AS = {
    "tramo": "tramo",
    "tipo": "tipo",
    "sentido": "sentido",
    "concesionaria": "concesionaria",
    "region": "región",
    "autopista": "vía",
    "codigo": "código",
}


@dataclass(frozen=True)
class Seed:
    """A gantry of the list of 2026: what identifies it there, and what the list says of it."""

    semilla: str
    clave: str
    data: PorticoData

    @property
    def road_and_code(self) -> str:
        """What the gantries of both directions share."""
        return catalogue_key(self.data.autopista, self.data.codigo)


@dataclass
class ListChange:
    """What applying the list does to one gantry."""

    cambios: list[CambioLista]
    nombre: str
    autopista: str
    antes: str = ""
    #: Metres between the point of before and the new one; None where there was none.
    metros: int | None = None
    #: What the office corrected and keeps.
    conserva: list[str] = field(default_factory=list)
    portico: Portico | None = None
    seed: Seed | None = None
    #: What is written to the row.
    valores: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ListChanges:
    """Everything that applying the list would do."""

    filas: list[ListChange]

    @property
    def digest(self) -> str:
        """Identifies this preview, so that another state of the catalogue refuses it."""
        said = [
            (row.nombre, row.portico and (row.portico.id, row.portico.version), row.valores)
            for row in self.filas
        ]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:32]

    def count(self, cambio: CambioLista) -> int:
        """How many gantries change so."""
        return sum(cambio in row.cambios for row in self.filas)

    @property
    def kept(self) -> int:
        """How many keep something that the office corrected."""
        return sum(bool(row.conserva) for row in self.filas)


def load_seed(now: datetime) -> int:
    """Add what the product's list has and the catalogue lacks; return how many.

    Done at each start. What is there already is left as the office has it, also where it renamed
    a gantry or took one out of use. A catalogue that has the list of 2025 waits for a person.
    """
    if is_list_pending():
        return 0
    rows = list(db.session.scalars(sa.select(Portico)))
    known = {row.semilla for row in rows}
    taken = {row.clave for row in rows} | _office_codes(rows)
    new = [
        seed
        for seed in list_seeds()
        if seed.semilla not in known and not {seed.clave, seed.road_and_code} & taken
    ]
    db.session.add_all(_row_of(seed, now) for seed in new)
    db.session.flush()
    return len(new)


def is_list_pending() -> bool:
    """Whether the catalogue still has the list of 2025."""
    statement = sa.select(Portico.id).where(
        Portico.semilla.is_not(None), ~Portico.semilla.startswith(EDITION)
    )
    return db.session.scalar(statement.limit(1)) is not None


def list_seeds() -> list[Seed]:
    """The list of 2026. Rows that nothing tells apart are counted: «…/r78_ave//2»."""
    seeds: list[Seed] = []
    times: dict[str, int] = {}
    for record in listas.porticos():
        key = catalogue_key(record.autopista, record.codigo, record.sentido)
        times[key] = times.get(key, 0) + 1
        clave = key if times[key] == 1 else f"{key}//{times[key]}"
        seeds.append(Seed(EDITION + clave, clave, _data_of(record)))
    return seeds


def read_changes() -> ListChanges:
    """What applying the list of 2026 would change, gantry by gantry; nothing is written."""
    if not is_list_pending():
        return ListChanges([])
    rows = list(db.session.scalars(sa.select(Portico).order_by(Portico.id)))
    before = {catalogue_key(old.autopista, old.codigo): old for old in listas.porticos_2025()}
    seeds = list_seeds()
    changes: list[ListChange] = []
    used: set[str] = set()
    for row in rows:
        if row.semilla is None or row.semilla.startswith(EDITION):
            continue
        old = before.get(row.semilla)
        seed = _successor(old, seeds) if old else None
        if old is None or seed is None:
            changes.append(_gone(row, old))
        else:
            used.add(seed.semilla)
            changes.append(_updated(row, _data_of(old), seed))
    office = _office_codes(rows)
    for seed in seeds:
        if seed.semilla in used:
            continue
        if seed.road_and_code in office:
            changes.append(ListChange([CambioLista.PROPIO], _name(seed.data), seed.data.autopista))
        else:
            changes.append(
                ListChange([CambioLista.NUEVO], _name(seed.data), seed.data.autopista, seed=seed)
            )
    return ListChanges(changes)


def apply_list(digest: str, *, actor: Usuario, now: datetime) -> ListChanges:
    """Make the catalogue that of 2026, as a person saw it in the preview.

    Raises:
        Stale: the catalogue or the list is no longer what the preview showed.
    """
    changes = read_changes()
    if not changes.filas or changes.digest != digest:
        raise Stale(
            "El catálogo cambió mientras usted lo veía. Revise otra vez qué cambia y aplíquelo."
        )
    taken = {row.clave for row in db.session.scalars(sa.select(Portico))}
    for change in changes.filas:
        if change.portico is not None:
            _write(change.portico, change, taken, actor=actor, now=now)
    for change in changes.filas:
        if change.portico is None and change.seed is not None and change.seed.clave not in taken:
            db.session.add(_row_of(change.seed, now))
    audit(
        "portico.lista_aplicada",
        actor=actor,
        now=now,
        entidad="portico",
        entidad_id=0,
        lista=EDITION.rstrip(":"),
        cuentas={cambio.value: changes.count(cambio) for cambio in CambioLista},
        conservados=changes.kept,
        cambios=[
            {"portico_id": row.portico.id, "antes": row.antes, "despues": row.nombre}
            for row in changes.filas
            if row.portico is not None and row.antes
        ],
    )
    ask_to_rematch(now)
    db.session.flush()
    return changes


def _write(
    row: Portico, change: ListChange, taken: set[str], *, actor: Usuario, now: datetime
) -> None:
    for name, value in change.valores.items():
        setattr(row, name, value)
    row.semilla = change.seed.semilla if change.seed else None
    if change.seed is not None:
        key = catalogue_key(row.autopista, row.codigo, row.sentido)
        wanted = key if key != change.seed.road_and_code else change.seed.clave
        if wanted not in taken:
            taken.discard(row.clave)
            taken.add(wanted)
            row.clave = wanted
    row.busqueda = search_text(row)
    row.version += 1
    row.updated_at = now
    if CambioLista.REEMPLAZADO in change.cambios:
        row.modificado_por_id = actor.id


def _updated(row: Portico, old: PorticoData, seed: Seed) -> ListChange:
    """A gantry that both lists have: what 2025 delivered is replaced, corrections stay."""
    new = seed.data
    values: dict[str, Any] = {}
    kept = []
    for name, called in _KEPT_AS.items():
        ours, theirs = getattr(row, name), getattr(new, name)
        if ours == getattr(old, name) or (name == "concesionaria" and not ours):
            values[name] = theirs
        elif ours != theirs:
            kept.append(called)
    metres = None
    if (row.lat, row.lon) == (old.lat, old.lon):
        if new.lat is not None:
            values.update((name, getattr(new, name)) for name in _POINT)
            metres = _metres(row, new)
    else:
        kept.append("posición")
    values["comuna"] = row.comuna or new.comuna
    values["otros_nombres"] = "\n".join(
        dict.fromkeys([*row.otros_nombres.splitlines(), *new.otros_nombres.splitlines()])
    )
    changes = []
    if values.get("tramo", row.tramo) != row.tramo:
        changes.append(CambioLista.RENOMBRADO)
    if row.lat is None and values.get("lat") is not None:
        changes.append(CambioLista.UBICADO)
    elif metres is not None and metres > _SAME_PLACE:
        changes.append(CambioLista.MOVIDO)
    if row.sentido is None and values.get("sentido"):
        changes.append(CambioLista.CON_SENTIDO)
    name = " ".join(filter(None, (row.codigo, values.get("tramo", row.tramo))))
    return ListChange(
        changes or [CambioLista.IGUAL],
        name,
        row.autopista,
        antes=row.nombre if row.nombre != name else "",
        metros=metres if CambioLista.MOVIDO in changes else None,
        conserva=kept,
        portico=row,
        seed=seed,
        valores=values,
    )


def _gone(row: Portico, old: listas.PorticoRecord | None) -> ListChange:
    """A gantry that the list of 2026 has no more: replaced by several, or the office's from now."""
    if old is not None and (old.autopista, old.codigo) in listas.SUCESORES:
        codes = ", ".join(listas.SUCESORES[old.autopista, old.codigo])
        return ListChange(
            [CambioLista.REEMPLAZADO],
            f"{row.nombre} → {codes}",
            row.autopista,
            portico=row,
            valores={"activo": False},
        )
    return ListChange([CambioLista.PROPIO], row.nombre, row.autopista, portico=row)


def _successor(old: listas.PorticoRecord, seeds: list[Seed]) -> Seed | None:
    """The row of 2026 that is this gantry: of two directions, the one it was named after."""
    key = catalogue_key(old.autopista, old.codigo)
    same = [seed for seed in seeds if seed.road_and_code == key]
    named = [seed for seed in same if seed.data.tramo and seed.data.tramo in old.tramo]
    return next(iter([*named, *same]), None)


def _office_codes(rows: list[Portico]) -> set[str]:
    """Road and code of what the office added itself: the list adds no second one."""
    return {catalogue_key(row.autopista, row.codigo) for row in rows if row.semilla is None}


def _row_of(seed: Seed, now: datetime) -> Portico:
    row = Portico(
        semilla=seed.semilla,
        clave=seed.clave,
        created_at=now,
        updated_at=now,
        **dict(_values(seed.data)),
    )
    row.busqueda = search_text(row)
    return row


def _values(data: PorticoData) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(data, name)) for name in FIELDS)


def _data_of(record: listas.PorticoRecord) -> PorticoData:
    return PorticoData(
        autopista=record.autopista,
        codigo=record.codigo,
        concesionaria=record.concesionaria or None,
        tramo=record.tramo or None,
        tipo=TipoPortico(record.tipo),
        sentido=record.sentido or None,
        comuna=record.comuna or None,
        region=record.region or None,
        lat=record.lat,
        lon=record.lon,
        confianza_coord=Confianza(record.confianza) if record.confianza else None,
        procedencia_coord=record.procedencia or None,
        otros_nombres="\n".join(record.otros_nombres),
    )


def _name(data: PorticoData) -> str:
    parts = (data.codigo, data.tramo, f"({data.sentido})" if data.sentido else None)
    return " ".join(part for part in parts if part)


def _metres(row: Portico, new: PorticoData) -> int | None:
    if row.lat is None or row.lon is None or new.lat is None or new.lon is None:
        return None
    return metres_between((row.lat, row.lon), (new.lat, new.lon))
