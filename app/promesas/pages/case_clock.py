"""The promises of a case: how they stand, its clock stopped and started, a report noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.oficios.pages.sections import Attention
from app.promesas.forms import InformeForm, PausaForm
from app.promesas.pages.blueprint import bp
from app.promesas.queries import (
    find_open_pause,
    list_commitments,
    list_pauses,
    standing_of,
)
from app.promesas.queries.calendar import read_calendar
from app.promesas.queries.shown_promises import PromesaMostrada, show_promises
from app.promesas.rules import EstadoPromesa
from app.promesas.service import note_report, pause_clock, resume_clock
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out


@bp.get("/oficios/<int:oficio_id>/promesas")
@staff_required
def section(oficio_id: int) -> ResponseReturnValue:
    """How the promises of a case stand, and when its clock stood."""
    return _show(oficio_to_work(oficio_id))


@bp.post("/oficios/<int:oficio_id>/promesas/detener")
@staff_required
def stop(oficio_id: int) -> ResponseReturnValue:
    """Stop the clock of a case, with whom and what is awaited."""
    oficio = oficio_to_work(oficio_id)
    form = PausaForm()

    def deed() -> Done:
        pause_clock(oficio, form.to_data(), actor=current_user, now=utcnow())
        return Done(
            "El reloj quedó detenido. Reanúdelo cuando llegue lo que se espera.", _url(oficio)
        )

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, pause=form),
            fresh=lambda: _show(oficio),
            back=_url(oficio),
        )
    )


@bp.post("/oficios/<int:oficio_id>/promesas/reanudar")
@staff_required
def start(oficio_id: int) -> ResponseReturnValue:
    """Let the clock of a case run again."""
    oficio = oficio_to_work(oficio_id)

    def deed() -> Done:
        resume_clock(oficio, actor=current_user, now=utcnow())
        return Done("El reloj corre otra vez.", _url(oficio))

    return carry_out(Deed(do=deed, fresh=lambda: _show(oficio), back=_url(oficio)))


@bp.post("/oficios/<int:oficio_id>/promesas/informe")
@staff_required
def told(oficio_id: int) -> ResponseReturnValue:
    """Note what the buffet was told by telephone, mail or in a meeting."""
    oficio = oficio_to_work(oficio_id)
    form = InformeForm()

    def deed() -> Done:
        note_report(oficio, form.medio.value, form.texto.data, actor=current_user, now=utcnow())
        return Done("Anotado en la bitácora como informe al buffet.", _url(oficio))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _show(oficio, status, report=form),
            fresh=lambda: _show(oficio),
            back=_url(oficio),
        )
    )


def load_panel(oficio: Oficio, counts: Mapping[str, int]) -> Mapping[str, Any] | None:
    """The promises of a case for its *Resumen*; nothing where nothing runs."""
    if not counts.get("promesas"):
        return None
    return {"promises": _promises(oficio)}


def watch_promises(oficio: Oficio, counts: Mapping[str, int]) -> Iterator[Attention]:
    """The promises that are at risk or late."""
    if oficio.estado.is_final or not counts.get("promesas"):
        return
    now = utcnow()
    pressing = [
        row
        for row in list_commitments(oficio.id)
        if standing_of(row, now) in {EstadoPromesa.EN_RIESGO, EstadoPromesa.VENCIDA}
    ]
    if not pressing:
        return
    for one in show_promises(pressing, horario=read_calendar().horario, now=now):
        is_late = one.estado is EstadoPromesa.VENCIDA
        yield Attention(one.frase, _url(oficio), "Ver la promesa", one.estado.icon, is_late=is_late)


def _promises(oficio: Oficio) -> list[PromesaMostrada]:
    return show_promises(list_commitments(oficio.id), horario=read_calendar().horario, now=utcnow())


def _show(
    oficio: Oficio,
    status: int = 200,
    *,
    pause: PausaForm | None = None,
    report: InformeForm | None = None,
) -> Response:
    return render_section(
        oficio,
        "promesas",
        "promesas/_section.html",
        status,
        promises=_promises(oficio),
        open_pause=find_open_pause(oficio.id),
        pauses=list_pauses(oficio.id),
        pause_form=pause or PausaForm(formdata=None),
        report_form=report or InformeForm(formdata=None),
        is_reporting=report is not None,
    )


def _url(oficio: Oficio) -> str:
    return url_for("promesas.section", oficio_id=oficio.id)
