"""Sending a notice, at most once as far as anybody can know; and what looks for what is due.

SMTP cannot be exactly-once. ``enviando`` is committed before the server is spoken to; whoever finds
it there at a second claim knows that the first worker died in between, and leaves the decision to
a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from app.adjuntos.outside.storage import FileMissing
from app.adjuntos.rules import copy_name
from app.adjuntos.service import read_copy
from app.ajustes.queries import find_logo_data
from app.buffets.models import Buffet
from app.buffets.queries import current_token
from app.buffets.rules import ModoHitos, make_leave_token
from app.core.clock import CLOCK_SKEW, is_ahead_of
from app.core.errors import RastroError
from app.core.link_signature import make_token
from app.db import db, release, transaction
from app.extensions import current_config
from app.jobs.models import Trabajo
from app.jobs.registry import job
from app.jobs.rules import EstadoTrabajo
from app.jobs.runner import JobError, JobRun, JobUncertain, LeaseLost, Postpone
from app.mail.conversation import TOTAL_SECONDS
from app.mail.message import AttachedFile, Mail, Person, Picture
from app.mail.sender import configured_sender
from app.notificaciones.jobs.hand_over import is_crowded, load_notice, send_and_store
from app.notificaciones.mails import (
    LEAVE_MARK,
    PORTAL_MARK,
    HitoDeOficio,
    logos_in,
    receptor_path,
)
from app.notificaciones.mails.case_facts import photo_cid
from app.notificaciones.models import Notificacion
from app.notificaciones.queries.receptor_answers import answer_hours, list_unanswered
from app.notificaciones.queries.unread_hitos import list_news, read_told_cases
from app.notificaciones.rules import (
    LINK_LIFE,
    NEWS_MAX_AGE,
    RECEPTOR_PURPOSE,
    SEND_JOB,
    EstadoNotificacion,
    last_digest_moment,
)
from app.notificaciones.rules.enclosures import list_enclosures
from app.notificaciones.service import (
    give_up,
    mark_uncertain,
    propose_next,
    start_sending,
    tell_buffet,
)
from app.notificaciones.service.hitos import WITHHELD, withhold_digest
from app.notificaciones.service.writing import PhotoLost
from app.oficios.service import UNDO_PERIOD

#: Notices that one transaction asks about: writers need not wait for all of them.
_BATCH = 20
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
    # The sender gives up or renews before the lease ends, so that nobody claims what is being
    # sent.
    lease_seconds=TOTAL_SECONDS + 100,
)
def send_notice(run: JobRun) -> None:
    """Send one notice and store how it went."""
    notice = load_notice(run)
    if notice.trabajo_id != run.trabajo_id:
        with run.finish("Otro trabajo lleva este aviso."):
            return
    if notice.estado is EstadoNotificacion.ENVIADA:
        with run.finish("Ya estaba enviado."):
            return
    if notice.estado in {EstadoNotificacion.ENVIANDO, EstadoNotificacion.INCIERTA}:
        with transaction():
            _hold(run)
            mark_uncertain(load_notice(run), _INTERRUPTED, now=run.clock())
        raise JobUncertain(f"{_INTERRUPTED} Puede haber llegado: pregunte al receptor.")
    if notice.oficio_id is None and read_told_cases(notice.id)[1]:
        with run.finish(WITHHELD):
            withhold_digest(load_notice(run))
        return
    if is_crowded():
        # A server that confirms nothing gets no more mails whose fate nobody would know.
        raise Postpone(run.clock() + timedelta(minutes=1))
    mail = _build(notice, run.clock())
    with transaction():
        _hold(run)
        if not start_sending(load_notice(run), now=run.clock()):
            raise LeaseLost(run.trabajo_id)
    send_and_store(run, mail)


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
    base = current_config().base_url
    try:
        pictures = []
        for photo in notice.adjuntos:
            if photo.id in notice.adjuntos_enlace:
                continue
            try:
                data, mime_type = read_copy(photo)
            except FileMissing:
                raise PhotoLost(photo.filename) from None
            pictures.append(
                Picture(photo_cid(photo.id, domain), copy_name(photo.filename), mime_type, data)
            )
        pictures += _logos(notice.cuerpo_html)
        links = _signed_links(notice, now)
        leave = f"{base}{links[LEAVE_MARK]}" if LEAVE_MARK in links else ""
        mail = Mail(
            to=Person(notice.destinatario_email, notice.destinatario_nombre or ""),
            sender=configured_sender(),
            subject=notice.asunto,
            text=_with_links(notice.cuerpo_texto, links),
            html=_with_links(notice.cuerpo_html, links),
            message_id=notice.message_id,
            date=now,
            reply_to=_reply_to(notice),
            cc=Person(notice.cc_email) if notice.cc_email else None,
            unsubscribe_url=leave,
            answers_id=_reminded_id(notice),
            is_automatic=notice.usuario_id is None,
            pictures=pictures,
            files=[
                AttachedFile(one.filename, one.mime_type, one.data)
                for one in list_enclosures(notice.clave or "")
            ],
        )
    except RastroError as error:
        raise JobError(str(error), retry=False) from None
    release()
    return mail


def _logos(html: str) -> list[Picture]:
    """The office's logo as it was when the mail was written."""
    found = ((cid, find_logo_data(sha256)) for cid, sha256 in logos_in(html).items())
    return [Picture(cid, "logo.png", "image/png", data) for cid, data in found if data]


def _signed_links(notice: Notificacion, now: datetime) -> dict[str, str]:
    """What is put in the place of the stored links, which open nothing: whole ones."""
    secret = str(current_app.secret_key)
    links = {}
    if notice.selector:
        token = make_token(notice.selector, secret, purpose=RECEPTOR_PURPOSE)
        links[receptor_path(notice.selector)] = receptor_path(token)
    if notice.buffet_id is not None:
        buffet = db.session.get_one(Buffet, notice.buffet_id)
        links[LEAVE_MARK] = f"/baja/{make_leave_token(buffet.id, buffet.baja_version, secret, now)}"
        current = current_token(buffet, secret, now, notice.destinatario_email)
        links[PORTAL_MARK] = f"/b/{current or 'vencido'}"
    return links


def _with_links(text: str, links: dict[str, str]) -> str:
    for stored, whole in links.items():
        text = text.replace(stored, whole)
    return text


def _reminded_id(notice: Notificacion) -> str:
    """The Message-ID of the notice that this one reminds of."""
    if notice.recordatorio_de_id is None:
        return ""
    return db.session.get_one(Notificacion, notice.recordatorio_de_id).message_id


def _reply_to(notice: Notificacion) -> Person | None:
    """Where answers by mail go: where the sender said, or to the sender."""
    if notice.responder_a:
        return Person(notice.responder_a)
    sender = notice.usuario
    return Person(sender.email, sender.nombre) if sender else None


@job("notificaciones.recordar", "Buscar avisos sin respuesta", every_seconds=600)
def find_unanswered(run: JobRun) -> None:
    """Propose a reminder or another receptor where nobody answered. Nothing is sent."""
    now = run.clock()
    hours = answer_hours()
    sent_before, sent_after = now - timedelta(hours=hours), now - LINK_LIFE
    ahead = now + CLOCK_SKEW
    waiting = list_unanswered(sent_before=sent_before, sent_after=sent_after, ahead=ahead)
    ids = [row.id for row in waiting]
    release()
    for start in range(0, len(ids), _BATCH):
        run.renew()
        with transaction():
            # Looked for again: one may have been answered since.
            again = list_unanswered(
                sent_before=sent_before,
                sent_after=sent_after,
                ahead=ahead,
                among=ids[start : start + _BATCH],
            )
            for notice in again:
                propose_next(notice, hours=hours, now=now)
    with run.finish():
        pass


@job("notificaciones.hitos", "Informar el avance a los buffets", every_seconds=300)
def tell_milestones(run: JobRun) -> None:
    """Order the mails about milestones: at once, or on Mondays, as each buffet chose."""
    now = run.clock()
    wanted = sa.select(Buffet.id).where(Buffet.activo, Buffet.modo_hitos != ModoHitos.NUNCA)
    for buffet_id in db.session.scalars(wanted.order_by(Buffet.id)).all():
        # Looking for news takes long, so it is done before writers have to wait for it.
        if not _is_to_be_told(db.session.get_one(Buffet, buffet_id), now):
            continue
        run.renew()
        with transaction():
            buffet = db.session.get_one(Buffet, buffet_id)
            if _is_to_be_told(buffet, now):
                _tell(buffet, now)
    with run.finish():
        pass


def _is_to_be_told(buffet: Buffet, now: datetime) -> bool:
    """Whether its digest is due, or there is news for one that is told at once."""
    if not buffet.activo or buffet.modo_hitos is ModoHitos.NUNCA:
        return False
    if _is_skewed(buffet, now):
        return True
    if buffet.modo_hitos is ModoHitos.SEMANAL:
        return buffet.resumen_hasta is None or last_digest_moment(now) > buffet.resumen_hasta
    return bool(_news(buffet, now))


def _is_skewed(buffet: Buffet, now: datetime) -> bool:
    """Whether a clock that ran ahead said from when on, or until when, it is told."""
    stamps = (buffet.resumen_hasta, buffet.modo_hitos_desde)
    return any(moment is not None and is_ahead_of(moment, now) for moment in stamps)


def _news(buffet: Buffet, now: datetime) -> list[HitoDeOficio]:
    since = max(buffet.modo_hitos_desde or now, now - NEWS_MAX_AGE)
    # Moves that can still be undone are not announced.
    until = now - UNDO_PERIOD
    found = list_news(buffet.id, since=since, until=until, ahead=now + CLOCK_SKEW)
    return [HitoDeOficio(oficio, hito) for oficio, hito in found]


def _tell(buffet: Buffet, now: datetime) -> None:
    weekly = buffet.modo_hitos is ModoHitos.SEMANAL
    due = last_digest_moment(now)
    # What a clock that ran ahead stamped counts from now on, or nothing would go out meanwhile.
    if buffet.modo_hitos_desde is not None and is_ahead_of(buffet.modo_hitos_desde, now):
        buffet.modo_hitos_desde = now
    if buffet.resumen_hasta is not None and is_ahead_of(buffet.resumen_hasta, now):
        buffet.resumen_hasta = due
        return
    if weekly:
        if buffet.resumen_hasta is not None and due <= buffet.resumen_hasta:
            return
        buffet.resumen_hasta = due
    if news := _news(buffet, now):
        tell_buffet(buffet, news, weekly=weekly, now=now)
