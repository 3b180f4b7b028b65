"""What programs ask: the JSON API, its keys and its documentation, health and metrics."""

from __future__ import annotations

from app.api import v1
from app.api.jobs import limpiar
from app.api.models import ClaveApi, RespuestaGuardada
from app.api.pages import claves, docs, health, metrics
from app.feature import Feature

FEATURE = Feature(
    name="api",
    models=(ClaveApi, RespuestaGuardada),
    pages=(health, metrics, v1, docs, claves),
    jobs=(limpiar,),
)
