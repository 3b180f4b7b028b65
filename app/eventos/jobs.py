"""Telling webhooks in the background, and forgetting what is old."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from flask import current_app

from app.db import db, release, transaction
from app.eventos.models import Entrega, Evento
from app.eventos.outside.webhook_post import NotDelivered, post
from app.eventos.queries import forget_before
from app.eventos.rules import is_host_allowed
from app.eventos.rules.webhook_signature import HEADER, make_secret, sign
from app.eventos.service import NOT_TOLD, give_up, mark_delivered, note_attempt
from app.eventos.service.emitting import DELIVER, message_for
from app.extensions import current_config
from app.jobs.registry import job
from app.jobs.runner import JobError, JobRun

#: How long events are kept for who comes back; the bitácora keeps what happened.
KEPT = timedelta(days=30)


@job(DELIVER, "Avisar a un webhook", on_failed=give_up, max_attempts=6)
def deliver(run: JobRun) -> None:
    """Deliver one message, at least once; the receiver recognises a repetition by its id."""
    entrega = db.session.get_one(Entrega, run.args["entrega_id"])
    hook = entrega.webhook
    if not hook.activo:
        raise JobError("El webhook está desactivado.", retry=False)
    if db.session.get(Evento, entrega.evento_id) is None:
        # A block deletes the events of its case, also after a message of it failed.
        raise JobError(NOT_TOLD, retry=False)
    url, body, entrega_id = hook.url, _body(entrega), entrega.id
    if not is_host_allowed(url, current_config().webhook_hosts):
        cause = "El servidor del webhook no está en WEBHOOK_HOSTS."
        _note(entrega_id, None, cause, run.clock())
        raise JobError(cause, retry=False)
    secret = make_secret(hook.semilla, str(current_app.secret_key))
    headers = {
        HEADER: sign(body, secret, int(run.clock().timestamp())),
        "X-Rastro-Event": entrega.tipo.value,
        "X-Rastro-Delivery": str(entrega_id),
    }
    release()
    try:
        status = post(url, body, headers, allow_private=current_config().webhooks_allow_private)
    except NotDelivered as error:
        _note(entrega_id, None, str(error), run.clock())
        raise JobError(str(error), retry=not error.is_final) from None
    if not 200 <= status < 300:
        cause = f"El servidor respondió {status}."
        _note(entrega_id, status, cause, run.clock())
        # 410 Gone is final; any other failure is retried.
        raise JobError(cause, retry=status != 410)
    with run.finish(f"Entregado: el servidor respondió {status}."):
        entrega = db.session.get_one(Entrega, entrega_id)
        mark_delivered(entrega, status, now=run.clock())


def _body(entrega: Entrega) -> str:
    """What is sent: what the webhook may know now, which may be less than when it was stored.

    It may have been of the firm, or of another buffet, when the event happened.

    Raises:
        JobError: there is nothing of it that its buffet may know.
    """
    buffet_id = entrega.webhook.buffet_id
    if buffet_id is None:
        return entrega.cuerpo
    message = message_for(json.loads(entrega.cuerpo), buffet_id)
    if message is None:
        raise JobError("Este evento no es de los que se cuentan a ese buffet.", retry=False)
    return json.dumps(message, ensure_ascii=False)


@job("eventos.limpiar", "Olvidar eventos antiguos", every_seconds=24 * 3600)
def forget_old_events(run: JobRun) -> None:
    """Forget events of more than a month ago."""
    forget_before(run.clock() - KEPT)
    with run.finish("Listo."):
        pass


def _note(entrega_id: int, status: int | None, cause: str, now: datetime) -> None:
    with transaction():
        note_attempt(db.session.get_one(Entrega, entrega_id), status, cause, now=now)
