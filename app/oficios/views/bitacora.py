"""The bitácora: what happened in the case, newest first."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.oficios.access import oficio_to_work
from app.oficios.page import render_section
from app.oficios.queries import timeline_statement
from app.oficios.views.blueprint import bp
from app.web.access import staff_required
from app.web.pagination import paginate


@bp.get("/<int:oficio_id>")
@staff_required
def detail(oficio_id: int) -> ResponseReturnValue:
    """The case page, opened on its bitácora."""
    oficio = oficio_to_work(oficio_id)
    page = paginate(timeline_statement(oficio.id))
    return render_section(oficio, "bitacora", "oficios/_bitacora.html", page=page)
