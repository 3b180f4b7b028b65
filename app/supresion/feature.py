"""Erasures by law."""

from __future__ import annotations

from app.feature import Feature, Preparation
from app.supresion import pages
from app.supresion.jobs import erase
from app.supresion.models import PasoSupresion, Supresion
from app.supresion.queries import tell_last_erasure
from app.supresion.service.reapplying import apply_missing
from app.web.forgetting import last_erasure

FEATURE = Feature(
    name="supresion",
    pages=(pages,),
    models=(Supresion, PasoSupresion),
    jobs=(erase,),
    provides=(last_erasure.by(tell_last_erasure),),
    prepares=Preparation(last=apply_missing),
)
