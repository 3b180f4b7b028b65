"""What somebody without an account reaches through a signed link: a receptor's page, and leaving
a buffet's mails. Looking changes nothing, so that a mail scanner uses nothing up.
"""

from __future__ import annotations

import secrets
from io import BytesIO

from flask import (
    Blueprint,
    abort,
    current_app,
    make_response,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.adjuntos.models import Adjunto
from app.adjuntos.rules import format_size
from app.adjuntos.service import UploadResult, add_adjuntos, describe_failed, read_copy
from app.ajustes.pages.dead_links import dead_link
from app.auditoria.pages import note_shown
from app.auditoria.rules import CanalDivulgacion
from app.buffets.models import Buffet
from app.buffets.rules import ModoHitos, OrigenModo, read_leave_token
from app.buffets.service import set_milestone_mails
from app.core.clock import utcnow
from app.core.link_signature import read_token
from app.db import db, transaction
from app.extensions import csrf, current_config, limiter
from app.notificaciones.forms import RespuestaForm
from app.notificaciones.mails.case_facts import list_contacts, list_places
from app.notificaciones.models import Notificacion
from app.notificaciones.queries.receptor_answers import find_answer, find_linked_notice
from app.notificaciones.queries.receptor_directory import case_zone
from app.notificaciones.rules import MAX_PHOTOS, RECEPTOR_PURPOSE
from app.notificaciones.rules.sources import find_location
from app.notificaciones.service import answer_notice
from app.oficios.models import Oficio
from app.usuarios.pages.wrong_passwords import open_link
from app.web.bodies import accepts_bytes, several_uploads
from app.web.deeds import Deed, Done, carry_out
from app.web.headers import keep_private
from app.web.sentences import Sentence

bp = Blueprint("receptor", __name__)


bp.after_request(keep_private)


@bp.get("/r/<token>")
def page(token: str) -> ResponseReturnValue:
    """The notice in short, what was answered so far, and the form."""
    notice = _linked(token)
    form = RespuestaForm(formdata=None, data={"clave": secrets.token_urlsafe(24)})
    return _page(token, notice, form)


@bp.post("/r/<token>")
@accepts_bytes(several_uploads, from_anybody=True)
@csrf.exempt  # the secret in the address is all that counts; no session is used
@limiter.limit("20 per minute", key_func=lambda: request.path)  # of one link, not of an office
def answer(token: str) -> ResponseReturnValue:
    """Store an answer with its photos; the same form sent twice is one answer."""
    notice = _linked(token)
    form = RespuestaForm()

    def deed() -> Done:
        done = "Gracias, su respuesta quedó anotada y el investigador ya la ve."
        page_url = url_for("receptor.page", token=token)
        if find_answer(form.clave.data) is not None:
            return Done(done, page_url)
        results = _store_photos(notice, form)
        photo_ids = [result.adjunto_id for result in results if result.adjunto_id]
        with transaction():
            # Read again: the case may have been closed while the photos came in.
            now = utcnow()
            again = _find(token)
            if again is None:
                abort(dead_link())
            data = form.to_data(photo_ids, now, case_zone(again.oficio_id))
            answer_notice(again, data, clave=form.clave.data, now=now)
        # A bad photo does not hold up the answer: it is named, and another can be sent.
        lost = [Sentence(text, "error") for text in describe_failed(results)]
        return Done(done, page_url, lost)

    return carry_out(
        Deed(
            do=deed,
            in_transaction=False,
            form=form,
            show=lambda status: _page(token, notice, form, status),
        )
    )


@bp.get("/r/<token>/foto/<int:adjunto_id>")
def photo(token: str, adjunto_id: int) -> ResponseReturnValue:
    """A photo of the notice, and of nothing else."""
    notice = _linked(token)
    found = next((one for one in _photos(notice) if one.id == adjunto_id), None)
    if found is None:
        abort(404)
    data, mime_type = read_copy(found)
    note_shown(
        CanalDivulgacion.RECEPTOR,
        f"Foto {found.id}",
        notice.destinatario_email,
        f"aviso {notice.id}",
        oficio_id=found.oficio_id,
    )
    return send_file(BytesIO(data), mimetype=mime_type, download_name=f"foto-{found.id}.jpg")


@bp.route("/baja/<token>", methods=["GET", "POST"])
@csrf.exempt  # mail readers press it themselves (RFC 8058); the address carries the signature
def leave(token: str) -> ResponseReturnValue:
    """Stop the mails about milestones: looking shows a button, pressing it stops them."""
    link = open_link(lambda: read_leave_token(token, str(current_app.secret_key)))
    buffet = db.session.get(Buffet, link.buffet_id) if link is not None else None
    if link is None or buffet is None:
        abort(dead_link())
    if not link.is_usable(buffet.baja_version, utcnow()):
        return make_response(render_template("receptor/baja_vencida.html"), 410)
    if request.method == "POST":
        with transaction():
            set_milestone_mails(
                buffet, ModoHitos.NUNCA, actor=None, now=utcnow(), origen=OrigenModo.CORREO
            )
    return render_template("receptor/baja.html", buffet=buffet, modos=ModoHitos)


def _linked(token: str) -> Notificacion:
    """The notice of a link; unknown, tampered, run out and closed are the same 404."""
    notice = open_link(lambda: _find(token))
    if notice is None:
        abort(dead_link())
    return notice


def _find(token: str) -> Notificacion | None:
    selector = read_token(token, str(current_app.secret_key), purpose=RECEPTOR_PURPOSE)
    return find_linked_notice(selector, utcnow()) if selector else None


def _photos(notice: Notificacion) -> list[Adjunto]:
    """What the mail carries or names, as long as it is in the case."""
    return [one for one in notice.adjuntos if one.eliminado_at is None]


def _store_photos(notice: Notificacion, form: RespuestaForm) -> list[UploadResult]:
    uploads = form.uploads()
    if not uploads or notice.oficio_id is None:
        return []
    return add_adjuntos(
        notice.oficio_id,
        uploads,
        actor=None,
        procedencia="receptor",
        descripcion=f"Del receptor {notice.destinatario_nombre or notice.destinatario_email}"[:500],
        now=utcnow(),
        max_bytes=current_config().max_upload_bytes,
    )


def _page(
    token: str,
    notice: Notificacion,
    form: RespuestaForm,
    status: int = 200,
) -> ResponseReturnValue:
    oficio = db.session.get_one(Oficio, notice.oficio_id)
    html = render_template(
        "receptor/page.html",
        token=token,
        notice=notice,
        oficio=oficio,
        ubicacion=find_location(oficio.id),
        lugares=list_places(oficio),
        contactos=list_contacts(oficio, notice.usuario),
        photos=_photos(notice),
        form=form,
        max_photos=MAX_PHOTOS,
        max_size=format_size(current_config().max_upload_bytes),
    )
    note_shown(
        CanalDivulgacion.RECEPTOR,
        "Aviso con el vehículo, el lugar y sus archivos",
        notice.destinatario_email,
        f"aviso {notice.id}",
        oficio_id=oficio.id,
        buffet_id=oficio.buffet_id,
    )
    return make_response(html, status)
