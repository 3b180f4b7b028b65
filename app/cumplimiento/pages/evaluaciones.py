"""The impact assessment: as it stands, on paper, as it was, and section by section."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.cumplimiento.forms.evaluaciones import SeccionForm
from app.cumplimiento.models.evaluaciones import EvaluacionImpacto
from app.cumplimiento.queries.evaluaciones import list_versions, newest_version
from app.cumplimiento.rules.evaluaciones import (
    SECCIONES,
    complete,
    find_section,
    list_missing,
)
from app.cumplimiento.service.evaluaciones import current_texts, proposed_texts, save_section
from app.db import db
from app.web.access import admin_required, or_404
from app.web.deeds import Deed, Done, carry_out

bp = Blueprint("evaluaciones", __name__, url_prefix="/admin/evaluacion-de-impacto")


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    """The assessment as it stands; the same page is what is printed."""
    return _page(newest_version(), is_newest=True)


@bp.get("/versiones/<int:evaluacion_id>")
@admin_required
def version(evaluacion_id: int) -> ResponseReturnValue:
    """A version, of now or of before."""
    row = or_404(db.session.get(EvaluacionImpacto, evaluacion_id))
    newest = newest_version()
    is_newest = newest is not None and newest.id == row.id
    return _page(row, is_newest=is_newest, has_own_address=True)


@bp.route("/secciones/<apartado>", methods=["GET", "POST"])
@admin_required
def edit(apartado: str) -> ResponseReturnValue:
    """Write one section anew."""
    section = or_404(find_section(apartado))
    form = SeccionForm(texto=current_texts()[apartado], version=_newest_number())
    address = url_for("evaluaciones.index", _anchor=apartado)

    def deed() -> Done:
        row = save_section(
            apartado,
            form.texto.data or "",
            form.cambio.data or "",
            form.base,
            actor=current_user,
            now=utcnow(),
        )
        if row is None:
            return Done("No había nada distinto que guardar.", address, tone="info")
        return Done(f"Guardada como versión {row.numero}.", address)

    def show(status: int) -> ResponseReturnValue:
        page = render_template(
            "cumplimiento/evaluacion_seccion.html",
            form=form,
            section=section,
            actual=current_texts()[apartado] if status == 409 else None,
        )
        return page, status

    return carry_out(Deed(do=deed, form=form, show=show, version=_newest_number))


def _newest_number() -> int:
    newest = newest_version()
    return newest.numero if newest else 0


def _page(
    row: EvaluacionImpacto | None, *, is_newest: bool, has_own_address: bool = False
) -> ResponseReturnValue:
    texts = complete(row.secciones if row else {}, proposed_texts())
    return render_template(
        "cumplimiento/evaluacion.html",
        row=row,
        is_newest=is_newest,
        has_own_address=has_own_address,
        sections=SECCIONES,
        texts=texts,
        missing=list_missing(texts),
        versions=list_versions(),
    )
