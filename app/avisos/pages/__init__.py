"""The bell of the top bar and the page behind it."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from app.avisos.forms import PreferenceForm
from app.avisos.queries import Campana, avisos_statement, find_aviso, list_since, read_bell
from app.avisos.service import mark_all_read, mark_read
from app.core.clock import utcnow
from app.db import db, transaction
from app.usuarios.service import set_mail_preference
from app.web.access import or_404, staff_required
from app.web.converters import row_id
from app.web.fragments import see_other
from app.web.pagination import paginate
from app.web.sentences import tell

bp = Blueprint("avisos", __name__)

#: Maximum toasts for new avisos; more are summarised by their number.
_SHOWN = 3


@bp.app_context_processor
def bell() -> dict[str, object]:
    """What the top bar asks for."""
    return {"bell_of": _bell}


@bp.get("/avisos")
@staff_required
def index() -> ResponseReturnValue:
    """Everything that one was told."""
    page = paginate(avisos_statement(current_user.id))
    return render_template("avisos/index.html", page=page)


@bp.get("/avisos/novedades")
@staff_required
def news() -> ResponseReturnValue:
    """Poll of an open page: return the bell if it changed since it was rendered.

    204 when it has not. The newest of what is new come along, to be shown there and then.
    """
    since = max(0, request.args.get("desde", 0, type=row_id))
    bell = read_bell(current_user.id)
    if (bell.ultimo, bell.sin_leer) == (since, request.args.get("sin_leer", -1, type=row_id)):
        return "", 204
    new = list_since(current_user.id, since, _SHOWN) if bell.ultimo > since else []
    return {
        "ultimo": bell.ultimo,
        "sin_leer": bell.sin_leer,
        "avisos": [
            {
                "texto": aviso.texto,
                "accion": aviso.accion,
                "abrir": url_for("avisos.open_aviso", aviso_id=aviso.id),
            }
            for aviso in reversed(new)
        ],
    }


@bp.post("/avisos/<int:aviso_id>/abrir")
@staff_required
def open_aviso(aviso_id: int) -> ResponseReturnValue:
    """Mark an aviso as read and redirect to its page."""
    aviso = or_404(find_aviso(current_user.id, aviso_id))
    url = aviso.url
    with transaction():
        mark_read(aviso, now=utcnow())
    return see_other(url)


@bp.post("/avisos/leidos")
@staff_required
def read_all() -> ResponseReturnValue:
    """Mark all avisos of the person as read."""
    with transaction():
        mark_all_read(current_user.id, now=utcnow())
    return see_other(url_for("avisos.index"))


@bp.post("/avisos/preferencias")
@staff_required
def preferences() -> ResponseReturnValue:
    """Whether they also come by mail."""
    wanted = bool(PreferenceForm().avisos_por_correo.data)
    with transaction():
        set_mail_preference(current_user, wanted=wanted)
    tell(
        "Cada aviso le llegará también por correo."
        if wanted
        else "Los avisos se ven solo en Rastro.",
        "ok",
    )
    return see_other(url_for("usuarios.profile"))


def _bell() -> Campana:
    """The bell of who is signed in; an error page must stand when the database does not."""
    try:
        return read_bell(current_user.id)
    except SQLAlchemyError:
        db.session.rollback()
        return Campana(0, 0)
