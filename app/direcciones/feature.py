"""Addresses, and the visits to them."""

from __future__ import annotations

from app.direcciones.models import Direccion, Visita
from app.feature import Feature

FEATURE = Feature(
    name="direcciones",
    models=(Direccion, Visita),
)
