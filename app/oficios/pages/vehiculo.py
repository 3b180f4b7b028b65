"""The vehicle of a case."""

from __future__ import annotations

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.oficios.access import oficio_to_work
from app.oficios.forms.vehiculo import VehiculoForm
from app.oficios.models import Oficio
from app.oficios.pages.blueprint import bp
from app.oficios.pages.frame import render_section
from app.oficios.service import update_vehiculo
from app.oficios.service.papel import warnings_of
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out


@bp.route("/<int:oficio_id>/vehiculo", methods=["GET", "POST"])
@staff_required
def vehiculo(oficio_id: int) -> ResponseReturnValue:
    """What is known of the vehicle; a POST corrects it."""
    oficio = oficio_to_work(oficio_id)
    form = VehiculoForm.of(oficio.vehiculo, oficio.version)

    def deed() -> Done:
        update_vehiculo(
            oficio,
            form.to_vehiculo(),
            form.version.value,
            advertencias=warnings_of(form.papel),
            actor=current_user,
            now=utcnow(),
        )
        return Done("Se guardó el vehículo.", url_for("oficios.vehiculo", oficio_id=oficio.id))

    def fresh() -> Response:
        return _show(oficio, VehiculoForm.of(oficio.vehiculo, oficio.version, formdata=None))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, form, status),
            fresh=fresh,
            version=lambda: oficio.version,
        )
    )


def _show(oficio: Oficio, form: VehiculoForm, status: int = 200) -> Response:
    return render_section(oficio, "vehiculo", "oficios/_vehiculo.html", status, form=form)
