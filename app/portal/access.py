"""Which buffet is looking: through its magic link, or through a cliente's account."""

from __future__ import annotations

from datetime import datetime

from flask import abort, session
from flask_login import current_user

from app.ajustes.pages.dead_links import dead_link
from app.buffets.models import Buffet, Enlace
from app.buffets.queries import is_open_link
from app.core.clock import utcnow
from app.db import db
from app.extensions import login

SESSION_KEY = "enlace_id"


def living_link() -> Enlace | None:
    """The link that this browser came in by, while it still opens anything and nobody is signed in.

    It is looked up at every request, so that rotating or revoking it ends what it opened. An
    account goes before it: signing out ends both.
    """
    if current_user.is_authenticated:
        return None
    enlace_id = session.get(SESSION_KEY)
    enlace = db.session.get(Enlace, enlace_id) if enlace_id is not None else None
    return enlace if enlace is not None and enlace.is_usable(utcnow()) else None


def open_link_id(now: datetime) -> int | None:
    """Answers ``app.web.conditional.find_open_link``; nobody's account is looked for."""
    enlace_id: int | None = session.get(SESSION_KEY)
    return enlace_id if enlace_id is not None and is_open_link(enlace_id, now) else None


def landing() -> str | None:
    """A buffet begins on its dashboard; who came by a link has no account to sign in with."""
    is_theirs = (
        not current_user.is_staff if current_user.is_authenticated else SESSION_KEY in session
    )
    return "portal.home" if is_theirs else None


def looking_buffet() -> Buffet:
    """The buffet whose dashboard is asked for.

    Who came by a link that has ended is told whom to ask for another: they have no account.
    Strangers are sent to the sign-in page; people of the firm have no dashboard of a buffet: 404.
    """
    if current_user.is_authenticated:
        if current_user.buffet is None:
            abort(404)
        buffet: Buffet = current_user.buffet
        return buffet
    enlace = living_link()
    if enlace is None:
        abort(dead_link() if SESSION_KEY in session else login.unauthorized())
    return enlace.buffet
