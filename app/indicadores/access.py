"""Load a monthly report that the caller may take; 404 for any other."""

from __future__ import annotations

from app.db import db
from app.indicadores.models import InformeMensual
from app.indicadores.permissions import is_of_buffet
from app.indicadores.queries.issued_months import list_withheld
from app.portal.access import looking_buffet
from app.web.access import or_404


def month_to_download(mensual_id: int) -> InformeMensual:
    """An issued report, for the office."""
    row = or_404(db.session.get(InformeMensual, mensual_id))
    return or_404(row, allowed=_can_be_taken(row))


def month_of_buffet(mensual_id: int) -> InformeMensual:
    """An issued report of the buffet that looks."""
    buffet = looking_buffet()
    row = or_404(db.session.get(InformeMensual, mensual_id))
    return or_404(row, allowed=is_of_buffet(row, buffet) and _can_be_taken(row))


def _can_be_taken(row: InformeMensual) -> bool:
    """Its files are there, and nobody has blocked a case that they name."""
    return row.pdf_key is not None and not list_withheld([row.id])
