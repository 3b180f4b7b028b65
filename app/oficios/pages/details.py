"""What the paper says of the oficio, and who has it."""

from __future__ import annotations

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.queries import text_setting
from app.core.clock import utcnow
from app.core.errors import Refused
from app.core.tribunales import tribunales
from app.db import db
from app.oficios.access import oficio_to_work
from app.oficios.forms.oficio import DatosForm
from app.oficios.models import Oficio
from app.oficios.pages.blueprint import bp
from app.oficios.pages.frame import render_section
from app.oficios.rules.basis import BASIS
from app.oficios.service import NumeroTaken, assign_oficio, update_oficio
from app.usuarios.models import Usuario
from app.usuarios.queries import list_investigadores
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out


@bp.route("/<int:oficio_id>/datos", methods=["GET", "POST"])
@staff_required
def datos(oficio_id: int) -> ResponseReturnValue:
    """What the case is about; a POST corrects it."""
    oficio = oficio_to_work(oficio_id)
    form = DatosForm.of(oficio, list_investigadores())

    def fresh() -> Response:
        return _show(oficio, DatosForm.of(oficio, list_investigadores(), formdata=None))

    return carry_out(
        Deed(
            do=lambda: _store(oficio, form),
            form=form,
            show=lambda status: _show(oficio, form, status),
            fresh=fresh,
            beside={NumeroTaken: form.numero_oficio, Refused: form.investigador_id},
            version=lambda: oficio.version,
        )
    )


def _store(oficio: Oficio, form: DatosForm) -> Done:
    now = utcnow()
    update_oficio(oficio, form.to_oficio(), form.version.value, actor=current_user, now=now)
    chosen = form.investigador_id.value
    if chosen != oficio.investigador_id:
        person = db.session.get(Usuario, chosen) if chosen else None
        assign_oficio(oficio, person, actor=current_user, now=now)
    return Done("Se guardaron los datos del oficio.", url_for("oficios.datos", oficio_id=oficio.id))


def _show(oficio: Oficio, form: DatosForm, status: int = 200) -> Response:
    return render_section(
        oficio,
        "datos",
        "oficios/_datos.html",
        status,
        form=form,
        base=text_setting(BASIS),
        tribunales=[tribunal.nombre for tribunal in tribunales() if tribunal.vigente],
    )
