"""The text of an oficio that the search looks into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.core.text import fold
from app.db import db
from app.oficios.models import Oficio
from app.oficios.rules.campos import GrupoDeCampos, column_of, fields_of


def refresh_search(oficio: Oficio) -> None:
    """Rebuild the folded text that the search looks into; no version counts that."""
    db.session.refresh(oficio, ["vehiculo", "propietarios"])
    oficio.busqueda = search_text(oficio)
    db.session.flush()


def search_text(oficio: Any) -> str:
    """Return the folded text of an oficio: its searched fields, its vehicle's and its people's.

    It may be stored or only about to be.
    """
    parts = [
        *_searched(oficio, GrupoDeCampos.OFICIO),
        *_searched(oficio.vehiculo, GrupoDeCampos.VEHICULO),
    ]
    for persona in oficio.propietarios:
        parts += [*_searched(persona, GrupoDeCampos.PERSONA), (persona.rut or "").replace("-", "")]
    return fold(" ".join(part for part in parts if part))


def _searched(row: Any, grupo: GrupoDeCampos) -> Iterator[str | None]:
    return (getattr(row, column_of(name)) for name, one in fields_of(grupo).items() if one.searched)
