"""Who asked for a job. People are ids here, since ``usuarios`` is a layer above jobs."""

from __future__ import annotations

from app.jobs.models import Trabajo

#: The argument that names those who asked for a job that somebody else had asked for already.
ALSO_ASKED = "pedido_tambien_por"


def asked_for(trabajo: Trabajo, usuario_id: int) -> bool:
    """Whether a person asked for a job, first or while it was open."""
    also: list[int] = trabajo.argumentos.get(ALSO_ASKED, [])
    return trabajo.usuario_id == usuario_id or usuario_id in also
