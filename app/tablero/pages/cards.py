"""What is done with one card: a drop and its undoing, whose it is, and how much it matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from htmx_flask import request
from sqlalchemy.orm.exc import StaleDataError

from app.consultas.pages.warning import current_warning
from app.core.clock import utcnow
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
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import Form, first_error
from app.web.fragments import fragment, is_htmx, local_path, see_other

#: What is done with a card; it returns what was done, in words.
Verb = Callable[[Oficio, Usuario, datetime], str]


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


@bp.get("/oficios/<int:oficio_id>/encargo")
@staff_required
def entrust(oficio_id: int) -> ResponseReturnValue:
    """To whom a case may be entrusted, for the menu in its head; the page of it without HTMX."""
    oficio = oficio_to_work(oficio_id)
    if not is_htmx():
        return see_other(url_for("tablero.actions", oficio_id=oficio.id))
    return fragment("tablero/_encargo.html", oficio=oficio, people=list_choices().people)


@bp.post("/oficios/<int:oficio_id>/mover")
@staff_required
def move(oficio_id: int) -> ResponseReturnValue:
    """Answer a drop with the card as it now stands, and with why when it did not move."""
    form = MoveForm()

    def verb(oficio: Oficio, actor: Usuario, now: datetime) -> str:
        move_oficio(oficio, form.to_move(), actor=actor, now=now)
        return f"Quedó en {oficio.estado.label}."

    return _answer(oficio_id, form, verb, "No se pudo mover. ")


@bp.post("/oficios/<int:oficio_id>/deshacer")
@staff_required
def undo(oficio_id: int) -> ResponseReturnValue:
    """Put a card back where it was a few seconds ago."""
    form = UndoForm()

    def verb(oficio: Oficio, actor: Usuario, now: datetime) -> str:
        undo_move(oficio, form.to_move(), actor=actor, now=now)
        return f"Quedó en {oficio.estado.label}."

    return _answer(oficio_id, form, verb)


@bp.post("/oficios/<int:oficio_id>/asignar")
@staff_required
def assign(oficio_id: int) -> ResponseReturnValue:
    """Entrust a card to somebody, or to nobody."""
    form = AssignForm()

    def verb(oficio: Oficio, actor: Usuario, now: datetime) -> str:
        return assign_card(oficio, form.usuario_id, actor=actor, now=now)

    return _answer(oficio_id, form, verb)


@bp.post("/oficios/<int:oficio_id>/prioridad")
@staff_required
def prioritise(oficio_id: int) -> ResponseReturnValue:
    """Say how soon a card wants attention."""
    form = PriorityForm()

    def verb(oficio: Oficio, actor: Usuario, now: datetime) -> str:
        prioritise_oficio(oficio, form.prioridad.value, actor=actor, now=now)
        return f"Prioridad {form.prioridad.value.label.lower()}."

    return _answer(oficio_id, form, verb)


@bp.post("/oficios/<int:oficio_id>/consultar")
@staff_required
def check(oficio_id: int) -> ResponseReturnValue:
    """Have the gantries checked for one card."""
    form = CardCheckForm()

    def verb(oficio: Oficio, actor: Usuario, now: datetime) -> str:
        bulk = Bulk(Lote.CONSULTAR, {oficio.id: None}, motivo=form.consultar.data or "")
        warning = current_warning()
        done = apply_to_card(bulk, oficio, actor=actor, now=now)
        return f"{done} {warning}" if warning else done

    return _answer(oficio_id, form, verb, tells=True)


def do_to_card(oficio_id: int, actor: Usuario, verb: Verb) -> str:
    """Load a card and do something to it in a transaction of its own.

    Raises:
        Refused, Stale: with the sentence to show; nothing was written.
    """
    now = utcnow()
    try:
        with transaction():
            return verb(oficio_to_work(oficio_id), actor, now)
    except StaleDataError:  # somebody else's change was stored between reading and writing
        raise StaleOficio(db.session.get_one(Oficio, oficio_id), now) from None


def _answer(
    oficio_id: int, form: Form, verb: Verb, lead: str = "", *, tells: bool = False
) -> ResponseReturnValue:
    """The card to HTMX, the page that it came from to everybody else.

    ``tells`` is for a deed that the card does not show: it is said in words. ``lead`` is said
    before a refusal.
    """
    actor = the_actor()
    asked = local_path(request.form.get("volver", ""))
    back = asked or board_or_case_before()
    draws_card = is_htmx() and not asked

    def wrong() -> str:
        oficio_to_work(oficio_id)  # a form is judged only for who may see the case
        return first_error(form)

    def card(status: int = 200) -> Response:
        now = utcnow()
        return make_response(draw_cards([get_card(oficio_id, now=now)], now=now)[0], status)

    def deed() -> Done:
        done = do_to_card(oficio_id, actor, verb)
        if not draws_card:
            plate = format_patente(get_card(oficio_id, now=utcnow()).patente)
            done = f"{plate}: {done}"
        return Done(done, back)

    return carry_out(
        Deed(
            do=deed,
            in_transaction=False,
            form=form,
            wrong=wrong,
            show=card if draws_card else None,
            fresh=card if draws_card else None,
            quiet=not tells,
            refused=422,
            lead=lead,
            back=back,
        )
    )
