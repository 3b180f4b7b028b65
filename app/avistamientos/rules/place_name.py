"""How the place of a sighting is called: the gantry that its text names, or the text itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.porticos.rules import Metodo

if TYPE_CHECKING:
    from app.avistamientos.models import Avistamiento


#: Between the ends of a stretch, whose order is the direction.
_FROM_TO = " – "


def name_gantry(
    autopista: str, codigo: str, tramo: str | None, metodo: Metodo | None = None
) -> str:
    """«Costanera Norte P5 Carrascal – Vivaceta»; the road is not said twice.

    A stretch that would tell a direction is left out where the source gave none.
    """
    if metodo is Metodo.SIN_SENTIDO and tramo and _FROM_TO in tramo:
        tramo = None
    name = f"{codigo} {tramo}" if tramo else codigo
    return name if name.startswith(autopista) else f"{autopista} {name}"


def name_place(row: Avistamiento) -> str | None:
    """Where it was seen, as exactly as it is known; None when nobody said."""
    if row.portico is not None:
        portico = row.portico
        return name_gantry(portico.autopista, portico.codigo, portico.tramo, row.portico_metodo)
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
