"""What happened, for webhooks and for whoever listens."""

from __future__ import annotations

from app.eventos import pages
from app.eventos.jobs import deliver, forget_old_events
from app.eventos.models import Entrega, Evento, Webhook
from app.eventos.pages import live_updates
from app.eventos.pages.event_stream import EVENTS, EventSource
from app.feature import Feature

FEATURE = Feature(
    name="eventos",
    models=(Entrega, Evento, Webhook),
    pages=(pages, live_updates),
    jobs=(deliver, forget_old_events),
    streams={EVENTS: EventSource},
)
