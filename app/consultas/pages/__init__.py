"""Asking the gantries from the case page, and the evidence of what they answered."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.avistamientos.pages import show_section
from app.avistamientos.pages.lookups import Lookups
from app.consultas.forms import CheckForm
from app.consultas.pages.warning import current_warning
from app.consultas.queries import find_answer, find_last_check, find_last_entry, find_open_check
from app.consultas.queries.check_budget import read_gasto
from app.consultas.rules.vigencia import MOTIVOS, refusal_to_check
from app.consultas.service import ReasonMissing, request_check
from app.core.clock import local_today, utcnow
from app.extensions import current_config
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.oficios.pages.frame import render_section
from app.web.access import or_404, staff_required
from app.web.deeds import Deed, Done, carry_out

bp = Blueprint("consultas", __name__)

#: Seconds between two looks at a check: one that is about to run, one that waits its turn.
_SOON, _LATER = 2, 10


@bp.app_context_processor
def looking_up() -> dict[str, object]:
    """Let every page that asks for a look-up offer the usual reasons, or say why it may not be."""
    return {
        "motivos_de_consulta": MOTIVOS,
        "why_no_check": lambda oficio: refusal_to_check(oficio, local_today(utcnow())),
        "warning_to_ask": current_warning,
    }


def read_lookups(oficio: Oficio) -> Lookups:
    """How the look-ups of a case stand, for the section of its sightings."""
    config = current_config()
    waiting = find_open_check(oficio.id)
    soon = waiting is None or (waiting.ejecutar_desde - utcnow()).total_seconds() < _LATER
    return Lookups(
        waiting=waiting,
        seconds=_SOON if soon else _LATER,
        last_check=find_last_check(oficio.id),
        last_entry=find_last_entry(oficio.id),
        configured=config.provider_configured,
        gasto=read_gasto(config.porticos_provider, utcnow()),
        closed_because=refusal_to_check(oficio, local_today(utcnow())),
    )


@bp.post("/oficios/<int:oficio_id>/consultar")
@staff_required
def check(oficio_id: int) -> ResponseReturnValue:
    """Have the gantries checked, for a reason; a second click meanwhile is the same check."""
    oficio = oficio_to_work(oficio_id)
    reason = CheckForm()

    def deed() -> Done:
        request_check(oficio, reason.reason, actor=current_user, now=utcnow())
        text = "Consulta en curso: los avistamientos nuevos aparecerán en esta página."
        return Done(text, url_for("avistamientos.section", oficio_id=oficio.id), tone="info")

    return carry_out(
        Deed(
            do=deed,
            form=reason,
            show=lambda status: show_section(oficio, status, asking=reason),
            fresh=lambda: show_section(oficio),
            quiet=True,
            beside={ReasonMissing: reason},
            refuse=lambda sentence, status: show_section(oficio, status, refusal=sentence),
        )
    )


@bp.get("/oficios/<int:oficio_id>/consultas/<int:consulta_id>")
@staff_required
def answer(oficio_id: int, consulta_id: int) -> ResponseReturnValue:
    """The evidence of a check: the answer as it came, with its moment, status and hash."""
    oficio = oficio_to_work(oficio_id)
    entry = or_404(find_answer(oficio.id, consulta_id))
    return render_section(
        oficio,
        "avistamientos",
        "consultas/_answer.html",
        subpage="Respuesta del proveedor",
        entry=entry,
    )
