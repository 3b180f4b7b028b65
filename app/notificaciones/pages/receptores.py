"""The directory of receptores judiciales, which everybody of the firm keeps."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.tribunales import Tribunal, tribunales
from app.db import db, transaction
from app.notificaciones.forms import ReceptorForm
from app.notificaciones.models import Receptor
from app.notificaciones.pages.blueprint import bp
from app.notificaciones.queries.receptor_directory import (
    list_notices_of_receptor,
    receptores_statement,
)
from app.notificaciones.service import (
    ReceptorEmailTaken,
    create_receptor,
    set_receptor_active,
    update_receptor,
)
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import see_other
from app.web.pagination import paginate
from app.web.sentences import tell


@bp.get("/admin/receptores")
@staff_required
def receptores() -> ResponseReturnValue:
    """Everybody in the directory."""
    return render_template(
        "notificaciones/receptores.html",
        page=paginate(receptores_statement()),
        courts={court.pjud_id: court.nombre for court in tribunales()},
    )


@bp.route("/admin/receptores/nuevo", methods=["GET", "POST"])
@staff_required
def create_receptor_page() -> ResponseReturnValue:
    """Add a receptor."""
    form = ReceptorForm()

    def deed() -> Done:
        receptor = create_receptor(form.to_data(), actor=current_user, now=utcnow())
        text = f"{receptor.nombre} quedó en el directorio."
        return Done(text, url_for("notificaciones.receptores"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(form, None, status),
            beside={ReceptorEmailTaken: form.email},
        )
    )


@bp.route("/admin/receptores/<int:receptor_id>", methods=["GET", "POST"])
@staff_required
def edit_receptor(receptor_id: int) -> ResponseReturnValue:
    """Change what the directory says of a receptor."""
    receptor = or_404(db.session.get(Receptor, receptor_id))
    form = ReceptorForm(obj=receptor)

    def deed() -> Done:
        update_receptor(receptor, form.to_data(), actor=current_user, now=utcnow())
        return Done("Cambios guardados.", url_for("notificaciones.receptores"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(form, receptor, status),
            beside={ReceptorEmailTaken: form.email},
        )
    )


@bp.post("/admin/receptores/<int:receptor_id>/activo")
@staff_required
def toggle_receptor(receptor_id: int) -> ResponseReturnValue:
    """Stop offering a receptor for new notices, or offer him again."""
    receptor = or_404(db.session.get(Receptor, receptor_id))
    activo = request.form.get("activo") == "1"
    with transaction():
        set_receptor_active(receptor, activo=activo, actor=current_user, now=utcnow())
    name = receptor.nombre
    tell(
        f"{name} vuelve a ofrecerse en los avisos."
        if activo
        else f"{name} ya no se ofrece en los avisos nuevos.",
        "ok",
    )
    return see_other(url_for("notificaciones.edit_receptor", receptor_id=receptor_id))


def _courts_by_corte() -> dict[str, list[Tribunal]]:
    """The courts to choose from, under the Corte de Apelaciones above them."""
    cortes: dict[str, list[Tribunal]] = {}
    for court in tribunales():
        if court.vigente:
            cortes.setdefault(court.corte, []).append(court)
    return cortes


def _page(form: ReceptorForm, receptor: Receptor | None, status: int) -> ResponseReturnValue:
    page = render_template(
        "notificaciones/receptor.html",
        form=form,
        receptor=receptor,
        cortes=_courts_by_corte(),
        notices=list_notices_of_receptor(receptor.id) if receptor else [],
    )
    return page, status
