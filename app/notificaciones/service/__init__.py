"""Verbs for notices, their answers and the directory of receptores judiciales."""

from __future__ import annotations

from app.notificaciones.service.automatic_mails import mail_notices, order_mail
from app.notificaciones.service.closing import close_carried_out
from app.notificaciones.service.delivery import (
    give_up,
    mark_sent,
    mark_uncertain,
    start_sending,
    wait_again,
)
from app.notificaciones.service.hitos import tell_buffet
from app.notificaciones.service.notices import (
    AlreadyNotified,
    Destinatario,
    MailTooBig,
    NoticeData,
    check_size,
    choose_photos,
    create_notice,
    save_draft,
)
from app.notificaciones.service.plantillas import save_textos
from app.notificaciones.service.receptores import (
    ReceptorData,
    ReceptorEmailTaken,
    create_receptor,
    set_receptor_active,
    update_receptor,
)
from app.notificaciones.service.reminders import check_remindable, propose_next
from app.notificaciones.service.resending import describe_resend, resend_notice
from app.notificaciones.service.respuestas import (
    RespuestaData,
    answer_notice,
    check_answerable,
    describe,
)

__all__ = [
    "AlreadyNotified",
    "Destinatario",
    "MailTooBig",
    "NoticeData",
    "ReceptorData",
    "ReceptorEmailTaken",
    "RespuestaData",
    "answer_notice",
    "check_answerable",
    "check_remindable",
    "check_size",
    "choose_photos",
    "close_carried_out",
    "create_notice",
    "create_receptor",
    "describe",
    "describe_resend",
    "give_up",
    "mail_notices",
    "mark_sent",
    "mark_uncertain",
    "order_mail",
    "propose_next",
    "resend_notice",
    "save_draft",
    "save_textos",
    "set_receptor_active",
    "start_sending",
    "tell_buffet",
    "update_receptor",
    "wait_again",
]
