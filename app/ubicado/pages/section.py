"""Where the vehicle was found, on the case page: seen again, gone, or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.db import db
from app.direcciones.models import Direccion
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.oficios.rules import Estado
from app.ubicado.forms import DeshacerForm, RevisionForm
from app.ubicado.models import Ubicacion
from app.ubicado.pages.blueprint import bp
from app.ubicado.permissions import can_undo
from app.ubicado.queries import (
    Vigente,
    find_current,
    find_location,
    list_locations,
    list_notified,
    recheck_days,
)
from app.ubicado.rules import ResultadoRevision, is_due
from app.ubicado.rules.location_doubts import list_doubts
from app.ubicado.service import review, undo
from app.ubicado.service.undo import notified_warning
from app.web.access import admin_required, or_404, staff_required
from app.web.deeds import Deed, Done, carry_out

_ONE = "/ubicacion/<int:ubicacion_id>"


@dataclass(frozen=True)
class UbicadoHead:
    """What the head of the case page tells of the place, and offers."""

    #: The place that a case which waits for its receptor stands on.
    vigente: Vigente | None
    #: It is time to go and see again.
    is_due: bool
    #: «¡Ubicado!» has something to do here.
    can_locate: bool


@bp.app_context_processor
def head() -> dict[str, object]:
    """The question that the head of the case page asks."""
    return {"location_head": location_head}


def location_head(oficio: Oficio) -> UbicadoHead:
    """What the head of a case says: only of one that waits for its receptor is anything read."""
    if oficio.estado is not Estado.NOTIFICACION:
        return UbicadoHead(None, is_due=False, can_locate=not oficio.estado.is_final)
    current = find_current(oficio.id)
    if current is None or current.is_gone:
        return UbicadoHead(current, is_due=False, can_locate=True)
    return UbicadoHead(current, is_due=_is_due(current), can_locate=False)


def _is_due(current: Vigente) -> bool:
    """Whether somebody should go and see."""
    return not current.is_carried_out and is_due(current.visto_at, utcnow(), current.recheck_days)


@bp.get("/ubicacion")
@staff_required
def section(oficio_id: int) -> ResponseReturnValue:
    """Where it was found, what was seen there since, and what was taken back."""
    return _show(oficio_to_work(oficio_id))


@bp.post(f"{_ONE}/revision")
@staff_required
def answer(oficio_id: int, ubicacion_id: int) -> ResponseReturnValue:
    """«Sigue ahí» or «Ya no está», with one tap."""
    oficio = oficio_to_work(oficio_id)
    ubicacion = or_404(find_location(oficio.id, ubicacion_id))
    form = RevisionForm()

    def deed() -> Done:
        review(
            ubicacion,
            form.resultado.value,
            cliente_id=form.cliente_id.data,
            actor=current_user,
            now=utcnow(),
        )
        if form.resultado.value is ResultadoRevision.SIGUE:
            return Done("Anotado: sigue ahí. Se le preguntará de nuevo más adelante.", _url(oficio))
        return Done("Anotado: ya no está. Decida si el caso vuelve a Investigación.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            wrong=lambda: "Elija «Sigue ahí» o «Ya no está».",
            show=lambda status: _show(oficio, status),
            fresh=lambda: _show(oficio),
            back=_url(oficio),
        )
    )


@bp.post(f"{_ONE}/deshacer")
@admin_required
def take_back(oficio_id: int, ubicacion_id: int) -> ResponseReturnValue:
    """Take a location back, with a reason; nobody is written to."""
    oficio = oficio_to_work(oficio_id)
    ubicacion = or_404(find_location(oficio.id, ubicacion_id))
    form = DeshacerForm()

    def deed() -> Done:
        warning = undo(ubicacion, form.motivo.data, actor=current_user, now=utcnow())
        text = "Ubicación deshecha: el caso se busca otra vez. El motivo quedó en la bitácora."
        return Done(text, _url(oficio), [warning] if warning else [])

    def show(status: int) -> Response:
        if form.errors:
            return _show(oficio, status, undo_form=form, undoing=ubicacion.id)
        return _show(oficio, status)

    return carry_out(
        Deed(do=deed, form=form, show=show, fresh=lambda: _show(oficio), back=_url(oficio))
    )


def _show(oficio: Oficio, status: int = 200, **context: Any) -> Response:
    current = find_current(oficio.id)
    locations = list_locations(oficio.id)
    return render_section(
        oficio,
        "ubicacion",
        "ubicado/_section.html",
        status,
        **{
            "current": current,
            "locations": locations,
            "doubts": {one.id: list_doubts(one, _address(one)) for one in locations},
            "days": recheck_days(),
            "is_waiting": oficio.estado is Estado.NOTIFICACION,
            "can_undo": can_undo(current_user) and not oficio.estado.is_final,
            "told": {
                one.id: notified_warning(list_notified(one))
                for one in locations
                if one.deshecho_at is None
            },
            "answers": [
                RevisionForm(formdata=None, data={"resultado": resultado})
                for resultado in ResultadoRevision
            ],
            "undo_form": DeshacerForm(formdata=None),
            "undoing": None,
            **context,
        },
    )


def _address(ubicacion: Ubicacion) -> Direccion | None:
    if ubicacion.direccion_id is None:
        return None
    return db.session.get(Direccion, ubicacion.direccion_id)


def _url(oficio: Oficio) -> str:
    return url_for("ubicado.section", oficio_id=oficio.id)
