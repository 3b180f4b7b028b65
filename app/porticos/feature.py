"""The catalogue of gantries."""

from __future__ import annotations

from app.feature import Feature
from app.porticos import pages
from app.porticos.models import AliasPortico, Portico

FEATURE = Feature(
    name="porticos",
    models=(AliasPortico, Portico),
    pages=(pages,),
)
