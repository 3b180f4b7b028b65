"""Notices to receptores, mails to buffets, and the directory of receptores."""

from __future__ import annotations

from app.avisos.service import order_notice_mail
from app.feature import Feature
from app.notificaciones.jobs import find_unanswered, send_notice, tell_milestones
from app.notificaciones.models import (
    Borrador,
    HitoInformado,
    Notificacion,
    Plantilla,
    Receptor,
    Respuesta,
)
from app.notificaciones.pages import (
    all_mails,
    answered,
    closing,
    compose,
    link_sharing,
    notices,
    plantillas,
    receptor,
    receptores,
)
from app.notificaciones.pages.retiros import load_removal
from app.notificaciones.pages.slow_receptores import watch_answers
from app.notificaciones.queries import count_notices
from app.notificaciones.rules import SETTINGS
from app.notificaciones.rules.diligencias import REMOVAL_DAYS
from app.notificaciones.service import mail_notices
from app.oficios.pages.sections import Panel, Section, Side, Tab
from app.web.navigation import Audience, Group, Link, Menu

FEATURE = Feature(
    name="notificaciones",
    provides=(order_notice_mail.by(mail_notices),),
    models=(Borrador, HitoInformado, Notificacion, Plantilla, Receptor, Respuesta),
    pages=(
        notices,
        answered,
        link_sharing,
        compose,
        closing,
        all_mails,
        plantillas,
        receptores,
        receptor,
    ),
    sections=(
        Section(
            "notificaciones",
            "Notificaciones",
            "mail",
            "notificaciones.section",
            70,
            count_notices,
            tab=Tab.NOTIFICACIONES,
        ),
    ),
    panels=(Panel("retiro", Side.MAIN, 15, "notificaciones/_retiro.html", load_removal),),
    watches=(watch_answers,),
    settings=(*SETTINGS, REMOVAL_DAYS),
    jobs=(send_notice, find_unanswered, tell_milestones),
    navigation=(
        Link(
            Menu.ADMIN,
            30,
            "notificaciones.receptores",
            "Receptores",
            "gavel",
            audience=Audience.ADMIN,
            text="El directorio, con los tribunales en que actúan.",
            group=Group.CON_QUIEN,
        ),
        Link(
            Menu.ADMIN,
            60,
            "notificaciones.correos",
            "Correos",
            "mail",
            audience=Audience.ADMIN,
            mark=all_mails.waiting_mails,
            text="Cada correo que salió, o que no pudo salir.",
            group=Group.QUE_HA_PASADO,
        ),
        Link(
            Menu.SETTINGS,
            10,
            "notificaciones.template",
            "Plantilla del aviso al receptor",
            "mail",
            audience=Audience.ADMIN,
            text="Asunto, saludo y despedida, con vista previa.",
        ),
    ),
)
