"""The section of sightings on the case page: the list, and writing one down."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.avistamientos.forms import AvistamientoForm
from app.avistamientos.forms.list_filter import AvistamientoFilter, AvistamientoFilterForm
from app.avistamientos.pages.lookups import Lookups, lookups_of
from app.avistamientos.queries import find_sighting, sightings_statement
from app.avistamientos.rules import WRITTEN_SOURCES
from app.avistamientos.service import add_sighting, edit_sighting, seal
from app.avistamientos.service.sightings import CourtOrderMissing
from app.core.clock import utcnow
from app.core.errors import Refused
from app.jobs.models import Trabajo
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import is_htmx, is_read
from app.web.pagination import paginate
from app.web.sentences import tell

bp = Blueprint("avistamientos", __name__, url_prefix="/oficios/<int:oficio_id>")


@bp.route("/avistamientos", methods=["GET", "POST"])
@staff_required
def section(oficio_id: int) -> ResponseReturnValue:
    """Where and when the vehicle was seen; a POST writes a sighting down.

    While a check is under way the list asks for itself (``espera``), so that sightings arrive
    without reloading.
    """
    oficio = oficio_to_work(oficio_id)
    form = AvistamientoForm()
    if is_read():
        lookups = lookups_of(oficio)
        if is_htmx() and "espera" in request.args and lookups.waiting is None:
            shown = show_section(oficio, lookups=lookups, form=form, with_frame=True)
            return _announce_end(shown, lookups.last_check)
        return show_section(oficio, lookups=lookups, form=form)

    def deed() -> Done:
        add_sighting(oficio, form.to_data(), actor=current_user, now=utcnow())
        return Done("Se anotó el avistamiento.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: show_section(oficio, status, form=form),
            fresh=lambda: show_section(oficio),
            beside={CourtOrderMissing: form.orden_judicial, Refused: form},
        )
    )


@bp.route("/avistamientos/<int:avistamiento_id>", methods=["GET", "POST"])
@staff_required
def edit(oficio_id: int, avistamiento_id: int) -> ResponseReturnValue:
    """Correct a sighting that a person wrote down; a gantry's is evidence and has no form."""
    oficio = oficio_to_work(oficio_id)
    row = or_404(find_sighting(oficio.id, avistamiento_id))
    or_404(row, allowed=row.fuente in WRITTEN_SOURCES)
    form = AvistamientoForm.of(row)

    def deed() -> Done:
        edit_sighting(row, form.to_data(), seen=form.version.data, actor=current_user, now=utcnow())
        return Done("Se guardó el avistamiento.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: show_section(
                oficio, status, form=form, editing=row, subpage="Corregir un avistamiento"
            ),
            fresh=lambda: show_section(oficio),
            beside={CourtOrderMissing: form.orden_judicial, Refused: form},
            version=lambda: seal(or_404(find_sighting(oficio.id, avistamiento_id))),
        )
    )


def show_section(
    oficio: Oficio, status: int = 200, *, lookups: Lookups | None = None, **context: Any
) -> Response:
    """Answer with the section: also when a look-up was asked for or refused.

    ``refusal`` is why it was refused, ``asking`` the form that lacks its reason. ``form`` writes
    a sighting down; without it an empty one is shown. ``lookups`` is asked for unless given.
    """
    lookups = lookups or lookups_of(oficio)
    filtros = AvistamientoFilterForm()
    filtro = filtros.to_filter()
    return render_section(
        oficio,
        "avistamientos",
        "avistamientos/_section.html",
        status,
        page=paginate(filtro.apply(sightings_statement(oficio.id)), address=_url(oficio, filtro)),
        filtros=filtros,
        filtro=filtro,
        **vars(lookups),
        **{"form": AvistamientoForm(formdata=None), **context},
    )


def _announce_end(response: Response, last: Trabajo | None) -> Response:
    """Say in the live region how the check ended that the page was waiting for."""
    if last is None:
        return response
    # The map and the suggestions ask for themselves again.
    response.headers["HX-Trigger-After-Swap"] = "avistamientos:nuevos"
    tell(last.error or last.resultado or "", "error" if last.error else "ok")
    return response


def _url(oficio: Oficio, filtro: AvistamientoFilter | None = None) -> str:
    shown: dict[str, Any] = dict(filtro.arguments()) if filtro else {}
    return url_for("avistamientos.section", oficio_id=oficio.id, **shown)
