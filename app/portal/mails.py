"""The mail that brings the link to a buffet's dashboard.

It is written at the moment of sending and kept nowhere: what opens a dashboard is in no table, no
backup and no list of mails.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import make_msgid
from urllib.parse import urlsplit

from flask import current_app, render_template

from app.ajustes.queries import current_office
from app.buffets.models import Enlace
from app.buffets.rules import make_token
from app.core.dates import format_fecha
from app.extensions import current_config
from app.mail.message import Mail, Person
from app.mail.sender import configured_sender


def link_mail(enlace: Enlace, *, now: datetime, is_asked: bool) -> Mail:
    """The mail with the link of a person, or of a buffet.

    Raises:
        InvalidValue: the address cannot go into a mail.
    """
    buffet, office = enlace.buffet, current_office()
    token = make_token(enlace.selector, str(current_app.secret_key))
    context = {
        "asunto": "Su enlace al tablero de oficios",
        "nombre": enlace.etiqueta or buffet.contacto_nombre or buffet.nombre,
        "oficina": office,
        "logo": None,
        "boton": "Ver mis oficios",
        "url": f"{current_config().base_url}/b/{token}",
        "texto": "Alguien pidió otra vez su enlace al tablero con sus oficios."
        if is_asked
        else f"{office.nombre} le envía el enlace al tablero con los oficios de {buffet.nombre}.",
        "vida": f"El enlace sirve hasta el {format_fecha(enlace.expira_at)}.",
        "pie": "No lo reenvíe: quien lo tiene ve los oficios. Si no lo esperaba, avise a la "
        "oficina.",
    }
    email = enlace.email or buffet.email_principal
    return Mail(
        to=Person(email, str(context["nombre"])),
        sender=configured_sender(),
        subject=str(context["asunto"]),
        text=render_template("mail/clave.txt", **context),
        html=render_template("mail/clave.html", **context),
        message_id=make_msgid(domain=urlsplit(current_config().base_url).hostname or "localhost"),
        date=now,
        is_automatic=True,
    )
