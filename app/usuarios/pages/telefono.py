"""An installed phone: it gets a key of its own, and goes on with its session by signing.

``static/js/telefono.js`` asks here. Who signs is not asked for a password until the session is as
old as *Ajustes* says; what harms most still asks for it (``app.web.fresh``).
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.core.clock import is_within, utcnow
from app.db import transaction
from app.extensions import limiter
from app.usuarios.outside import is_first_answer
from app.usuarios.pages.open_sessions import (
    current_session,
    may_become_phone,
    may_keep_data,
    resume,
)
from app.usuarios.queries.sesiones import find_phone
from app.usuarios.rules.device_key import GO_ON, INSTALL, is_signed, read_device_key
from app.usuarios.rules.sesiones import QUESTION_LIFE, new_session_token
from app.usuarios.service.sesiones import make_phone
from app.web.converters import row_id
from app.web.fragments import local_path

bp = Blueprint("telefonos", __name__)

#: The question that the next signature answers, and when it was put.
_QUESTION = "telefono_pregunta"
_NO = {"ok": False}


@bp.app_context_processor
def phone_of_page() -> dict[str, object]:
    """Let a page tell an installed phone that it may get a key."""
    return {"may_become_phone": may_become_phone, "may_keep_data": may_keep_data}


@bp.after_request
def keep_none(response: Response) -> Response:
    """Questions are answered once."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/entrar/telefono/pregunta")
@limiter.limit("60 per minute")
def question() -> ResponseReturnValue:
    """Something that the phone signs next."""
    asked = new_session_token()
    session[_QUESTION] = [asked, int(utcnow().timestamp())]
    return jsonify(pregunta=asked)


@bp.post("/cuenta/telefono")
@login_required
def install() -> ResponseReturnValue:
    """Make this session, of who has just signed in, that of a phone with a key."""
    found, asked = current_session(), _take_question()
    if found is None or found.id is None or not may_become_phone() or not asked:
        return jsonify(_NO)
    key = read_device_key(request.form.get("clave", ""))
    if not is_signed(key, request.form.get("firma", ""), INSTALL, asked):
        return jsonify(_NO)
    with transaction():
        make_phone(found.id, key, actor=current_user, now=utcnow())
    return jsonify(ok=True, sesion=found.id)


@bp.post("/entrar/telefono")
@limiter.limit("30 per minute")
def go_on() -> ResponseReturnValue:
    """Open again the session of a phone that signs; to all others the same answer."""
    asked, now = _take_question(), utcnow()
    number = request.form.get("sesion", type=row_id) or 0
    sesion = find_phone(number, now=now)
    if sesion is None or not asked or sesion.clave_publica is None:
        return jsonify(_NO)
    if not is_signed(sesion.clave_publica, request.form.get("firma", ""), GO_ON, asked):
        return jsonify(_NO)
    with transaction():
        resume(sesion, now=now)
    target = local_path(request.args.get("next", "")) or url_for("home")
    return jsonify(ok=True, url=target)


def _take_question() -> str:
    """The question that an answer has to sign, once; empty when there is none."""
    kept = session.pop(_QUESTION, None)
    if kept is None:
        return ""
    asked, stamp = kept
    is_young = is_within(datetime.fromtimestamp(stamp, UTC), utcnow(), QUESTION_LIFE)
    return str(asked) if is_young and is_first_answer(asked) else ""
