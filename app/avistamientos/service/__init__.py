"""What happens with sightings: providers are asked, answers stored, people write down their own."""

from __future__ import annotations

from app.avistamientos.service.checks import (
    CheckRefused,
    SimulatedRefused,
    record_failure,
    record_unconfigured,
    request_check,
    store_answer,
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
    "CheckRefused",
    "RepeatedSighting",
    "SimulatedRefused",
    "add_sighting",
    "edit_sighting",
    "record_failure",
    "record_unconfigured",
    "remove_sighting",
    "request_check",
    "seal",
    "store_answer",
]
