"""The vehicle of a case."""

from __future__ import annotations

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.db import transaction
from app.oficios.access import oficio_to_work
from app.oficios.forms.vehiculo import VehiculoForm
from app.oficios.models import Oficio
from app.oficios.pages.blueprint import bp
from app.oficios.pages.frame import render_section, saved
from app.oficios.service import StaleOficio, update_vehiculo
from app.oficios.service.papel import warnings_of
from app.web.access import staff_required
from app.web.fragments import is_read


@bp.route("/<int:oficio_id>/vehiculo", methods=["GET", "POST"])
@staff_required
def vehiculo(oficio_id: int) -> ResponseReturnValue:
    """What is known of the vehicle; a POST corrects it."""
    oficio = oficio_to_work(oficio_id)
    form = VehiculoForm.of(oficio.vehiculo, oficio.version)
    if is_read():
        return _show(oficio, form)
    if not form.validate():
        return _show(oficio, form, 422)
    try:
        with transaction():
            update_vehiculo(
                oficio,
                form.to_vehiculo(),
                form.version.value,
                advertencias=warnings_of(form.papel),
                actor=current_user,
                now=utcnow(),
            )
    except StaleOficio as stale:
        form.form_errors = [stale.for_form()]
        form.version.data = str(oficio.version)
        return _show(oficio, form, 409)
    return saved(
        url_for("oficios.vehiculo", oficio_id=oficio.id),
        "Se guardó el vehículo.",
        lambda: _show(oficio, VehiculoForm.of(oficio.vehiculo, oficio.version, formdata=None)),
    )


def _show(oficio: Oficio, form: VehiculoForm, status: int = 200) -> Response:
    return render_section(oficio, "vehiculo", "oficios/_vehiculo.html", status, form=form)
