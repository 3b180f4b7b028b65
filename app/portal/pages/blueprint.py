"""The blueprint of the dashboard, what surrounds its pages, and the record of what was shown."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, session
from flask_login import current_user

from app.auditoria.pages import note_shown
from app.auditoria.rules import CanalDivulgacion
from app.buffets.models import Buffet
from app.mensajes.queries import count_waiting_for_buffet
from app.portal.access import SESSION_KEY, living_link
from app.web.headers import keep_private

bp = Blueprint("portal", __name__)
bp.after_request(keep_private)


@bp.app_context_processor
def frame() -> dict[str, object]:
    """What the frame of the dashboard asks, on its own pages alone."""
    return {
        "portal_by_link": lambda: living_link() is not None,
        "portal_waiting": count_waiting_for_buffet,
    }


def note_look(
    buffet: Buffet, que: str, oficio_id: int | None = None, casos: Sequence[int] = ()
) -> None:
    """Record what the buffet was shown: once an hour for each link or account, page and case."""
    by_link = living_link() is not None
    note_shown(
        CanalDivulgacion.PORTAL,
        que,
        f"{buffet.nombre}, por su enlace" if by_link else f"{buffet.nombre}, {current_user.email}",
        f"enlace {session[SESSION_KEY]}" if by_link else f"cuenta {current_user.id}",
        actor=None if by_link else current_user,
        oficio_id=oficio_id,
        buffet_id=buffet.id,
        casos=casos,
    )
