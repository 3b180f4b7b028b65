"""What the head of the case page does by itself."""

from __future__ import annotations

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import transaction
from app.oficios.access import oficio_to_work
from app.oficios.pages.blueprint import bp
from app.oficios.pages.sections import list_sections
from app.oficios.service import confirm_warning as confirm
from app.web.access import staff_required
from app.web.fragments import see_other


@bp.post("/<int:oficio_id>/confirmar")
@staff_required
def confirm_warning(oficio_id: int) -> ResponseReturnValue:
    """Say that the paper really has it so, and go back to the section that was open."""
    oficio = oficio_to_work(oficio_id)
    try:
        with transaction():
            confirm(oficio, request.form.get("clave", ""), actor=current_user, now=utcnow())
    except Refused as refused:
        flash(str(refused), "info")
    else:
        flash("Quedó confirmado, y anotado en la bitácora.", "ok")
    endpoints = {section.name: section.endpoint for section in list_sections()}
    endpoint = endpoints.get(request.form.get("seccion", ""), "oficios.detail")
    return see_other(url_for(endpoint, oficio_id=oficio.id))
