"""Load an uploaded list and authorise in one call."""

from __future__ import annotations

from flask_login import current_user

from app.avistamientos.models import Listado
from app.avistamientos.queries import find_listado
from app.db import db
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.permissions import can_work
from app.oficios.queries import find_oficio
from app.planillas.models import Importacion
from app.planillas.permissions import can_import
from app.web.access import or_404


def importacion_to_work(importacion_id: int) -> Importacion:
    """An uploaded list that the signed-in person may see and import."""
    importacion = or_404(db.session.get(Importacion, importacion_id))
    return or_404(importacion, allowed=can_import(current_user))


def may_change(oficio_id: int) -> bool:
    """Whether the signed-in person sees a case and may change it."""
    oficio = find_oficio(oficio_id)
    return oficio is not None and can_work(current_user, oficio)


def listado_to_work(oficio_id: int, listado_id: int) -> tuple[Oficio, Listado]:
    """A case that the signed-in person may work on, and a concessionaire's list of it."""
    oficio = oficio_to_work(oficio_id)
    return oficio, or_404(find_listado(oficio.id, listado_id))
