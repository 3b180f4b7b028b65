"""What happens with sightings: providers are asked, answers stored, people write down their own."""

from __future__ import annotations

from app.avistamientos.rules.vigencia import CheckRefused
from app.avistamientos.service.checks import (
    ReasonMissing,
    SimulatedRefused,
    record_failure,
    record_not_in_force,
    record_unconfigured,
    refuse_start,
    request_check,
    request_periodic_check,
    store_answer,
)
from app.avistamientos.service.identificacion import (
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
    "CheckRefused",
    "ReasonMissing",
    "RepeatedSighting",
    "SimulatedRefused",
    "add_sighting",
    "correct_gantry",
    "edit_sighting",
    "record_failure",
    "record_not_in_force",
    "record_unconfigured",
    "refuse_start",
    "rematch",
    "rematch_batches",
    "remove_sighting",
    "request_check",
    "request_periodic_check",
    "seal",
    "store_answer",
]
