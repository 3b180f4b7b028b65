"""Access by need."""

from __future__ import annotations

from app.acceso import pages
from app.acceso.models import Apertura
from app.acceso.queries import limiting_option, may_know_case
from app.acceso.rules import OPEN_HOURS
from app.avisos.service import may_know
from app.db import limit_rows, limited_reader
from app.feature import Feature
from app.web.conditional import is_read_noted
from app.web.navigation import Link, Menu

limit_rows(limiting_option)

FEATURE = Feature(
    name="acceso",
    models=(Apertura,),
    pages=(pages,),
    settings=(OPEN_HOURS,),
    provides=(may_know.by(may_know_case), is_read_noted.by(pages.is_reading_noted)),
    navigation=(
        Link(
            Menu.BAR,
            70,
            "acceso.ask",
            "Pedir un caso",
            "lock",
            shows=lambda: limited_reader() is not None,
        ),
    ),
)
