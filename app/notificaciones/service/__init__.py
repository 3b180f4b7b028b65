"""What happens to notices and to the directory of receptores judiciales."""

from __future__ import annotations

from app.notificaciones.service.delivery import (
    give_up,
    mark_sent,
    mark_uncertain,
    start_sending,
    wait_again,
)
from app.notificaciones.service.notices import (
    AlreadyNotified,
    Destinatario,
    MailTooBig,
    NoticeData,
    check_size,
    choose_photos,
    create_notice,
    resend_notice,
    save_draft,
)
from app.notificaciones.service.receptores import (
    EmailTaken,
    ReceptorData,
    create_receptor,
    set_receptor_active,
    update_receptor,
)

__all__ = [
    "AlreadyNotified",
    "Destinatario",
    "EmailTaken",
    "MailTooBig",
    "NoticeData",
    "ReceptorData",
    "check_size",
    "choose_photos",
    "create_notice",
    "create_receptor",
    "give_up",
    "mark_sent",
    "mark_uncertain",
    "resend_notice",
    "save_draft",
    "set_receptor_active",
    "start_sending",
    "update_receptor",
    "wait_again",
]
