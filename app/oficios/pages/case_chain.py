"""The chain of custody of a case: what was sealed, and whether it still is so."""

from __future__ import annotations

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import utcnow
from app.custodia.queries.sealed_sources import row_label
from app.custodia.service import Verificacion, store_review, verify
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.blueprint import bp
from app.oficios.pages.frame import render_section
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out

#: Most links on the page, newest first; the command line prints all of them.
_SHOWN = 100


@bp.get("/<int:oficio_id>/custodia")
@staff_required
def custodia(oficio_id: int) -> ResponseReturnValue:
    """Compare the case with its chain and show both; a GET stores no outcome."""
    oficio = oficio_to_work(oficio_id)
    return _show(oficio, verify(oficio.id))


@bp.post("/<int:oficio_id>/custodia")
@staff_required
def verify_custodia(oficio_id: int) -> ResponseReturnValue:
    """Compare now, and keep the outcome for the mark over the case."""
    oficio = oficio_to_work(oficio_id)
    found = verify(oficio.id)
    page = url_for("oficios.custodia", oficio_id=oficio_id)

    def deed() -> Done:
        store_review(found, now=utcnow())
        count = len(found.problemas)
        text = (
            f"Hay {count} hallazgo(s): vea cuáles." if count else "Verificada: nada fue alterado."
        )
        return Done(text, page)

    return carry_out(Deed(do=deed, fresh=lambda: _show(oficio, found), back=page))


def _show(oficio: Oficio, found: Verificacion) -> Response:
    return render_section(
        oficio,
        "custodia",
        "oficios/_custodia.html",
        found=found,
        links=found.links[::-1][:_SHOWN],
        row_label=row_label,
        count=found.last[0],
    )
