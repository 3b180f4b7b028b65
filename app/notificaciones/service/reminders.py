"""Without an answer: a reminder is proposed, then somebody else. A person decides on both."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.avisos.rules import Novedad
from app.core.clock import is_ahead_of
from app.core.dates import format_fecha_hora
from app.core.errors import Refused
from app.db import db
from app.notificaciones.models import Notificacion
from app.notificaciones.queries.receptor_answers import find_reminder, has_answer
from app.notificaciones.rules import EstadoNotificacion, TipoNotificacion
from app.oficios.models import Oficio
from app.oficios.service.telling import tell_case


def propose_next(notice: Notificacion, *, hours: int, now: datetime) -> str | None:
    """Ask whoever has the case what to do about a notice that nobody answered.

    First whether to remind; the same number of hours after that, whether to turn to somebody
    else. Each is asked once and nothing is sent. Returns which was proposed, or None.
    """
    oficio = db.session.get_one(Oficio, notice.oficio_id)
    reminder = find_reminder(notice.id)
    if notice.recordatorio_propuesto_at is None and reminder is None:
        notice.recordatorio_propuesto_at = now
        _propose(oficio, notice, "recordatorio", "¿Enviarle un recordatorio?", now)
        return "recordatorio"
    proposed = notice.recordatorio_propuesto_at
    if proposed is not None and is_ahead_of(proposed, now):
        notice.recordatorio_propuesto_at = now  # dated in the future: the hours count from now
    moments = [notice.recordatorio_propuesto_at, _sent(reminder)]
    since = max(
        (moment for moment in moments if moment is not None and not is_ahead_of(moment, now)),
        default=now,
    )
    if notice.sustituto_propuesto_at is None and now - since >= timedelta(hours=hours):
        notice.sustituto_propuesto_at = now
        _propose(oficio, notice, "sustituto", "¿Avisar a otro receptor?", now)
        return "sustituto"
    return None


def check_remindable(notice: Notificacion) -> None:
    """Refuse a reminder that makes no sense.

    Raises:
        Refused: with the reason.
    """
    oficio = db.session.get_one(Oficio, notice.oficio_id)
    if notice.tipo is not TipoNotificacion.RECEPTOR_JUDICIAL:
        raise Refused("Solo se recuerda un aviso a un receptor judicial.")
    if notice.estado is not EstadoNotificacion.ENVIADA:
        raise Refused("Este aviso todavía no se ha enviado: no hay nada que recordar.")
    if oficio.estado.is_final:
        raise Refused("El caso está cerrado: ya no hace falta recordar el aviso.")
    if has_answer(notice.id):
        raise Refused("El receptor ya respondió. Vea su respuesta en este aviso.")


def _sent(reminder: Notificacion | None) -> datetime | None:
    return None if reminder is None else reminder.enviada_at or reminder.created_at


def _propose(oficio: Oficio, notice: Notificacion, what: str, question: str, now: datetime) -> None:
    who = notice.destinatario_nombre or notice.destinatario_email
    when = format_fecha_hora(notice.enviada_at or notice.created_at)
    tell_case(
        oficio,
        Novedad.SIN_RESPUESTA,
        f"Oficio {oficio.numero_oficio}: {who} no ha respondido el aviso del {when}. {question}",
        path=f"/oficios/{oficio.id}/notificaciones/{notice.id}",
        accion="Ver y decidir",
        clave=f"{what}:{notice.id}",
        now=now,
        others=[notice.usuario],
    )
    db.session.flush()
