"""Load a paper of the tray and authorise in one call."""

from __future__ import annotations

from app.bandeja.access import ingreso_to_work
from app.bandeja.models import Ingreso
from app.bandeja.rules import EstadoIngreso, TipoIngreso
from app.papeles.queries import list_made, with_reading
from app.web.access import or_404


def paper_to_work(papel_id: int) -> Ingreso:
    """A paper that the signed-in person may decide on, with what was read of it.

    What became cases is read by whoever may see one of them.
    """
    ingreso = ingreso_to_work(papel_id)
    is_paper = ingreso.tipo in {TipoIngreso.PAPEL, TipoIngreso.FOTO}
    is_theirs = ingreso.estado is not EstadoIngreso.CREADO or bool(list_made(papel_id))
    or_404(ingreso, allowed=is_paper and is_theirs)
    return with_reading(papel_id)
