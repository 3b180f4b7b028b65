"""The admin's page of all mails: those of no one oficio are seen and sent again only here."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.buffets.models import Buffet
from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db
from app.notificaciones.forms import AgainForm
from app.notificaciones.models import Notificacion
from app.notificaciones.pages.blueprint import bp
from app.notificaciones.pages.notice_frame import notice_html
from app.notificaciones.queries import count_unsettled, find_mail, mails_statement
from app.notificaciones.rules import MOVING
from app.notificaciones.service import describe_resend, resend_notice
from app.web.access import admin_required, or_404
from app.web.converters import row_id
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import is_htmx, see_other
from app.web.navigation import Mark
from app.web.pagination import paginate

_URL = "/admin/correos"
#: What may be looked at; without a choice, everything.
_VIEWS = {"problemas": "Con problemas", "sin_caso": "Sin un caso", "": "Todos"}


def waiting_mails() -> Mark | None:
    """What the rail says beside *Correos*."""
    number = count_unsettled()
    noun = "correo por decidir" if number == 1 else "correos por decidir"
    return Mark(number, noun) if number else None


@bp.get(_URL)
@admin_required
def correos() -> ResponseReturnValue:
    """Every mail with its state; those of a buffet alone with ``?buffet=``."""
    ver = request.args.get("ver", "")
    buffet_id = request.args.get("buffet", type=row_id)
    buffet = or_404(db.session.get(Buffet, buffet_id)) if buffet_id is not None else None
    return render_template(
        "notificaciones/correos.html",
        page=paginate(mails_statement(ver, buffet_id), scalars=False),
        ver=ver if ver in _VIEWS else "",
        views=_VIEWS,
        buffet=buffet,
        unsettled=count_unsettled(),
    )


@bp.get(f"{_URL}/<int:notificacion_id>")
@admin_required
def correo(notificacion_id: int) -> ResponseReturnValue:
    """One mail as it was sent; one of a case is shown in its case."""
    notice = or_404(find_mail(notificacion_id))
    if notice.oficio_id is not None:
        return see_other(
            url_for(
                "notificaciones.detail",
                oficio_id=notice.oficio_id,
                notificacion_id=notificacion_id,
            )
        )
    return _page(notice, AgainForm(formdata=None))


@bp.get(f"{_URL}/<int:notificacion_id>/html")
@admin_required
def correo_html(notificacion_id: int) -> ResponseReturnValue:
    """The HTML of a mail, for its frame."""
    return notice_html(or_404(find_mail(notificacion_id)).cuerpo_html)


@bp.post(f"{_URL}/<int:notificacion_id>/reenviar")
@admin_required
def resend_mail(notificacion_id: int) -> ResponseReturnValue:
    """Send a mail again, once somebody said yes twice."""
    notice = or_404(find_mail(notificacion_id))
    form = AgainForm()

    def deed() -> Done:
        sent = resend_notice(
            notice, confirmed=form.confirmar.data, actor=current_user, now=utcnow()
        )
        return Done(
            "El correo se está enviando otra vez.",
            url_for("notificaciones.correo", notificacion_id=sent.id),
        )

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(notice, form, status),
            beside={Refused: form.confirmar},
        )
    )


def _page(notice: Notificacion, form: AgainForm, status: int = 200) -> ResponseReturnValue:
    template = "_correo.html" if is_htmx() else "correo.html"
    page = render_template(
        f"notificaciones/{template}",
        notice=notice,
        buffet=db.session.get(Buffet, notice.buffet_id) if notice.buffet_id else None,
        form=form,
        known=describe_resend(notice),
        moving=notice.estado in MOVING,
        status_url=url_for("notificaciones.correo", notificacion_id=notice.id),
    )
    return page, status
