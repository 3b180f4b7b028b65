"""Loading a file that the signed-in person may see; what is not theirs does not exist."""

from __future__ import annotations

from flask_login import current_user

from app.adjuntos.models import Adjunto
from app.adjuntos.permissions import can_see_files
from app.adjuntos.queries import find_adjunto
from app.oficios.models import Oficio
from app.web.access import or_404


def adjunto_to_see(adjunto_id: int) -> Adjunto:
    """A file that was not deleted, of any oficio that the person may see."""
    return or_404(find_adjunto(adjunto_id), allowed=can_see_files(current_user))


def adjunto_of(oficio: Oficio, adjunto_id: int) -> Adjunto:
    """A file of this oficio and of no other."""
    adjunto = adjunto_to_see(adjunto_id)
    return or_404(adjunto, allowed=adjunto.oficio_id == oficio.id)
