"""A copy of the audit on another machine."""

from __future__ import annotations

from app.feature import Feature
from app.vigia.jobs import send_audit

FEATURE = Feature(name="vigia", jobs=(send_audit,))
