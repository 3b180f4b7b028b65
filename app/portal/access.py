"""Which buffet is looking: through its magic link, or through a cliente's account."""

from __future__ import annotations

from flask import abort, session
from flask_login import current_user

from app.buffets.models import Buffet, Enlace
from app.core.clock import utcnow
from app.db import db
from app.extensions import login

SESSION_KEY = "enlace_id"


def looking_buffet() -> Buffet:
    """The buffet whose dashboard is asked for.

    A link is looked up at every request, so that rotating or revoking it ends what it opened.
    Strangers are sent to the sign-in page; people of the firm have no dashboard of a buffet: 404.
    """
    enlace_id = session.get(SESSION_KEY)
    if enlace_id is not None:
        enlace = db.session.get(Enlace, enlace_id)
        if enlace is not None and enlace.is_usable(utcnow()):
            return enlace.buffet
        session.pop(SESSION_KEY, None)
    if not current_user.is_authenticated:
        abort(login.unauthorized())
    if current_user.buffet is None:
        abort(404)
    buffet: Buffet = current_user.buffet
    return buffet
