"""Messages between the office and a buffet on a case."""

from __future__ import annotations

from app.feature import Feature
from app.mensajes import pages
from app.mensajes.models import Mensaje
from app.mensajes.pages import waiting_messages, watch_messages
from app.mensajes.queries import count_messages
from app.mensajes.rules import SETTINGS
from app.oficios.pages.sections import Section, Tab
from app.web.navigation import Audience, Group, Link, Menu

FEATURE = Feature(
    name="mensajes",
    models=(Mensaje,),
    pages=(pages,),
    sections=(
        Section(
            "mensajes",
            "Mensajes con el buffet",
            "message-2",
            "mensajes.section",
            72,
            count_messages,
            tab=Tab.NOTIFICACIONES,
        ),
    ),
    watches=(watch_messages,),
    settings=SETTINGS,
    navigation=(
        Link(
            Menu.ADMIN,
            25,
            "mensajes.index",
            "Mensajes",
            "message-2",
            audience=Audience.ADMIN,
            mark=waiting_messages,
            text="Lo que los buffets preguntan, y lo que se les escribe y falta validar.",
            group=Group.CON_QUIEN,
        ),
    ),
)
