"""What happens with look-ups: asked for within the order, answered, and written down."""

from __future__ import annotations

from app.consultas.rules.vigencia import CheckRefused
from app.consultas.service.checks import (
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

__all__ = [
    "CheckRefused",
    "ReasonMissing",
    "SimulatedRefused",
    "record_failure",
    "record_not_in_force",
    "record_unconfigured",
    "refuse_start",
    "request_check",
    "request_periodic_check",
    "store_answer",
]
