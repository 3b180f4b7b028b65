"""The bell of the top bar and the page behind it."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from app.avisos.forms import PreferencesForm
from app.avisos.queries import (
    Campana,
    avisos_statement,
    find_aviso,
    gather,
    list_devices,
    list_since,
    list_together,
    read_bell,
    read_choices,
    read_hour,
)
from app.avisos.rules import offered
from app.avisos.service import choose, forget_choices, mark_all_read, mark_read
from app.core.clock import utcnow
from app.core.errors import InvalidValue
from app.core.push_message import public_half
from app.db import db, transaction
from app.extensions import current_config
from app.web.access import or_404, staff_required
from app.web.conditional import conditional
from app.web.converters import row_id
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import is_read, see_other
from app.web.pagination import paginate
from app.web.sentences import tell

bp = Blueprint("avisos", __name__)

#: Maximum toasts for new avisos; more are summarised by their number.
_SHOWN = 3


@bp.app_context_processor
def bell() -> dict[str, object]:
    """What the top bar asks for."""
    return {"bell_of": _bell, "tells_devices": tells_devices}


@bp.get("/avisos")
@staff_required
@conditional
def index() -> ResponseReturnValue:
    """Everything that one was told."""
    page = paginate(avisos_statement(current_user.id))
    return render_template(
        "avisos/index.html", page=page, tandas=gather(current_user.id, page.rows)
    )


@bp.get("/avisos/<int:aviso_id>")
@staff_required
def together(aviso_id: int) -> ResponseReturnValue:
    """The things that are shown as one notice, each with its way to where it can be acted on."""
    aviso = or_404(find_aviso(current_user.id, aviso_id))
    [tanda] = gather(current_user.id, [aviso])
    return render_template("avisos/together.html", tanda=tanda, rows=list_together(aviso))


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
    shown = gather(current_user.id, new)
    return {
        "ultimo": bell.ultimo,
        "sin_leer": bell.sin_leer,
        "avisos": [
            {
                "texto": tanda.texto,
                "accion": tanda.accion,
                "abrir": url_for("avisos.open_aviso", aviso_id=tanda.id),
            }
            for tanda in reversed(shown)
        ],
    }


@bp.post("/avisos/<int:aviso_id>/abrir")
@staff_required
def open_aviso(aviso_id: int) -> ResponseReturnValue:
    """Mark a notice as read and go to its page; of several things with several pages, to a list."""
    aviso = or_404(find_aviso(current_user.id, aviso_id))
    urls = {row.url for row in list_together(aviso)} or {aviso.url}
    url = urls.pop() if len(urls) == 1 else url_for("avisos.together", aviso_id=aviso.id)
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


@bp.route("/cuenta/avisos", methods=["GET", "POST"])
@staff_required
def preferences() -> ResponseReturnValue:
    """Of what one is told, and how: in Rastro, by mail at once, or in the digest of the day."""
    form = _preferences_form()

    def deed() -> Done:
        choose(current_user, form.to_choices(), hora=form.hour)
        return Done("Guardado: así se le avisará desde ahora.", url_for("avisos.preferences"))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: make_response(
                render_template("avisos/preferences.html", form=form, **own_devices()), status
            ),
            beside={InvalidValue: form.hora},
        )
    )


@bp.post("/cuenta/avisos/habituales")
@staff_required
def usual_preferences() -> ResponseReturnValue:
    """Go back to how everybody is told who chose nothing."""
    with transaction():
        forget_choices(current_user)
    tell("Sus avisos vuelven a ser como al comienzo.", "ok")
    return see_other(url_for("avisos.preferences"))


def _preferences_form() -> PreferencesForm:
    return PreferencesForm.for_kinds(
        offered(current_user.is_admin),
        read_choices(current_user.id),
        read_hour(current_user.id),
        devices=current_config().push_configured,
        fresh=is_read(),
    )


def tells_devices() -> bool:
    """Whether this installation can reach devices while no page is open."""
    return current_config().push_configured


def own_devices() -> dict[str, object]:
    """The devices of who is signed in, and what a browser needs to become one."""
    config = current_config()
    if not config.push_configured:
        return {"push_key": "", "devices": []}
    return {
        "push_key": public_half(config.vapid_private_key),
        "devices": list_devices(current_user.id, now=utcnow()),
    }


def _bell() -> Campana:
    """The bell of who is signed in; an error page must stand when the database does not."""
    try:
        return read_bell(current_user.id)
    except SQLAlchemyError:
        db.session.rollback()
        return Campana(0, 0)
