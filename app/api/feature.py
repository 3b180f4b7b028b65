"""The interfaces for programs: JSON API, keys, OpenAPI document, health and metrics."""

from __future__ import annotations

from app.api import v1
from app.api.jobs import forget_old_answers, warn_of_keys
from app.api.models import ClaveApi, RespuestaGuardada
from app.api.pages import claves, docs, health, metrics
from app.api.queries import list_living_keys
from app.api.rules import SETTINGS
from app.api.service import end_keys_of_account, end_keys_of_buffet
from app.buffets.rules import end_access_of_buffet
from app.eventos.pages.event_stream import living_keys
from app.feature import Feature
from app.usuarios.rules.leaving import end_access_of_account
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="api",
    models=(ClaveApi, RespuestaGuardada),
    pages=(health, metrics, v1, docs, claves),
    jobs=(forget_old_answers, warn_of_keys),
    settings=SETTINGS,
    provides=(
        living_keys.by(list_living_keys),
        end_access_of_account.by(end_keys_of_account),
        end_access_of_buffet.by(end_keys_of_buffet),
    ),
    navigation=(
        Link(
            Menu.ADMIN,
            100,
            "claves.index",
            "API y webhooks",
            "key",
            audience=Audience.ADMIN,
            areas=("webhooks",),
            text="Claves para otros programas, y avisos a ellos.",
        ),
    ),
)
