"""Load an oficio and authorise in one call; a stranger gets the 404 of what does not exist."""

from __future__ import annotations

from flask_login import current_user

from app.oficios.models import Oficio
from app.oficios.permissions import can_work
from app.oficios.queries import find_oficio
from app.web.access import or_404


def oficio_to_work(oficio_id: int) -> Oficio:
    """An oficio that the signed-in person may change."""
    oficio = or_404(find_oficio(oficio_id))
    return or_404(oficio, allowed=can_work(current_user, oficio))
