"""What is promised, when a clock stands, and that a buffet was told."""

from __future__ import annotations

from app.promesas.service.clocks import (
    PauseData,
    note_report,
    pause_clock,
    resume_clock,
)
from app.promesas.service.promising import PromesaData, order_recompute, promise

__all__ = [
    "PauseData",
    "PromesaData",
    "note_report",
    "order_recompute",
    "pause_clock",
    "promise",
    "resume_clock",
]
