"""Load an uploaded list and authorise in one call."""

from __future__ import annotations

from flask_login import current_user

from app.db import db
from app.importador.models import Importacion
from app.importador.permissions import can_import
from app.web.access import or_404


def importacion_to_work(importacion_id: int) -> Importacion:
    """An uploaded list that the signed-in person may see and import."""
    importacion = or_404(db.session.get(Importacion, importacion_id))
    return or_404(importacion, allowed=can_import(current_user))
