"""What a person is told before one more look-up of the configured source."""

from __future__ import annotations

from app.consultas.queries.check_budget import read_gasto, warning_to_ask
from app.core.clock import utcnow
from app.extensions import current_config


def current_warning() -> str | None:
    """What a look-up of now costs, or that it exceeds the month's budget; None: neither."""
    config = current_config()
    if not config.provider_configured:
        return None
    return warning_to_ask(read_gasto(config.porticos_provider, utcnow()))
