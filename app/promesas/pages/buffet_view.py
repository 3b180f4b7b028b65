"""What a buffet is shown of the promises of its own case, where the office wishes it."""

from __future__ import annotations

from app.core.clock import utcnow
from app.oficios.models import Oficio
from app.promesas.pages.blueprint import bp
from app.promesas.queries import list_commitments
from app.promesas.queries.calendar import are_shown_to_buffets, read_calendar
from app.promesas.queries.shown_promises import PromesaMostrada, show_promises


@bp.app_context_processor
def promises() -> dict[str, object]:
    """What the case page of the portal asks."""
    return {"promises_for_buffet": promises_for_buffet}


def promises_for_buffet(oficio: Oficio) -> list[PromesaMostrada]:
    """How the promises of a case stand, without why a clock stands; nothing unless it is wished."""
    if not are_shown_to_buffets():
        return []
    rows = list_commitments(oficio.id)
    return show_promises(rows, horario=read_calendar().horario, now=utcnow()) if rows else []
