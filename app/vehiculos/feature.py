"""Vehicles by their plate."""

from __future__ import annotations

from app.feature import Feature
from app.vehiculos.models import Vehiculo

FEATURE = Feature(
    name="vehiculos",
    models=(Vehiculo,),
)
