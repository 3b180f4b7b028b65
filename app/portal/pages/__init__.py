"""The buffet's dashboard, through the magic link or a cliente's account: coming in and out, photos,
what it sends, and how it is told by mail.
"""

from __future__ import annotations

from io import BytesIO

from flask import (
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    send_file,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.adjuntos.permissions import is_for_buffet
from app.adjuntos.queries import find_adjunto
from app.adjuntos.rules import buffet_name, format_size
from app.adjuntos.service import read_copy
from app.ajustes.pages.dead_links import dead_link
from app.auditoria.service import audit
from app.bandeja.forms import DropForm
from app.bandeja.pages import take_dropped
from app.bandeja.queries import count_made, list_sent
from app.buffets.forms import MilestoneForm
from app.buffets.models import Buffet
from app.buffets.queries import find_enlace
from app.buffets.rules import OrigenModo
from app.buffets.service import note_use, rotate_leave_link, set_milestone_mails
from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.db import db, transaction
from app.extensions import limiter
from app.oficios.models import Oficio
from app.portal.access import SESSION_KEY, living_link, looking_buffet
from app.portal.pages.blueprint import bp, note_look
from app.portal.pages.own_messages import origin
from app.usuarios.pages.wrong_passwords import open_link as find_by_link
from app.web.access import or_404
from app.web.bodies import accepts_bytes, several_uploads
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import is_read
from app.web.sentences import tell


@bp.route("/b/<token>", methods=["GET", "POST"])
def open_link(token: str) -> ResponseReturnValue:
    """A magic link. Looking shows a button, so that a mail scanner uses nothing up; pressing it
    exchanges the token for a session that knows one buffet, and the token leaves the address.
    """
    enlace = find_by_link(lambda: find_enlace(token, str(current_app.secret_key), utcnow()))
    if enlace is None:
        abort(dead_link())
    if current_user.is_authenticated:
        page = render_template("portal/own_account.html", buffet=enlace.buffet)
        return page, 200 if is_read() else 409
    if is_read():
        return render_template("portal/open.html", buffet=enlace.buffet)
    enlace_id = enlace.id
    with transaction():
        now = utcnow()
        note_use(enlace, now=now)
        audit("enlace.abierto", actor=None, now=now, entidad="enlace", entidad_id=enlace_id)
    session[SESSION_KEY] = enlace_id
    return redirect(url_for("portal.home"), 303)


@bp.get("/portal/oficios/<int:oficio_id>/fotos/<int:adjunto_id>")
@limiter.limit("300 per minute")
def photo(oficio_id: int, adjunto_id: int) -> ResponseReturnValue:
    """The copy of a photo that was approved for the buffet, and of nothing else."""
    buffet = looking_buffet()
    oficio = or_404(db.session.get(Oficio, oficio_id))
    or_404(oficio, allowed=oficio.buffet_id == buffet.id)
    adjunto = or_404(find_adjunto(adjunto_id))
    or_404(adjunto, allowed=adjunto.oficio_id == oficio.id and is_for_buffet(adjunto))
    data, mime_type = read_copy(adjunto)
    name = buffet_name(adjunto.id)
    note_look(buffet, f"Foto {adjunto.id}", oficio_id)
    return send_file(BytesIO(data), mimetype=mime_type, download_name=name)


@bp.get("/portal/envios")
def sent() -> ResponseReturnValue:
    """What the buffet sent, and what was decided on each; more is dropped here."""
    return _sent_page(looking_buffet(), DropForm(formdata=None))


@bp.post("/portal/envios")
@accepts_bytes(several_uploads)
@limiter.limit("20 per minute")
def send() -> ResponseReturnValue:
    """Take what the buffet sends into the office's tray."""
    buffet = looking_buffet()
    form = DropForm()
    origen = origin(buffet)

    return carry_out(
        Deed(
            do=lambda: take_dropped(form, origen, url_for("portal.sent")),
            form=form,
            in_transaction=False,
            show=lambda status: _sent_page(looking_buffet(), form, status),
            beside={InvalidValue: form.archivos},
        )
    )


def _sent_page(buffet: Buffet, form: DropForm, status: int = 200) -> ResponseReturnValue:
    items = list_sent(buffet.id)
    page = render_template(
        "portal/sent.html",
        buffet=buffet,
        form=form,
        items=items,
        made=count_made([item.id for item in items]),
        size=format_size,
    )
    return page, status


@bp.get("/portal/correos")
def mails() -> ResponseReturnValue:
    """How the buffet is told of milestones by mail, for the buffet to choose."""
    buffet = looking_buffet()
    return _mails_page(buffet, MilestoneForm(formdata=None, obj=buffet))


@bp.post("/portal/correos")
@limiter.limit("20 per minute")
def choose_mails() -> ResponseReturnValue:
    """Choose it; who did, and through which link, is written down."""
    form = MilestoneForm()

    def deed() -> Done:
        by_link = living_link() is not None
        set_milestone_mails(
            looking_buffet(),
            form.modo_hitos.value,
            actor=None if by_link else current_user,
            now=utcnow(),
            origen=OrigenModo.TABLERO,
            enlace_id=session[SESSION_KEY] if by_link else None,
        )
        return Done("Guardado: así recibirán los correos sobre el avance.", url_for("portal.mails"))

    return carry_out(
        Deed(do=deed, form=form, show=lambda status: _mails_page(looking_buffet(), form, status))
    )


@bp.post("/portal/correos/rotar")
@limiter.limit("20 per minute")
def rotate_leave() -> ResponseReturnValue:
    """Make the links to leave the mails, in those that were sent, stop working."""
    by_link = living_link() is not None
    with transaction():
        rotate_leave_link(
            looking_buffet(),
            actor=None if by_link else current_user,
            now=utcnow(),
            enlace_id=session[SESSION_KEY] if by_link else None,
        )
    tell("Los enlaces de baja de los correos anteriores dejaron de funcionar.", "ok")
    return redirect(url_for("portal.mails"), 303)


def _mails_page(buffet: Buffet, form: MilestoneForm, status: int = 200) -> ResponseReturnValue:
    now = utcnow()
    enlaces = [(enlace, enlace.is_usable(now)) for enlace in buffet.enlaces]
    page = render_template("portal/mails.html", buffet=buffet, form=form, enlaces=enlaces)
    return page, status


@bp.post("/portal/salir")
def leave() -> ResponseReturnValue:
    """Forget the link on this device; the link itself goes on working for who has it."""
    session.pop(SESSION_KEY, None)
    if current_user.is_authenticated:
        return redirect(url_for("home"), 303)
    return make_response(render_template("portal/left.html"))
