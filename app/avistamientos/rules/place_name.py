"""How the place of a sighting is called: the gantry that its text names, or the text itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.avistamientos.models import Avistamiento


def name_gantry(autopista: str, codigo: str, tramo: str | None) -> str:
    """«Costanera Norte P5 Carrascal – Vivaceta»; the road is not said twice."""
    name = f"{codigo} {tramo}" if tramo else codigo
    return name if name.startswith(autopista) else f"{autopista} {name}"


def name_place(row: Avistamiento) -> str | None:
    """Where it was seen, as exactly as it is known; None when nobody said."""
    if row.portico is not None:
        return name_gantry(row.portico.autopista, row.portico.codigo, row.portico.tramo)
    return row.ubicacion or row.autopista or row.empresa


def position_of(row: Avistamiento) -> tuple[float, float] | None:
    """Where a map draws it: its own position, else that of the gantry it is tied to.

    Nothing is guessed from the text here: what the case calls unidentified has no place.
    """
    if row.lat is not None and row.lon is not None:
        return row.lat, row.lon
    if row.portico is not None and row.portico.lat is not None and row.portico.lon is not None:
        return row.portico.lat, row.portico.lon
    return None
