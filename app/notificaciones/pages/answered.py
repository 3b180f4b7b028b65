"""The office writes down what a receptor answered by telephone or in person."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import Refused
from app.notificaciones.forms import AgainForm, AnsweredForm
from app.notificaciones.pages.blueprint import bp
from app.notificaciones.pages.notices import detail_page
from app.notificaciones.queries import find_notice
from app.notificaciones.service import answer_notice, check_answerable
from app.oficios.access import oficio_to_work
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out


@bp.post("/oficios/<int:oficio_id>/notificaciones/<int:notificacion_id>/respuestas")
@staff_required
def note_answer(oficio_id: int, notificacion_id: int) -> ResponseReturnValue:
    """Write an answer down; the same form sent twice is one answer."""
    oficio = oficio_to_work(oficio_id)
    notice = or_404(find_notice(oficio.id, notificacion_id))
    form = AnsweredForm()
    page = url_for("notificaciones.detail", oficio_id=oficio.id, notificacion_id=notificacion_id)

    def deed() -> Done:
        check_answerable(notice)
        answer_notice(
            notice, form.to_data(), clave=form.clave.data, actor=current_user, now=utcnow()
        )
        return Done("La respuesta quedó anotada.", page)

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: detail_page(
                oficio, notice, AgainForm(formdata=None), status, answered=form
            ),
            fresh=lambda: detail_page(oficio, notice, AgainForm(formdata=None)),
            beside={Refused: form.tipo},
        )
    )
