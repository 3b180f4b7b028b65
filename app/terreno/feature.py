"""Work in the field on a phone."""

from __future__ import annotations

from app.feature import Feature
from app.terreno import pages

FEATURE = Feature(
    name="terreno",
    pages=(pages,),
)
