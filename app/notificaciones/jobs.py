"""Sending a notice, at most once as far as anybody can know.

SMTP cannot be exactly-once. ``enviando`` is committed before the server is spoken to; whoever finds
it there at a second claim knows that the first worker died in between, and leaves the decision to
a person.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from app.adjuntos.rules import copy_name
from app.adjuntos.service import read_copy
from app.core.errors import RastroError
from app.db import db, release, transaction
from app.jobs.models import Trabajo
from app.jobs.registry import job
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import JobError, JobRun, JobUncertain, LeaseLost
from app.mail.message import Mail, Person, Picture
from app.mail.sender import (
    TOTAL_SECONDS,
    PermanentFailure,
    TemporaryFailure,
    UncertainOutcome,
    configured_sender,
    send_mail,
)
from app.notificaciones.contenido import photo_cid
from app.notificaciones.models import Notificacion
from app.notificaciones.rules import SEND_JOB, EstadoNotificacion
from app.notificaciones.service import (
    give_up,
    mark_sent,
    mark_uncertain,
    start_sending,
    wait_again,
)

_INTERRUPTED = "El envío se interrumpió después de empezar."


def _on_failed(trabajo: Trabajo, cause: str, now: datetime) -> None:
    """The ledger gave the job up, so the notice is not going to be sent by it."""
    notice = db.session.get(Notificacion, trabajo.argumentos.get("notificacion_id"))
    if notice is not None and notice.trabajo_id == trabajo.id:
        give_up(notice, cause, now=now)


@job(
    SEND_JOB,
    "Enviar aviso al receptor",
    on_failed=_on_failed,
    # The sender gives up before the lease does, so that nobody claims what is being sent.
    lease_seconds=TOTAL_SECONDS + 100,
)
def send_notice(run: JobRun) -> None:
    """Send one notice and store how it went."""
    notice = _load(run)
    if notice.trabajo_id != run.trabajo_id:
        with run.finish("Otro trabajo lleva este aviso."):
            return
    if notice.estado is EstadoNotificacion.ENVIADA:
        with run.finish("Ya estaba enviado."):
            return
    if notice.estado in {EstadoNotificacion.ENVIANDO, EstadoNotificacion.INCIERTA}:
        with transaction():
            _hold(run)
            mark_uncertain(_load(run), _INTERRUPTED, now=run.clock())
        raise JobUncertain(f"{_INTERRUPTED} Puede haber llegado: pregunte al receptor.")
    mail = _build(notice, run.clock())
    with transaction():
        _hold(run)
        if not start_sending(_load(run), now=run.clock()):
            raise LeaseLost(run.trabajo_id)
    try:
        answer = send_mail(mail)
    except UncertainOutcome as outcome:
        with transaction():
            mark_uncertain(_load(run), str(outcome), now=run.clock())
        raise JobUncertain(str(outcome)) from None
    except (TemporaryFailure, PermanentFailure) as failure:
        with transaction():
            wait_again(_load(run), str(failure), now=run.clock())
        raise JobError(str(failure), retry=isinstance(failure, TemporaryFailure)) from None
    with run.finish(f"Enviado. El servidor respondió: {answer}"):
        mark_sent(_load(run), now=run.clock())


def _load(run: JobRun) -> Notificacion:
    notice = db.session.scalar(
        sa.select(Notificacion)
        .where(Notificacion.id == run.args["notificacion_id"])
        .options(undefer(Notificacion.cuerpo_texto), undefer(Notificacion.cuerpo_html))
    )
    if notice is None:
        raise JobError("El aviso ya no existe.", retry=False)
    return notice


def _hold(run: JobRun) -> None:
    """Make sure, inside the transaction, that this worker still has the job.

    Raises:
        LeaseLost: it paused for so long that another one took it over.
    """
    held = sa.select(Trabajo.id).where(
        Trabajo.id == run.trabajo_id,
        Trabajo.estado == EstadoTrabajo.EJECUTANDO,
        Trabajo.arriendo_de == run.worker,
        Trabajo.intentos == run.attempt,
    )
    if db.session.scalar(held.with_for_update()) is None:
        raise LeaseLost(run.trabajo_id)


def _build(notice: Notificacion, now: datetime) -> Mail:
    """The mail, with the photos read from the storage before anything is noted."""
    domain = notice.message_id.rpartition("@")[2].removesuffix(">")
    try:
        pictures = []
        for photo in notice.adjuntos:
            data, mime_type = read_copy(photo)
            pictures.append(
                Picture(photo_cid(photo.id, domain), copy_name(photo.filename), mime_type, data)
            )
        sender = notice.usuario
        mail = Mail(
            to=Person(notice.destinatario_email, notice.destinatario_nombre or ""),
            sender=configured_sender(),
            subject=notice.asunto,
            text=notice.cuerpo_texto,
            html=notice.cuerpo_html,
            message_id=notice.message_id,
            date=now,
            reply_to=Person(sender.email, sender.nombre) if sender else None,
            pictures=pictures,
        )
    except RastroError as error:
        raise JobError(str(error), retry=False) from None
    release()
    return mail
