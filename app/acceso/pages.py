"""Asking for a case that one does not have."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.acceso.forms import AskForm
from app.acceso.queries import is_there
from app.acceso.rules import OPEN_HOURS
from app.acceso.service import NoSuchCase, break_glass
from app.ajustes.queries import number_setting
from app.auditoria.pages import is_look_noted, note_look
from app.auditoria.rules import CanalDivulgacion
from app.auditoria.service import OFFICE_BASIS
from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.core.text import clean_text
from app.db import limited_reader
from app.extensions import limiter
from app.usuarios.pages.refusals import note_refusal
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import is_read
from app.web.kept_answers import is_given_again

bp = Blueprint("acceso", __name__, url_prefix="/acceso")

#: What the log of reads says of it.
_READ = "Leyó el caso"


@bp.after_app_request
def note_reading(response: Response) -> Response:
    """Record that somebody of the office reads a case: once an hour for each."""
    oficio_id = (request.view_args or {}).get("oficio_id")
    if oficio_id is not None and response.status_code == 404 and limited_reader() is not None:
        if is_there(oficio_id):
            note_refusal()
        return response
    if oficio_id is None or not is_read() or response.status_code != 200:
        return response
    if request.method == "HEAD" or is_given_again():
        return response  # it showed nothing, or is recorded already
    if request.blueprint == "api" or not current_user.is_authenticated:
        return response
    if current_user.is_staff:
        _note(int(current_user.id), int(oficio_id))
    return response


def _note(usuario_id: int, oficio_id: int) -> None:
    note_look(
        CanalDivulgacion.LECTURA,
        _READ,
        current_user.email,
        f"cuenta {usuario_id}",
        base=OFFICE_BASIS,
        actor=current_user,
        oficio_id=oficio_id,
    )


def is_reading_noted(usuario_id: int, oficio_id: int) -> bool:
    """Answers ``app.web.conditional.is_read_noted``: of who reads no page again within the hour."""
    return is_look_noted(_READ, f"cuenta {usuario_id}", oficio_id)


@bp.get("")
@staff_required
def ask() -> ResponseReturnValue:
    """Say which case and why; who sees all cases needs none of this, and is told so."""
    form = AskForm(formdata=None)
    form.buscado.data = clean_text(request.args.get("q", ""))[:60]
    return _page(form)


@bp.post("")
@staff_required
@limiter.limit("20 per hour", methods=["POST"], key_func=lambda: str(current_user.get_id()))
def open_case() -> ResponseReturnValue:
    """Open it for a while; who did, and why, is written down and told."""
    form = AskForm()

    def deed() -> Done:
        oficio_id = break_glass(
            clean_text(form.buscado.data), form.motivo.data, actor=current_user, now=utcnow()
        )
        told = "Abierto: queda escrito en la bitácora quién y por qué."
        return Done(told, url_for("oficios.detail", oficio_id=oficio_id))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: _page(form, status),
            beside={InvalidValue: form.motivo, NoSuchCase: form.buscado},
        )
    )


def _page(form: AskForm, status: int = 200) -> ResponseReturnValue:
    return make_response(
        render_template(
            "acceso/ask.html",
            form=form,
            horas=number_setting(OPEN_HOURS),
            is_limited=limited_reader() is not None,
        ),
        status,
    )
