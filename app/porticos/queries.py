"""Reading the catalogue and the corrections that are remembered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.core.text import fold
from app.core.time_zones import zone_of
from app.db import db
from app.porticos.models import AliasPortico, Portico
from app.porticos.rules import TipoPortico, alias_key
from app.porticos.rules.recognition import Catalogo, CatalogoEntry, suggest

#: Maximum texts in one statement's IN list.
_BATCH = 200


@dataclass(frozen=True)
class PorticoFilter:
    """Which gantries a list shows."""

    q: str = ""
    autopista: str = ""
    tipo: TipoPortico | None = None
    #: None includes inactive gantries.
    activo: bool | None = None
    con_coordenadas: bool | None = None


def porticos_statement(wanted: PorticoFilter) -> sa.Select[Portico]:
    """The catalogue under some filters, by road and in the order in which it was entered."""
    statement = sa.select(Portico).order_by(sa.func.lower(Portico.autopista), Portico.id)
    for word in fold(wanted.q).split():
        statement = statement.where(Portico.busqueda.contains(word, autoescape=True))
    if wanted.autopista:
        statement = statement.where(Portico.autopista == wanted.autopista)
    if wanted.tipo is not None:
        statement = statement.where(Portico.tipo == wanted.tipo)
    if wanted.activo is not None:
        statement = statement.where(Portico.activo.is_(wanted.activo))
    if wanted.con_coordenadas is not None:
        has_point = Portico.lat.is_not(None)
        statement = statement.where(has_point if wanted.con_coordenadas else ~has_point)
    return statement


def list_roads() -> list[str]:
    """The roads of the catalogue, by name."""
    return list(
        db.session.scalars(sa.select(Portico.autopista).distinct().order_by(Portico.autopista))
    )


def load_catalogo() -> Catalogo:
    """The gantries in use, prepared for looking many texts up."""
    rows = db.session.execute(
        sa.select(
            Portico.id,
            Portico.autopista,
            Portico.codigo,
            Portico.tramo,
            Portico.concesionaria,
            Portico.sentido,
            Portico.otros_nombres,
        ).where(Portico.activo)
    )
    return Catalogo([CatalogoEntry(*row) for row in rows])


def find_alias(ubicacion: str | None, empresa: str | None) -> AliasPortico | None:
    """What a person said of that text, however it is spelled."""
    place, company = alias_key(ubicacion, empresa)
    return db.session.scalar(
        sa.select(AliasPortico).where(
            AliasPortico.ubicacion == place, AliasPortico.empresa == company
        )
    )


def find_aliases(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], AliasPortico]:
    """The remembered corrections of some texts, by ``rules.alias_key``."""
    wanted = set(keys)
    places = sorted({place for place, _ in wanted})
    found: dict[tuple[str, str], AliasPortico] = {}
    for start in range(0, len(places), _BATCH):
        statement = (
            sa.select(AliasPortico)
            .where(AliasPortico.ubicacion.in_(places[start : start + _BATCH]))
            .options(joinedload(AliasPortico.portico))
        )
        for alias in db.session.scalars(statement):
            if (alias.ubicacion, alias.empresa) in wanted:
                found[alias.ubicacion, alias.empresa] = alias
    return found


def aliases_statement(q: str = "") -> sa.Select[AliasPortico]:
    """The remembered corrections, newest first; ``q`` is looked for in their texts."""
    statement = (
        sa.select(AliasPortico)
        .options(joinedload(AliasPortico.portico), joinedload(AliasPortico.usuario))
        .order_by(AliasPortico.created_at.desc(), AliasPortico.id.desc())
    )
    for word in fold(q).split():
        statement = statement.where(
            sa.or_(
                AliasPortico.ubicacion.contains(word, autoescape=True),
                AliasPortico.empresa.contains(word, autoescape=True),
            )
        )
    return statement


def count_aliases() -> int:
    """How many corrections are remembered."""
    return db.session.scalar(sa.select(sa.func.count(AliasPortico.id))) or 0


def list_suggestions(ubicacion: str | None, empresa: str | None, *, limit: int) -> list[Portico]:
    """The gantries that a text most likely means, the likeliest first."""
    ids = suggest(ubicacion, empresa, load_catalogo(), limit=limit)
    rows = {
        row.id: row for row in db.session.scalars(sa.select(Portico).where(Portico.id.in_(ids)))
    }
    return [rows[pk] for pk in ids]


def list_zones(ids: Iterable[int]) -> dict[int, ZoneInfo]:
    """The zone of each gantry, by its id."""
    statement = sa.select(Portico.id, Portico.region, Portico.lat, Portico.lon)
    rows = db.session.execute(statement.where(Portico.id.in_(list(ids))))
    return {row.id: zone_of(region=row.region, lat=row.lat, lon=row.lon) for row in rows}
