"""Load a file that the signed-in person may see; 404 for any other."""

from __future__ import annotations

from flask_login import current_user

from app.adjuntos.models import Adjunto
from app.adjuntos.permissions import can_see_files
from app.adjuntos.queries import find_adjunto
from app.oficios.models import Oficio
from app.web.access import or_404


def adjunto_to_see(adjunto_id: int) -> Adjunto:
    """Return a file that is not deleted, of any oficio that the person may see; else 404."""
    return or_404(find_adjunto(adjunto_id), allowed=can_see_files(current_user))


def adjunto_of(oficio: Oficio, adjunto_id: int) -> Adjunto:
    """Return a file of this oficio; 404 if it belongs to another one."""
    adjunto = adjunto_to_see(adjunto_id)
    return or_404(adjunto, allowed=adjunto.oficio_id == oficio.id)
