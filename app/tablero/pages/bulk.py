"""One deed for many cards, and the report of what became of each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as NotFoundPage

from app.consultas.pages.warning import current_warning
from app.core.clock import utcnow
from app.core.errors import Refused, Stale
from app.core.patente import format_patente
from app.tablero.forms import BulkForm
from app.tablero.pages.blueprint import bp
from app.tablero.pages.cards import do_to_card
from app.tablero.pages.screen import board_or_case_before, the_actor
from app.tablero.queries import list_cards
from app.tablero.rules import Lote
from app.tablero.service import Bulk, apply_to_card
from app.usuarios.models import Usuario
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out
from app.web.forms import first_error
from app.web.fragments import fragment, is_htmx
from app.web.sentences import Sentence, sentence_of


@dataclass(frozen=True)
class Outcome:
    """What became of one card."""

    oficio_id: int
    is_done: bool
    texto: str | Sentence


@bp.post("/lote")
@staff_required
def bulk() -> ResponseReturnValue:
    """Do one thing to all selected cards, each on its own, and report every one."""
    form = BulkForm()
    actor = the_actor()

    def deed() -> Done:
        command = form.to_command()
        # Read before the deed, which adds look-ups of its own to the count.
        warning = current_warning() if command.accion is Lote.CONSULTAR else None
        outcomes = [_apply(command, pk, actor) for pk in command.cards]
        title = command.accion.label
        return Done("", "", answer=lambda: _report(title, outcomes, warning=warning))

    def show(status: int) -> Response:
        return _report("", [], problem=first_error(form), status=status)

    return carry_out(Deed(do=deed, in_transaction=False, form=form, show=show))


def _apply(command: Bulk, oficio_id: int, actor: Usuario) -> Outcome:
    """Do it to one card in a transaction of its own: a refusal leaves the others as they are."""
    try:
        done = do_to_card(
            oficio_id,
            actor,
            lambda oficio, actor, now: apply_to_card(command, oficio, actor=actor, now=now),
        )
    except NotFoundPage:
        return Outcome(oficio_id, is_done=False, texto="Este oficio ya no existe.")
    except (Refused, Stale) as problem:
        return Outcome(oficio_id, is_done=False, texto=sentence_of(problem))
    return Outcome(oficio_id, is_done=True, texto=done)


def _report(
    title: str,
    outcomes: list[Outcome],
    problem: str | None = None,
    status: int = 200,
    warning: str | None = None,
) -> Response:
    cards = list_cards([outcome.oficio_id for outcome in outcomes], now=utcnow())
    names = {card.id: f"{format_patente(card.patente)} · {card.numero_oficio}" for card in cards}
    context = {
        "title": title,
        "done": [outcome for outcome in outcomes if outcome.is_done],
        "refused": [outcome for outcome in outcomes if not outcome.is_done],
        "names": names,
        "problem": problem,
        "warning": warning,
    }
    if is_htmx():
        return fragment("tablero/_report.html", status=status, **context)
    page = render_template("tablero/report.html", back=board_or_case_before(), **context)
    return Response(page, status)
