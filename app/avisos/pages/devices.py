"""The devices of a person that are told of notices while no page is open."""

from __future__ import annotations

import json

from flask import Response, jsonify, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.avisos.forms import read_device
from app.avisos.pages import bp
from app.avisos.queries import find_device
from app.avisos.service import add_device, drop_device
from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import transaction
from app.extensions import current_config
from app.usuarios.pages.open_sessions import current_device, current_session
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out


@bp.get("/avisos/sw.js")
def service_worker() -> Response:
    """The service worker that shows messages; it answers for no page and keeps nothing."""
    program = url_for("static", filename="js/avisos-worker.js")
    settings = {"icon": url_for("static", filename="img/icono-192.png")}
    text = f'import {{ start }} from "{program}";\nstart({json.dumps(settings)});\n'
    response = make_response(text)
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.post("/cuenta/avisos/equipos")
@staff_required
def add() -> ResponseReturnValue:
    """Tell the person on this browser until this session ends; said again, it is the same."""
    found = current_session()
    if not current_config().push_configured:
        raise Refused("Esta instalación no envía avisos a los equipos.")
    if found is None or found.id is None:
        raise Refused("Entre otra vez para recibir avisos en este equipo.")
    keys = read_device(request.form)
    with transaction():
        add_device(current_user, found.id, keys, equipo=current_device(), now=utcnow())
    return jsonify(ok=True)


@bp.post("/cuenta/avisos/equipos/<int:equipo_id>/quitar")
@staff_required
def drop(equipo_id: int) -> ResponseReturnValue:
    """Tell nothing on one of the person's devices any more."""
    device = or_404(find_device(equipo_id, current_user.id))
    page = url_for("avisos.preferences")

    def deed() -> Done:
        drop_device(device, actor=current_user, now=utcnow())
        return Done("Ese equipo ya no recibe avisos.", page)

    return carry_out(Deed(do=deed, back=page))
