"""Load an item of the tray and authorise in one call."""

from __future__ import annotations

from flask_login import current_user

from app.bandeja.models import Ingreso
from app.bandeja.permissions import can_decide
from app.db import db
from app.web.access import or_404


def ingreso_to_work(ingreso_id: int) -> Ingreso:
    """An item that the signed-in person may decide on."""
    ingreso = or_404(db.session.get(Ingreso, ingreso_id))
    return or_404(ingreso, allowed=can_decide(current_user))
