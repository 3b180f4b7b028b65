"""What is done with one card: a drop and its undoing, whose it is, and how much it matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response, flash, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from htmx_flask import request
from sqlalchemy.orm.exc import StaleDataError

from app.consultas.pages.warning import current_warning
from app.core.clock import utcnow
from app.core.errors import Refused, Stale
from app.core.patente import format_patente
from app.db import db, transaction
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.rules import Prioridad, allowed_moves
from app.oficios.service import StaleOficio, move_oficio, prioritise_oficio, undo_move
from app.tablero.forms import AssignForm, CardCheckForm, MoveForm, PriorityForm, UndoForm
from app.tablero.pages.blueprint import bp
from app.tablero.pages.screen import board_or_case_before, draw_cards, the_actor
from app.tablero.queries import get_card, list_choices
from app.tablero.rules import Lote
from app.tablero.service import Bulk, apply_to_card, assign_card
from app.usuarios.models import Usuario
from app.web.access import staff_required
from app.web.forms import Form, first_error
from app.web.fragments import is_htmx, local_path, see_other, with_notice

#: What is done with a card; it returns what was done, in words.
Deed = Callable[[Oficio, Usuario, datetime], str]


@bp.get("/oficios/<int:oficio_id>")
@staff_required
def card(oficio_id: int) -> ResponseReturnValue:
    """One card as it now stands."""
    oficio = oficio_to_work(oficio_id)
    now = utcnow()
    return Response(draw_cards([get_card(oficio.id, now=now)], now=now)[0])


@bp.get("/oficios/<int:oficio_id>/acciones")
@staff_required
def actions(oficio_id: int) -> ResponseReturnValue:
    """The menu of a card as a page, where no script opens it."""
    oficio = oficio_to_work(oficio_id)
    return render_template(
        "tablero/actions.html",
        card=get_card(oficio.id, now=utcnow()),
        moves=allowed_moves(oficio.estado, current_user.rol),
        people=list_choices().people,
        prioridades=Prioridad,
        back=board_or_case_before(),
    )


@bp.post("/oficios/<int:oficio_id>/mover")
@staff_required
def move(oficio_id: int) -> ResponseReturnValue:
    """Answer a drop with the card as it now stands, and with why when it did not move."""
    form = MoveForm()

    def deed(oficio: Oficio, actor: Usuario, now: datetime) -> str:
        move_oficio(oficio, form.to_move(), actor=actor, now=now)
        return f"Quedó en {oficio.estado.label}."

    return _answer(oficio_id, form, deed, "No se pudo mover. ")


@bp.post("/oficios/<int:oficio_id>/deshacer")
@staff_required
def undo(oficio_id: int) -> ResponseReturnValue:
    """Put a card back where it was a few seconds ago."""
    form = UndoForm()

    def deed(oficio: Oficio, actor: Usuario, now: datetime) -> str:
        undo_move(oficio, form.to_move(), actor=actor, now=now)
        return f"Quedó en {oficio.estado.label}."

    return _answer(oficio_id, form, deed)


@bp.post("/oficios/<int:oficio_id>/asignar")
@staff_required
def assign(oficio_id: int) -> ResponseReturnValue:
    """Entrust a card to somebody, or to nobody."""
    form = AssignForm()

    def deed(oficio: Oficio, actor: Usuario, now: datetime) -> str:
        return assign_card(oficio, form.usuario_id, actor=actor, now=now)

    return _answer(oficio_id, form, deed)


@bp.post("/oficios/<int:oficio_id>/prioridad")
@staff_required
def prioritise(oficio_id: int) -> ResponseReturnValue:
    """Say how soon a card wants attention."""
    form = PriorityForm()

    def deed(oficio: Oficio, actor: Usuario, now: datetime) -> str:
        prioritise_oficio(oficio, form.prioridad.value, actor=actor, now=now)
        return f"Prioridad {form.prioridad.value.label.lower()}."

    return _answer(oficio_id, form, deed)


@bp.post("/oficios/<int:oficio_id>/consultar")
@staff_required
def check(oficio_id: int) -> ResponseReturnValue:
    """Have the gantries checked for one card."""
    form = CardCheckForm()

    def deed(oficio: Oficio, actor: Usuario, now: datetime) -> str:
        bulk = Bulk(Lote.CONSULTAR, {oficio.id: None}, motivo=form.consultar.data or "")
        warning = current_warning()
        done = apply_to_card(bulk, oficio, actor=actor, now=now)
        return f"{done} {warning}" if warning else done

    return _answer(oficio_id, form, deed, tells=True)


def do_to_card(oficio_id: int, actor: Usuario, deed: Deed) -> str:
    """Load a card and do something to it in a transaction of its own.

    Raises:
        Refused, Stale: with the sentence to show; nothing was written.
    """
    now = utcnow()
    try:
        with transaction():
            return deed(oficio_to_work(oficio_id), actor, now)
    except StaleDataError:  # somebody else's change was stored between reading and writing
        raise StaleOficio(db.session.get_one(Oficio, oficio_id), now) from None


def _answer(
    oficio_id: int, form: Form, deed: Deed, refused: str = "", *, tells: bool = False
) -> Response:
    """The card to HTMX, the page that it came from to everybody else.

    ``tells`` is for a deed that the card does not show: it is said in words.
    """
    actor = the_actor()
    status, problem, done = 200, None, ""
    if not form.validate():
        oficio_to_work(oficio_id)
        status, problem = 422, first_error(form)
    else:
        try:
            done = do_to_card(oficio_id, actor, deed)
        except Refused as refusal:
            status, problem = 422, f"{refused}{refusal}"
        except Stale as stale:
            status, problem = 409, str(stale)
    back = local_path(request.form.get("volver", ""))
    if not is_htmx() or back:
        plate = format_patente(get_card(oficio_id, now=utcnow()).patente)
        flash(problem or f"{plate}: {done}", "error" if problem else "ok")
        return see_other(back or board_or_case_before())
    now = utcnow()
    response = make_response(draw_cards([get_card(oficio_id, now=now)], now=now)[0], status)
    if problem:
        return with_notice(response, problem, "error")
    return with_notice(response, done) if tells else response
