"""The notices of a case: their list, each as it was sent, and sending one again."""

from __future__ import annotations

import secrets

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import Refused, refusal_of
from app.db import transaction
from app.notificaciones.forms import AgainForm, AnsweredForm
from app.notificaciones.mails import mail_domain
from app.notificaciones.models import Notificacion
from app.notificaciones.pages.blueprint import bp
from app.notificaciones.pages.notice_frame import notice_html
from app.notificaciones.queries import find_notice, list_notices
from app.notificaciones.queries.receptor_answers import (
    count_failed_reminders,
    find_reminder,
    is_link_open,
)
from app.notificaciones.queries.removals import find_removal
from app.notificaciones.rules import (
    MOVING,
    AskedOnce,
    EstadoNotificacion,
    describe_lacking,
)
from app.notificaciones.service import (
    check_answerable,
    check_remindable,
    create_notice,
    describe_resend,
    resend_notice,
)
from app.notificaciones.service.writing import PhotoLost, write_reminder
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.web.access import or_404, staff_required
from app.web.conditional import conditional
from app.web.deeds import Deed, Done, carry_out

_CASE = "/oficios/<int:oficio_id>/notificaciones"


@bp.get(_CASE)
@staff_required
@conditional
def section(oficio_id: int) -> ResponseReturnValue:
    """All notices, newest first; the list asks again while one is on its way."""
    oficio = oficio_to_work(oficio_id)
    lines = list_notices(oficio.id)
    return render_section(
        oficio,
        "notificaciones",
        "notificaciones/_section.html",
        lines=lines,
        moving=any(line.notice.estado in MOVING for line in lines),
        retiro=find_removal(oficio.id) if lines and not oficio.estado.is_final else None,
    )


@bp.get(f"{_CASE}/<int:notificacion_id>")
@staff_required
def detail(oficio_id: int, notificacion_id: int) -> ResponseReturnValue:
    """One notice as it was sent."""
    oficio = oficio_to_work(oficio_id)
    notice = or_404(find_notice(oficio.id, notificacion_id))
    return detail_page(oficio, notice, AgainForm(formdata=None))


@bp.get(f"{_CASE}/<int:notificacion_id>/html")
@staff_required
def detail_html(oficio_id: int, notificacion_id: int) -> ResponseReturnValue:
    """The HTML of a notice, for its frame."""
    oficio = oficio_to_work(oficio_id)
    return notice_html(or_404(find_notice(oficio.id, notificacion_id)).cuerpo_html)


@bp.post(f"{_CASE}/<int:notificacion_id>/reenviar")
@staff_required
def resend(oficio_id: int, notificacion_id: int) -> ResponseReturnValue:
    """Send a notice again, once somebody said yes twice."""
    oficio = oficio_to_work(oficio_id)
    notice = or_404(find_notice(oficio.id, notificacion_id))
    form = AgainForm()

    def deed() -> Done:
        resend_notice(notice, confirmed=form.confirmar.data, actor=current_user, now=utcnow())
        return Done(
            "El aviso se está enviando otra vez.",
            url_for("notificaciones.section", oficio_id=oficio.id),
        )

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: detail_page(oficio, notice, form, status),
            fresh=lambda: detail_page(oficio, notice, AgainForm(formdata=None)),
            beside={Refused: form.confirmar},
        )
    )


@bp.post(f"{_CASE}/<int:notificacion_id>/recordar")
@staff_required
def remind(oficio_id: int, notificacion_id: int) -> ResponseReturnValue:
    """Send a reminder of a notice that nobody answered, once somebody said yes twice; pressed
    twice it is one reminder."""
    oficio = oficio_to_work(oficio_id)
    notice = or_404(find_notice(oficio.id, notificacion_id))
    form = AgainForm()
    page = url_for("notificaciones.section", oficio_id=oficio.id)

    def deed() -> Done:
        check_remindable(notice)
        data = write_reminder(oficio, notice, remitente=current_user)
        with transaction():
            check_remindable(notice)
            create_notice(
                oficio,
                data,
                # One that failed for good does not stand in the way of another.
                clave=f"recordatorio-{notificacion_id}-{count_failed_reminders(notice.id)}",
                confirmed=form.confirmar.data,
                # The same yes: the page says beside it what the reminder lacks.
                confirmed_incomplete=form.confirmar.data,
                dominio=mail_domain(),
                actor=current_user,
                now=utcnow(),
                recordatorio_de=notice,
            )
        return Done("El recordatorio se está enviando.", page)

    return carry_out(
        Deed(
            do=deed,
            in_transaction=False,
            form=form,
            show=lambda status: detail_page(
                oficio, notice, AgainForm(formdata=None), status, reminder=form
            ),
            fresh=lambda: detail_page(oficio, notice, AgainForm(formdata=None)),
            beside={AskedOnce: form.confirmar, PhotoLost: form.confirmar},
            back=page,
        )
    )


def _can_remind(notice: Notificacion) -> bool:
    if find_reminder(notice.id) is not None or notice.recordatorio_de_id is not None:
        return False
    return refusal_of(check_remindable, notice) is None


def detail_page(
    oficio: Oficio,
    notice: Notificacion,
    form: AgainForm,
    status: int = 200,
    *,
    reminder: AgainForm | None = None,
    answered: AnsweredForm | None = None,
) -> Response:
    """One notice, with its forms as they were typed or empty."""
    now = utcnow()
    return render_section(
        oficio,
        "notificaciones",
        "notificaciones/_detail.html",
        status,
        subpage=f"Aviso a {notice.destinatario_nombre or notice.destinatario_email}",
        notice=notice,
        form=form,
        reminder=reminder or AgainForm(formdata=None),
        can_remind=_can_remind(notice),
        can_substitute=notice.estado is EstadoNotificacion.ENVIADA and not oficio.estado.is_final,
        answered=answered or AnsweredForm(formdata=None, data={"clave": secrets.token_urlsafe(24)}),
        can_answer=refusal_of(check_answerable, notice) is None,
        retiro=None if oficio.estado.is_final else find_removal(oficio.id),
        moving=notice.estado in MOVING,
        link_open=is_link_open(notice, now),
        known=describe_resend(notice),
        lacking=describe_lacking(notice.cuerpo_texto, len(notice.adjuntos)),
    )
