"""What the head of the case page does by itself."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import RastroError
from app.oficios.access import oficio_to_work
from app.oficios.pages.blueprint import bp
from app.oficios.pages.sections import list_sections
from app.oficios.service import StaleOficio
from app.oficios.service import confirm_warning as confirm
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.sentences import TextLink


@bp.post("/<int:oficio_id>/confirmar")
@staff_required
def confirm_warning(oficio_id: int) -> ResponseReturnValue:
    """Say that the paper really has it so, and go back to the section that was open."""
    oficio = oficio_to_work(oficio_id)
    endpoints = {section.name: section.endpoint for section in list_sections()}
    endpoint = endpoints.get(request.form.get("seccion", ""), "oficios.detail")
    page = url_for(endpoint, oficio_id=oficio.id)

    def deed() -> Done:
        confirm(oficio, request.form.get("clave", ""), actor=current_user, now=utcnow())
        return Done("Quedó confirmado, y anotado en la bitácora.", page)

    return carry_out(Deed(do=deed, back=page))


def link_about_change(problem: RastroError, /) -> TextLink | None:
    """Where a person sees what somebody else changed of a case."""
    if not isinstance(problem, StaleOficio):
        return None
    return TextLink("Ver qué cambió", url_for("oficios.historial", oficio_id=problem.oficio_id))
