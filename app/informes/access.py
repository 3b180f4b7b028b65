"""Load an expediente that the caller may download; 404 for any other."""

from __future__ import annotations

from app.db import db
from app.informes.models import Expediente
from app.informes.permissions import can_download, can_have
from app.informes.queries import is_approved
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.portal.access import looking_buffet
from app.web.access import or_404


def expediente_to_download(expediente_id: int) -> Expediente:
    """An issued expediente of a case that the signed-in person works on."""
    expediente = or_404(db.session.get(Expediente, expediente_id))
    oficio_to_work(expediente.oficio_id)
    return or_404(expediente, allowed=expediente.sha256 is not None)


def closed_oficio_of_buffet(oficio_id: int) -> Oficio:
    """A closed case of the buffet that looks."""
    buffet = looking_buffet()
    oficio = or_404(db.session.get(Oficio, oficio_id))
    return or_404(oficio, allowed=can_have(buffet, oficio))


def expediente_of_buffet(expediente_id: int) -> Expediente:
    """An issued expediente that was made for the buffet that looks."""
    buffet = looking_buffet()
    expediente = or_404(db.session.get(Expediente, expediente_id))
    return or_404(expediente, allowed=can_download(buffet, expediente) and is_approved(expediente))
