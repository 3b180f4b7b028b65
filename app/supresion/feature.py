"""Erasures by law."""

from __future__ import annotations

from app.feature import Feature, Preparation
from app.supresion import pages
from app.supresion.jobs import erase
from app.supresion.models import PasoSupresion, Supresion
from app.supresion.service.reapplying import apply_missing

FEATURE = Feature(
    name="supresion",
    pages=(pages,),
    models=(Supresion, PasoSupresion),
    jobs=(erase,),
    prepares=Preparation(last=apply_missing),
)
