"""Lists of cases, and lists of passages, that are uploaded."""

from __future__ import annotations

from app.db import limit_rows
from app.feature import Feature
from app.planillas.jobs import import_list, move_to_buffet, take_back
from app.planillas.models import FilaEnCarga, Importacion
from app.planillas.pages import importaciones, listados
from app.planillas.queries import limiting_option

limit_rows(limiting_option)

FEATURE = Feature(
    name="planillas",
    models=(FilaEnCarga, Importacion),
    pages=(importaciones, listados),
    jobs=(import_list, move_to_buffet, take_back),
)
