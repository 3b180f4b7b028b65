"""What the office tells its people of the position of their phones (Ley 21.719, art. 16 sexies).

Before a page that takes a position opens for the first time, its text is shown and has to be
acknowledged, and so is each newer version. An office that published none shows none.
"""

from __future__ import annotations

from functools import partial

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.ajustes.queries import current_office
from app.cambios.pages import stamps_of
from app.core.clock import utcnow
from app.core.process_memory import forgettable
from app.cumplimiento.forms.ubicacion_personal import (
    InformacionUbicacionForm,
    LecturaUbicacionForm,
)
from app.cumplimiento.queries.ubicacion_personal import (
    find_information,
    find_reading,
    has_unread,
    list_readers,
    list_versions,
)
from app.cumplimiento.rules.ubicacion_personal import propose_information
from app.cumplimiento.service.ubicacion_personal import note_reading, publish_information
from app.web.access import admin_required, staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import local_path

bp = Blueprint("ubicacion_personal", __name__)

#: Pages that take a position as soon as they open, or with one touch.
TAKES_POSITION = frozenset({"terreno.index", "ubicado.form_page"})


@bp.app_template_global()
def location_is_told() -> bool:
    """Whether the person was told of their position, so that a page may offer to take it."""
    if not (current_user and current_user.is_authenticated and current_user.is_staff):
        return True
    if "location_is_told" not in g:
        stamps = stamps_of("ubicacion_informaciones", "ubicacion_lecturas")
        ask = has_unread if stamps is None else partial(_had_unread, stamps=stamps)
        g.location_is_told = not ask(current_user.id)
    return bool(g.location_is_told)


@forgettable(1000)
def _had_unread(usuario_id: int, *, stamps: tuple[str, ...]) -> bool:
    """The same for a page that shows a case: asked once for as long as nobody wrote there."""
    del stamps
    return has_unread(usuario_id)


@bp.before_app_request
def tell_first() -> ResponseReturnValue | None:
    """Show the text before a page that takes a position."""
    if request.endpoint not in TAKES_POSITION or location_is_told():
        return None
    seguir = request.full_path if request.query_string else request.path
    return redirect(url_for("ubicacion_personal.read", seguir=seguir), 303)


@bp.route("/mi-ubicacion", methods=["GET", "POST"])
@staff_required
def read() -> ResponseReturnValue:
    """The newest version, and the button that says that it was read."""
    newest = find_information()
    form = LecturaUbicacionForm(
        data={"version": newest.numero if newest else 0, "seguir": request.args.get("seguir", "")}
    )

    def deed() -> Done:
        note_reading(current_user, form.numero, now=utcnow())
        back = local_path(form.seguir.data or "") or url_for("ubicacion_personal.read")
        return Done("Quedó anotado que la leyó.", back)

    def show(status: int) -> ResponseReturnValue:
        reading = find_reading(current_user.id, newest.id) if newest else None
        page = render_template(
            "cumplimiento/mi_ubicacion.html", form=form, newest=newest, reading=reading
        )
        return page, status

    return carry_out(
        Deed(do=deed, form=form, show=show, version=lambda: str(newest.numero if newest else 0))
    )


@bp.route("/admin/ubicacion-personal", methods=["GET", "POST"])
@admin_required
def edit() -> ResponseReturnValue:
    """Who read what, and the next version."""
    newest = find_information()
    office = current_office()
    proposed = propose_information(office.nombre if office.is_named else "")
    number = newest.numero if newest else 0
    form = InformacionUbicacionForm(
        data={"texto": newest.texto if newest else proposed, "version": number}
    )

    def deed() -> Done:
        row = publish_information(
            form.texto.data or "", form.seen, actor=current_user, now=utcnow()
        )
        return Done(
            f"Versión {row.numero} publicada. Cada persona la lee antes de dar su posición.",
            url_for("ubicacion_personal.edit"),
        )

    def show(status: int) -> ResponseReturnValue:
        page = render_template(
            "cumplimiento/ubicacion_personal.html",
            form=form,
            newest=newest,
            proposed=proposed,
            versions=list_versions(),
            readers=list_readers(),
        )
        return page, status

    return carry_out(Deed(do=deed, form=form, show=show, version=lambda: str(number)))
