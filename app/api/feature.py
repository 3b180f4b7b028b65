"""The interfaces for programs: JSON API, keys, OpenAPI document, health and metrics."""

from __future__ import annotations

from app.api import v1
from app.api.jobs import forget_old_answers
from app.api.models import ClaveApi, RespuestaGuardada
from app.api.pages import claves, docs, health, metrics
from app.feature import Feature
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="api",
    models=(ClaveApi, RespuestaGuardada),
    pages=(health, metrics, v1, docs, claves),
    jobs=(forget_old_answers,),
    navigation=(
        Link(
            Menu.ADMIN,
            100,
            "claves.index",
            "API y webhooks",
            "key",
            audience=Audience.ADMIN,
            areas=("webhooks",),
        ),
    ),
)
