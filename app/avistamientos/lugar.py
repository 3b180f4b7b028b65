"""How the place of a sighting is called: the gantry that its text names, or the text itself."""

from __future__ import annotations

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
