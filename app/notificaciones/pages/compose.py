"""Writing a notice: the form, the preview, and the one click that sends what was previewed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from wtforms import Field

from app.adjuntos.queries import list_images
from app.adjuntos.rules import format_size
from app.core.clock import utcnow
from app.core.cortes import why_exhorto
from app.core.errors import InvalidValue, RastroError
from app.core.text import clean_text
from app.db import transaction
from app.notificaciones.forms import NoticeForm, SendForm
from app.notificaciones.mails import mail_domain
from app.notificaciones.mails.case_facts import missing_facts
from app.notificaciones.models import Borrador
from app.notificaciones.pages.blueprint import bp
from app.notificaciones.pages.notice_frame import notice_html
from app.notificaciones.queries import (
    find_by_key,
    find_draft,
    find_earlier,
    list_photos,
    max_mail_bytes,
)
from app.notificaciones.queries.receptor_directory import (
    list_receptores,
    suggest_receptores,
    told_receptor_ids,
)
from app.notificaciones.rules import (
    CLIPPED_BYTES,
    Incomplete,
    describe_lacking,
    is_key,
)
from app.notificaciones.rules.sources import find_location
from app.notificaciones.service import (
    AlreadyNotified,
    Destinatario,
    MailTooBig,
    NoticeData,
    create_notice,
    save_draft,
)
from app.notificaciones.service.writing import PhotoLost, write_notice
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.web.access import or_404, staff_required
from app.web.converters import row_id
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import Form
from app.web.fragments import see_other
from app.web.sentences import Sentence, tell

_CASE = "/oficios/<int:oficio_id>/notificaciones"


@bp.get(f"{_CASE}/nueva")
@staff_required
def compose(oficio_id: int) -> ResponseReturnValue:
    """The form, empty or as a preview kept it (``?borrador=``).

    The photos of where the vehicle was found are chosen, or those of ``?fotos=``.
    """
    oficio = oficio_to_work(oficio_id)
    draft = find_draft(oficio.id, clean_text(request.args.get("borrador", ""))[:60])
    form = _form_for(oficio, draft)
    if draft is None:
        found = find_location(oficio.id)
        asked = request.args.getlist("fotos", type=row_id)
        chosen = set(asked or (found.foto_ids if found else ()))
        form.adjuntos.data = [pk for pk, _name in form.adjuntos.choices if pk in chosen]
    return _form_page(oficio, form)


@bp.post(f"{_CASE}/vista-previa")
@staff_required
def preview(oficio_id: int) -> ResponseReturnValue:
    """Keep the notice as it would go out now, and show it."""
    oficio = oficio_to_work(oficio_id)
    form = _form_for(oficio)
    return _answer_form(oficio, form, lambda: _keep(oficio, form, _write(form, oficio)))


def _keep(oficio: Oficio, form: NoticeForm, data: NoticeData) -> Done:
    with transaction():
        save_draft(oficio, form.clave.data, data, form.to_datos(), actor=current_user, now=utcnow())
    page = url_for("notificaciones.preview_page", oficio_id=oficio.id, clave=form.clave.data)
    return Done("", page)


@bp.get(f"{_CASE}/vista-previa/<clave>")
@staff_required
def preview_page(oficio_id: int, clave: str) -> ResponseReturnValue:
    """The notice exactly as it will be sent."""
    oficio = oficio_to_work(oficio_id)
    draft = find_draft(oficio.id, clave)
    if draft is None:
        return _gone(oficio, clave)
    return _preview_page(oficio, draft, SendForm(formdata=None, data={"clave": clave}))


@bp.get(f"{_CASE}/vista-previa/<clave>/html")
@staff_required
def preview_html(oficio_id: int, clave: str) -> ResponseReturnValue:
    """The HTML of a preview, for its frame."""
    oficio = oficio_to_work(oficio_id)
    return notice_html(or_404(find_draft(oficio.id, clave)).cuerpo_html)


@bp.post(_CASE)
@staff_required
def send(oficio_id: int) -> ResponseReturnValue:
    """Order a notice: the preview that the form names, or a whole form without a preview."""
    oficio = oficio_to_work(oficio_id)
    if "receptor" in request.form or "email" in request.form:
        return _send_form(oficio)
    form = SendForm()
    clave = form.clave.data if is_key(form.clave.data) else ""
    draft = find_draft(oficio.id, clave)
    if draft is None:
        return _gone(oficio, clave)
    return carry_out(
        Deed(
            do=lambda: _order(oficio, _from_draft(draft), form),
            in_transaction=False,
            form=form,
            show=lambda status: _preview_page(oficio, draft, form, status),
            beside=_yeses(form),
            refuse=lambda sentence, _status: _write_again(oficio, draft, sentence),
        )
    )


def _write_again(oficio: Oficio, draft: Borrador, sentence: Sentence) -> Response:
    """Say on the form of a preview why it cannot be sent as it is."""
    tell(sentence)
    return see_other(url_for("notificaciones.compose", oficio_id=oficio.id, borrador=draft.clave))


def _send_form(oficio: Oficio) -> ResponseReturnValue:
    form = _form_for(oficio)

    def deed() -> Done:
        data = _write(form, oficio)
        if len(data.html.encode()) > CLIPPED_BYTES:
            return _keep(oficio, form, data)  # the preview says what readers do with it
        return _order(oficio, data, form)

    return _answer_form(oficio, form, deed)


def _answer_form(oficio: Oficio, form: NoticeForm, deed: Callable[[], Done]) -> ResponseReturnValue:
    photos = form.adjuntos
    return carry_out(
        Deed(
            do=deed,
            in_transaction=False,
            form=form,
            show=lambda status: _form_page(oficio, form, status),
            beside={**_yeses(form), InvalidValue: photos, MailTooBig: photos, PhotoLost: photos},
        )
    )


def _form_for(oficio: Oficio, draft: Borrador | None = None) -> NoticeForm:
    """The form of this case. Who was told of it before is not the one to be suggested."""
    told = told_receptor_ids(oficio.id)
    return NoticeForm.for_case(
        list_receptores(),
        list_images(oficio.id),
        draft,
        suggested=[one for one in suggest_receptores(oficio.tribunal) if one.id not in told],
        responder_a=current_user.email,
    )


def _yeses(form: NoticeForm | SendForm) -> dict[type[RastroError], Field | Form]:
    """The box beside which each question stands."""
    return {AlreadyNotified: form.confirmar, Incomplete: form.confirmar_incompleto}


def _order(oficio: Oficio, data: NoticeData, form: NoticeForm | SendForm) -> Done:
    """Store the notice and its job together; a form that came twice changes nothing."""
    clave = form.clave.data
    try:
        with transaction():
            create_notice(
                oficio,
                data,
                clave=clave,
                confirmed=form.confirmar.data,
                confirmed_incomplete=form.confirmar_incompleto.data,
                dominio=mail_domain(),
                actor=current_user,
                now=utcnow(),
            )
    except IntegrityError:
        if find_by_key(clave) is None:
            raise
    text = f"El aviso a {data.destinatario.email} se está enviando."
    return Done(text, url_for("notificaciones.section", oficio_id=oficio.id))


def _write(form: NoticeForm, oficio: Oficio) -> NoticeData:
    """The notice that the form describes, written out."""
    return write_notice(
        oficio,
        form.to_destinatario(),
        mensaje=form.mensaje.data,
        adjunto_ids=form.adjuntos.data or [],
        remitente=current_user,
        cc_email=form.cc_email.value,
        responder_a=form.responder_a.value,
    )


def _from_draft(draft: Borrador) -> NoticeData:
    datos = draft.datos
    receptor = datos.get("receptor")
    return NoticeData(
        destinatario=Destinatario(
            draft.destinatario_email,
            draft.destinatario_nombre,
            int(receptor) if receptor else None,
            guardar=bool(datos.get("guardar")),
        ),
        asunto=draft.asunto,
        texto=draft.cuerpo_texto,
        html=draft.cuerpo_html,
        tamano_bytes=draft.tamano_bytes,
        mensaje=datos.get("mensaje"),
        adjunto_ids=list(datos.get("adjuntos") or []),
        enlace_ids=draft.adjuntos_enlace,
        cc_email=draft.cc_email,
        responder_a=draft.responder_a,
        selector=draft.selector,
    )


def _gone(oficio: Oficio, clave: str) -> ResponseReturnValue:
    """Answer for a preview that was sent already or has expired."""
    notice = find_by_key(clave) if is_key(clave) else None
    if notice is not None and notice.oficio_id == oficio.id:
        tell(f"Este aviso ya se pidió: está «{notice.estado.label.lower()}».", "info")
        return see_other(url_for("notificaciones.section", oficio_id=oficio.id))
    tell("La vista previa ya no está. Escriba el aviso otra vez.", "aviso")
    return see_other(url_for("notificaciones.compose", oficio_id=oficio.id))


def _form_page(oficio: Oficio, form: NoticeForm, status: int = 200) -> Response:
    found = find_location(oficio.id)
    return render_section(
        oficio,
        "notificaciones",
        "notificaciones/_compose.html",
        status,
        subpage="Escribir un aviso",
        form=form,
        photos=list_images(oficio.id),
        missing=missing_facts(oficio),
        found=found,
        exhorto=why_exhorto(oficio.tribunal, found.comuna) if found else None,
        max_size=format_size(max_mail_bytes()),
    )


def _preview_page(oficio: Oficio, draft: Borrador, form: SendForm, status: int = 200) -> Response:
    photos = list_photos(oficio.id, list(draft.datos.get("adjuntos") or []))
    html_bytes = len(draft.cuerpo_html.encode())
    return render_section(
        oficio,
        "notificaciones",
        "notificaciones/_preview.html",
        status,
        subpage="Vista previa del aviso",
        draft=draft,
        form=form,
        photos=photos,
        size=format_size(draft.tamano_bytes),
        clipped=format_size(html_bytes) if html_bytes > CLIPPED_BYTES else None,
        earlier=find_earlier(oficio.id, draft.destinatario_email),
        lacking=describe_lacking(draft.cuerpo_texto, len(photos)),
    )
