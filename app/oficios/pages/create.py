"""An oficio that came on paper, entered by hand."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.buffets.queries import list_active_buffets
from app.core.clock import utcnow
from app.core.tribunales import tribunales
from app.db import db
from app.oficios.forms.oficio import NuevoForm, comunas_to_choose
from app.oficios.models import Oficio
from app.oficios.pages.blueprint import bp
from app.oficios.queries import list_warnings
from app.oficios.service import NumeroTaken, assign_oficio, create_oficio
from app.usuarios.models import Usuario
from app.usuarios.queries import list_investigadores
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import is_read


@bp.route("/nuevo", methods=["GET", "POST"])
@staff_required
def create() -> ResponseReturnValue:
    """Enter one oficio; what does not add up is kept, and said once it is stored."""
    form = NuevoForm()
    buffets = list_active_buffets()
    form.offer(buffets, list_investigadores())
    if is_read() and len(buffets) == 1:
        form.buffet_id.data = str(buffets[0].id)

    def deed() -> Done:
        oficio = _store(form)
        return Done(
            f"Se ingresó el oficio {oficio.numero_oficio}.",
            url_for("oficios.detail", oficio_id=oficio.id),
            [warning.texto for warning in list_warnings(oficio)],
        )

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(form, status),
            beside={NumeroTaken: form.numero_oficio},
        )
    )


def _store(form: NuevoForm) -> Oficio:
    now = utcnow()
    oficio = create_oficio(
        form.to_oficio(),
        form.to_vehiculo(),
        buffet_id=form.buffet_id.value or 0,
        propietario=form.to_propietario(),
        direccion=form.to_direccion(),
        actor=current_user,
        now=now,
    )
    if form.investigador_id.value:
        person = db.session.get(Usuario, form.investigador_id.value)
        assign_oficio(oficio, person, actor=current_user, now=now)
    return oficio


def _page(form: NuevoForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "oficios/nuevo.html",
        form=form,
        comunas=comunas_to_choose(),
        tribunales=[tribunal.nombre for tribunal in tribunales() if tribunal.vigente],
    )
    return page, status
