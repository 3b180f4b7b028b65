"""The link of a notice, to send it by WhatsApp; and ending it."""

from __future__ import annotations

from flask import current_app, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.queries import current_office
from app.core.clock import utcnow
from app.core.link_signature import make_token
from app.core.phone_numbers import dialable, whatsapp_link
from app.db import transaction
from app.extensions import current_config
from app.notificaciones.mails import receptor_path
from app.notificaciones.models import Notificacion
from app.notificaciones.pages.blueprint import bp
from app.notificaciones.queries import find_notice
from app.notificaciones.rules import RECEPTOR_PURPOSE
from app.notificaciones.service.link_sharing import end_link, share_link
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out

_NOTICE = "/oficios/<int:oficio_id>/notificaciones/<int:notificacion_id>"


@bp.post(f"{_NOTICE}/whatsapp")
@staff_required
def share(oficio_id: int, notificacion_id: int) -> ResponseReturnValue:
    """Give the link of a notice with a text around it; a POST, because who got it is written down.

    The page is the answer itself: an address with the link in it would stand in histories and logs.
    """
    oficio = oficio_to_work(oficio_id)
    notice = or_404(find_notice(oficio.id, notificacion_id))
    with transaction():
        share_link(notice, actor=current_user, now=utcnow())
    return _page(oficio, notice)


@bp.post(f"{_NOTICE}/enlace/anular")
@staff_required
def end(oficio_id: int, notificacion_id: int) -> ResponseReturnValue:
    """Let the link of a notice open nothing any more."""
    oficio = oficio_to_work(oficio_id)
    notice = or_404(find_notice(oficio.id, notificacion_id))
    page = url_for("notificaciones.detail", oficio_id=oficio.id, notificacion_id=notificacion_id)

    def deed() -> Done:
        end_link(notice, actor=current_user, now=utcnow())
        return Done("El enlace del aviso ya no abre nada.", page)

    return carry_out(Deed(do=deed, back=page))


def _page(oficio: Oficio, notice: Notificacion) -> ResponseReturnValue:
    token = make_token(notice.selector or "", str(current_app.secret_key), purpose=RECEPTOR_PURPOSE)
    link = f"{current_config().base_url}{receptor_path(token)}"
    telefono = dialable(notice.receptor.telefono) if notice.receptor else None
    # Of the case its number alone: the text stays in chats, and the page behind the link can end.
    texto = f"{current_office().nombre}: aviso del oficio {oficio.numero_oficio}. Ábralo en {link}"
    html = render_template(
        "notificaciones/share.html",
        oficio=oficio,
        notice=notice,
        link=link,
        texto=texto,
        telefono=telefono,
        chat=whatsapp_link(texto, telefono),
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response
