"""What happens with sightings: people write down their own, and gantries are identified."""

from __future__ import annotations

from app.avistamientos.service.portico_matching import (
    correct_gantry,
    rematch,
    rematch_batches,
)
from app.avistamientos.service.sightings import (
    AvistamientoData,
    RepeatedSighting,
    add_sighting,
    edit_sighting,
    remove_sighting,
    seal,
)

__all__ = [
    "AvistamientoData",
    "RepeatedSighting",
    "add_sighting",
    "correct_gantry",
    "edit_sighting",
    "rematch",
    "rematch_batches",
    "remove_sighting",
    "seal",
]
