"""Mails about the password of an account: the links with which a person chooses it, and that it
was changed.

They are written at the moment of sending and kept nowhere: what opens an account is in no table,
no backup and no list of mails.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import make_msgid
from urllib.parse import urlsplit

from flask import current_app, render_template

from app.ajustes.queries import current_office
from app.core.dates import format_fecha_hora
from app.extensions import current_config
from app.mail.message import Mail, Person
from app.mail.sender import configured_sender
from app.usuarios.models import Usuario
from app.usuarios.rules import INVITE_LIFE, make_invite, make_recovery


def recovery_mail(usuario: Usuario, *, now: datetime) -> Mail:
    """The mail for who forgot the password.

    Raises:
        InvalidValue: the account's address cannot go into a mail.
    """
    token = make_recovery(usuario.get_id(), str(current_app.secret_key), now=now)
    return account_mail(
        usuario,
        "Elija otra contraseña de Rastro",
        now,
        url=f"{current_config().base_url}/recuperar/{token}",
        texto="Alguien pidió un enlace para elegir otra contraseña de su cuenta.",
        vida="El enlace sirve una vez y dura 30 minutos.",
        pie="Si no lo pidió usted, no haga nada: su contraseña sigue siendo la misma.",
    )


def invite_mail(usuario: Usuario, *, now: datetime) -> Mail:
    """The mail with an invitation.

    Raises:
        InvalidValue: the account's address cannot go into a mail.
    """
    return account_mail(
        usuario,
        "Elija su contraseña de Rastro",
        now,
        url=invite_url(usuario, now=now),
        texto=f"Un administrador le envía un enlace para elegir la contraseña de {usuario.email}.",
        vida=f"El enlace sirve una vez y dura {INVITE_LIFE.days} días.",
        pie="No lo reenvíe: quien lo abra entra con su cuenta.",
    )


def password_mail(usuario: Usuario, *, now: datetime, changed_at: datetime) -> Mail:
    """The mail that tells a person that their password was changed.

    Raises:
        InvalidValue: the account's address cannot go into a mail.
    """
    return account_mail(
        usuario,
        "Cambió su contraseña de Rastro",
        now,
        url=f"{current_config().base_url}/recuperar",
        boton="No fui yo: elegir otra contraseña",
        texto=f"La contraseña de {usuario.email} se cambió el {format_fecha_hora(changed_at)}.",
        vida="Si fue usted, no tiene que hacer nada.",
        pie="Si no fue usted, elija otra contraseña ahora y avise a quien administra Rastro.",
    )


def invite_url(usuario: Usuario, *, now: datetime) -> str:
    """The address that an invitation opens."""
    token = make_invite(usuario.get_id(), str(current_app.secret_key), now=now)
    return f"{current_config().base_url}/invitacion/{token}"


def account_mail(usuario: Usuario, asunto: str, now: datetime, **words: str) -> Mail:
    """A mail to the person of an account: ``texto``, a button ``boton`` to ``url``, two lines more.

    Raises:
        InvalidValue: the account's address cannot go into a mail.
    """
    context = {
        "asunto": asunto,
        "nombre": usuario.nombre,
        "oficina": current_office(),
        "logo": None,
        "boton": "Elegir contraseña",
        **words,
    }
    return Mail(
        to=Person(usuario.email, usuario.nombre),
        sender=configured_sender(),
        subject=asunto,
        text=render_template("mail/clave.txt", **context),
        html=render_template("mail/clave.html", **context),
        message_id=make_msgid(domain=urlsplit(current_config().base_url).hostname or "localhost"),
        date=now,
        is_automatic=True,
    )
