"""The views that a person gave a name to."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.core.errors import Refused
from app.db import db, transaction
from app.tablero.forms import VistaForm, read_filter, write_plainly
from app.tablero.models import UNNAMED, Vista
from app.tablero.pages.blueprint import bp
from app.tablero.pages.screen import board_url
from app.tablero.queries import read_visit
from app.tablero.service import remove_view, save_view
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.fragments import see_other
from app.web.sentences import tell


@bp.get("/vistas")
@staff_required
def views() -> ResponseReturnValue:
    """The views of who asks, to use and to delete, and a form to name what is on."""
    board_filter = read_filter(request.args)
    form = VistaForm(consulta=urlencode(board_filter.arguments()))
    return _page(form)


@bp.post("/vistas")
@staff_required
def save() -> ResponseReturnValue:
    """Keep filters under a name."""
    form = VistaForm()

    def deed() -> Done:
        arguments = form.filter().arguments()
        save_view(form.nombre.data, write_plainly(arguments), actor=current_user, now=utcnow())
        text = f"La vista «{form.nombre.data}» quedó guardada."
        return Done(text, board_url(arguments or {"todo": "1"}))

    return carry_out(
        Deed(
            do=deed,
            form=form,
            show=lambda status: (_page(form), status),
            beside={Refused: form.nombre},
        )
    )


@bp.post("/vistas/<int:vista_id>/borrar")
@staff_required
def remove(vista_id: int) -> ResponseReturnValue:
    """Forget a view. Somebody else's does not exist."""
    vista = db.session.get(Vista, vista_id)
    mine = vista is not None and vista.usuario_id == current_user.id and vista.nombre not in UNNAMED
    vista = or_404(vista, allowed=mine)
    nombre = vista.nombre
    with transaction():
        remove_view(vista)
    tell(f"La vista «{nombre}» se borró.", "ok")
    return see_other(board_url({}, "tablero.views"))


def _page(form: VistaForm) -> str:
    return render_template("tablero/views.html", form=form, views=read_visit(current_user.id).views)
