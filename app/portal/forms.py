"""What of its cases a buffet asks for, in the address; and who asks for a link."""

from __future__ import annotations

from flask import request

from app.core.text import clean_text
from app.oficios.rules import Estado
from app.portal.rules import FiltroDelPortal, OrdenDelPortal, VistaDelPortal
from app.web.forms import EmailField, Form, at_most, required

#: Characters of a search, and of the name of a court.
_LONGEST = 160


def read_filter() -> FiltroDelPortal:
    """The filter of this request; what is none of the choices is left out.

    A search finds across all cases unless a view was chosen with it.
    """
    q = clean_text(request.args.get("q", ""))[:_LONGEST]
    views = {vista.value: vista for vista in VistaDelPortal}
    orders = {orden.value: orden for orden in OrdenDelPortal}
    states = {estado.value: estado for estado in Estado}
    anywhere = VistaDelPortal.TODOS if q else VistaDelPortal.ABIERTOS
    return FiltroDelPortal(
        vista=views.get(request.args.get("ver", ""), anywhere),
        orden=orders.get(request.args.get("orden", ""), OrdenDelPortal.ULTIMO),
        q=q,
        tribunal=clean_text(request.args.get("tribunal", ""))[:_LONGEST],
        paso=states.get(request.args.get("paso", "")),
    )


class AskLinkForm(Form):
    """Whoever lost the link to a dashboard."""

    email = EmailField("Correo", [required("Escriba su correo."), at_most(254)])
