"""Asking from the case what vehicle its plate is."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.consultas.pages import bp
from app.consultas.queries import VEHICLE_DATA, find_last_check, find_open_check
from app.consultas.service.vehicle_data import refusal_to_complete, request_vehicle_data
from app.core.clock import utcnow
from app.extensions import current_config
from app.jobs.models import Trabajo
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import fragment, is_htmx, is_read, see_other


@dataclass(frozen=True)
class VehicleLookup:
    """How the look-up of a vehicle's data stands."""

    #: The one that waits or runs.
    waiting: Trabajo | None
    #: The newest, however it ended.
    last: Trabajo | None
    #: Whether there is somebody to ask and something to ask for.
    is_offered: bool


@bp.app_context_processor
def looking_up_vehicles() -> dict[str, object]:
    """Let the vehicle's section say how its look-up stands."""
    return {"vehicle_lookup_of": read_vehicle_lookup}


def read_vehicle_lookup(oficio: Oficio) -> VehicleLookup:
    """How the look-up of the data of a case's vehicle stands."""
    configured = current_config().vehicle_data_configured
    return VehicleLookup(
        waiting=find_open_check(oficio.id, VEHICLE_DATA),
        last=find_last_check(oficio.id, VEHICLE_DATA),
        is_offered=refusal_to_complete(oficio, configured=configured) is None,
    )


@bp.route("/oficios/<int:oficio_id>/vehiculo/consultar", methods=["GET", "POST"])
@staff_required
def vehicle_data(oficio_id: int) -> ResponseReturnValue:
    """How the look-up of the vehicle's data stands; a POST asks for one."""
    oficio = oficio_to_work(oficio_id)
    home = url_for("oficios.vehiculo", oficio_id=oficio.id)
    if is_read():
        return _show(oficio) if is_htmx() else see_other(home)

    def deed() -> Done:
        request_vehicle_data(
            oficio,
            configured=current_config().vehicle_data_configured,
            actor=current_user,
            now=utcnow(),
        )
        return Done("Se consultan los datos del vehículo.", home, tone="info")

    return carry_out(Deed(do=deed, fresh=lambda: _show(oficio), quiet=True, back=home))


def _show(oficio: Oficio) -> Response:
    return fragment(
        "consultas/_vehicle_data.html", oficio=oficio, lookup=read_vehicle_lookup(oficio)
    )
