"""What the paper says of the oficio, and who has it."""

from __future__ import annotations

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import Refused
from app.core.tribunales import tribunales
from app.db import db, transaction
from app.oficios.access import oficio_to_work
from app.oficios.forms.fields import add_error
from app.oficios.forms.oficio import DatosForm
from app.oficios.models import Oficio
from app.oficios.pages.blueprint import bp
from app.oficios.pages.frame import render_section, saved
from app.oficios.service import NumeroTaken, StaleOficio, assign_oficio, update_oficio
from app.usuarios.models import Usuario
from app.usuarios.queries import list_investigadores
from app.web.access import staff_required
from app.web.fragments import is_read


@bp.route("/<int:oficio_id>/datos", methods=["GET", "POST"])
@staff_required
def datos(oficio_id: int) -> ResponseReturnValue:
    """What the case is about; a POST corrects it."""
    oficio = oficio_to_work(oficio_id)
    form = DatosForm.of(oficio, list_investigadores())
    if is_read():
        return _show(oficio, form)
    if not form.validate():
        return _show(oficio, form, 422)
    try:
        with transaction():
            _store(oficio, form)
    except StaleOficio as stale:
        form.form_errors = [stale.for_form()]
        form.version.data = str(oficio.version)
        return _show(oficio, form, 409)
    except NumeroTaken as taken:
        add_error(form.numero_oficio, str(taken))
        return _show(oficio, form, 422)
    except Refused as refused:
        add_error(form.investigador_id, str(refused))
        return _show(oficio, form, 422)
    return saved(
        url_for("oficios.datos", oficio_id=oficio.id),
        "Se guardaron los datos del oficio.",
        lambda: _show(oficio, DatosForm.of(oficio, list_investigadores(), formdata=None)),
    )


def _store(oficio: Oficio, form: DatosForm) -> None:
    now = utcnow()
    update_oficio(oficio, form.to_oficio(), form.version.value, actor=current_user, now=now)
    chosen = form.investigador_id.value
    if chosen != oficio.investigador_id:
        person = db.session.get(Usuario, chosen) if chosen else None
        assign_oficio(oficio, person, actor=current_user, now=now)


def _show(oficio: Oficio, form: DatosForm, status: int = 200) -> Response:
    return render_section(
        oficio,
        "datos",
        "oficios/_datos.html",
        status,
        form=form,
        tribunales=[tribunal.nombre for tribunal in tribunales() if tribunal.vigente],
    )
