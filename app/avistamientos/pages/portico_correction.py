"""Correcting which gantry a sighting's text means, in a few taps."""

from __future__ import annotations

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.avistamientos.models import Avistamiento
from app.avistamientos.pages import bp
from app.avistamientos.queries import find_sighting
from app.avistamientos.rules import MATCHED_SOURCES
from app.avistamientos.service import correct_gantry
from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.core.text import clean_text
from app.db import db
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.porticos.models import Portico
from app.porticos.queries import PorticoFilter, list_suggestions, porticos_statement
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import is_read
from app.web.sentences import Sentence

#: Gantries that are offered without a search, and with one.
_OFFERED, _FOUND = 6, 30
_SEARCH_LIMIT = 100


@bp.route("/avistamientos/<int:avistamiento_id>/portico", methods=["GET", "POST"])
@staff_required
def correct(oficio_id: int, avistamiento_id: int) -> ResponseReturnValue:
    """Say which gantry a text means; ``?q=`` looks in the whole catalogue."""
    oficio = oficio_to_work(oficio_id)
    row = or_404(find_sighting(oficio.id, avistamiento_id))
    or_404(row, allowed=row.fuente in MATCHED_SOURCES)
    if is_read():
        return _show(oficio, row)

    def deed() -> Done:
        portico = _chosen(request.form.get("portico", ""))
        followers = correct_gantry(row, portico, actor=current_user, now=utcnow())
        what = "Quedó" if followers < 2 else f"Quedaron {followers} avistamientos"
        where = f"en el pórtico {portico.nombre}" if portico else "sin pórtico"
        text = f"{what} {where}. Se recordará para los próximos con el mismo texto."
        return Done(text, url_for("avistamientos.section", oficio_id=oficio_id))

    return carry_out(
        Deed(
            do=deed,
            refuse=lambda sentence, status: _show(oficio, row, status, problem=sentence),
            refused=422,
        )
    )


def _chosen(text: str) -> Portico | None:
    """The gantry that a button names; «ninguno» says that the text names none.

    Raises:
        InvalidValue: it names nothing.
    """
    if text == "ninguno":
        return None
    portico = db.session.get(Portico, int(text)) if text.isdecimal() and len(text) < 10 else None
    if portico is None:
        raise InvalidValue("Elija un pórtico de la lista, o «Ninguno del catálogo».")
    return portico


def _show(
    oficio: Oficio, row: Avistamiento, status: int = 200, *, problem: Sentence | None = None
) -> Response:
    q = clean_text(request.args.get("q", ""))[:_SEARCH_LIMIT]
    if q:
        statement = porticos_statement(PorticoFilter(q=q, activo=True)).limit(_FOUND)
        offered = list(db.session.scalars(statement))
    else:
        offered = list_suggestions(row.ubicacion, row.empresa, limit=_OFFERED)
    return render_section(
        oficio,
        "avistamientos",
        "avistamientos/_identify.html",
        status,
        subpage="¿Qué pórtico es?",
        sighting=row,
        offered=offered,
        q=q,
        problem=problem,
    )
