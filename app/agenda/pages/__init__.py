"""A person's calendar: its link, and the file that calendars fetch by it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.agenda.pages.calendar_file import write_calendar
from app.agenda.queries import find_calendar, find_owner, list_citas
from app.agenda.rules import CALENDAR_PURPOSE
from app.agenda.service import drop_calendar_link, make_calendar_link
from app.ajustes.pages.dead_links import dead_link
from app.ajustes.queries import find_setting
from app.auditoria.pages import note_secret
from app.core.clock import utcnow
from app.core.link_signature import make_token, read_token
from app.db import db, transaction
from app.extensions import current_config
from app.usuarios.models import Usuario
from app.usuarios.pages.wrong_passwords import open_link
from app.usuarios.queries import limit_by_mode
from app.usuarios.rules.por_necesidad import ACCESS_MODE
from app.web.access import staff_required
from app.web.fragments import see_other
from app.web.fresh import fresh_required
from app.web.headers import keep_private
from app.web.sentences import tell

bp = Blueprint("agenda", __name__)


@bp.get("/cuenta/calendario")
@staff_required
@fresh_required
def index() -> ResponseReturnValue:
    """One's link, and what the calendar shows.

    The link outlives the session, so who took over an open one is not shown it.
    """
    calendar = find_calendar(current_user.id)
    url = None
    if calendar is not None:
        secret = str(current_app.secret_key)
        token = make_token(calendar.selector, secret, purpose=CALENDAR_PURPOSE)
        url = current_config().base_url + url_for("agenda.feed", token=token)
    page = render_template(
        "agenda/index.html", calendar=calendar, url=url, citas=list_citas(current_user.id)
    )
    if url is not None:
        note_secret("Enlace a su calendario", actor=current_user)
    return keep_private(Response(page))


@bp.post("/cuenta/calendario")
@staff_required
@fresh_required
def make_link() -> ResponseReturnValue:
    """Make one's link, or another in its place."""
    with transaction():
        had_one = find_calendar(current_user.id) is not None
        make_calendar_link(current_user, now=utcnow())
    tell(
        "El enlace de antes ya no abre nada: ponga el nuevo en su calendario."
        if had_one
        else "Copie el enlace y agréguelo a su calendario.",
        "ok",
    )
    return see_other(url_for("agenda.index"))


@bp.post("/cuenta/calendario/quitar")
@staff_required
def drop_link() -> ResponseReturnValue:
    """Let one's link open nothing any more."""
    with transaction():
        drop_calendar_link(current_user, now=utcnow())
    tell("El enlace ya no abre nada.", "ok")
    return see_other(url_for("agenda.index"))


@bp.get("/calendario/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    """The calendar of whoever made the link; unknown, changed and removed are the same 404."""
    usuario = open_link(lambda: _owner(token))
    if usuario is None:
        abort(dead_link())
    limit_by_mode(usuario, find_setting(ACCESS_MODE.clave))
    data = write_calendar(list_citas(usuario.id), current_config().base_url, now=utcnow())
    response = Response(data, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="rastro.ics"'
    return keep_private(response)


def _owner(token: str) -> Usuario | None:
    selector = read_token(token, str(current_app.secret_key), purpose=CALENDAR_PURPOSE)
    usuario_id = find_owner(selector) if selector is not None else None
    usuario = db.session.get(Usuario, usuario_id) if usuario_id is not None else None
    return usuario if usuario is not None and usuario.activo and usuario.is_staff else None
