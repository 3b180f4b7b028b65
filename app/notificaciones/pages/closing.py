"""Closing a case whose receptor carried it out, offered in bell, answer and case."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.clock import utcnow
from app.notificaciones.pages.blueprint import bp
from app.notificaciones.queries.hitos import find_situacion, list_avances
from app.notificaciones.rules.avance import Situacion
from app.notificaciones.service import close_carried_out
from app.oficios.access import oficio_to_work
from app.oficios.models import Oficio
from app.web.access import staff_required
from app.web.deeds import Deed, Done, carry_out


@bp.app_context_processor
def progress() -> dict[str, object]:
    """What the head of a case, an answer and the bell ask."""
    return {"case_progress": case_progress, "cases_to_close": cases_to_close}


def case_progress(oficio: Oficio, mails: int, was_left: bool | None = None) -> Situacion:
    """Where a case stands, and with that what is next; ``mails`` is how many it has.

    ``was_left``, where the head knows it already: whether any of its places was left since.
    """
    return find_situacion(oficio, has_mails=mails > 0, was_left=was_left)


def cases_to_close(oficio_ids: Iterable[int | None]) -> set[int]:
    """Those of these cases whose receptor carried it out and that nobody closed."""
    ids = [pk for pk in set(oficio_ids) if pk is not None]
    avances = list_avances(ids) if ids else {}
    return {pk for pk, one in avances.items() if one.situacion is Situacion.DILIGENCIADO}


@bp.post("/oficios/<int:oficio_id>/notificaciones/cerrar")
@staff_required
def close(oficio_id: int) -> ResponseReturnValue:
    """Close it as found; pressed twice, or by two people, it is closed once."""
    oficio = oficio_to_work(oficio_id)
    page = url_for("oficios.detail", oficio_id=oficio_id)

    def deed() -> Done:
        if close_carried_out(oficio, actor=current_user, now=utcnow()):
            return Done("Caso cerrado: vehículo encontrado, con la diligencia realizada.", page)
        return Done("El caso ya estaba cerrado como encontrado.", page, tone="info")

    return carry_out(Deed(do=deed, back=page))
