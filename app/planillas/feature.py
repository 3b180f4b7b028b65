"""Lists of cases, and lists of passages, that are uploaded."""

from __future__ import annotations

from app.feature import Feature
from app.planillas.models import Importacion
from app.planillas.pages import importaciones, listados

FEATURE = Feature(
    name="planillas",
    models=(Importacion,),
    pages=(importaciones, listados),
)
