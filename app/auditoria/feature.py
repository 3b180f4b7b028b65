"""The log of who did what."""

from __future__ import annotations

from app.auditoria.models import Auditoria, Divulgacion, DivulgacionCaso
from app.feature import Feature

FEATURE = Feature(
    name="auditoria",
    models=(Auditoria, Divulgacion, DivulgacionCaso),
)
