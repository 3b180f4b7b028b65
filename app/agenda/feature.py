"""What is due."""

from __future__ import annotations

from app.agenda import pages
from app.agenda.jobs import tell_what_is_due
from app.agenda.models import EnlaceCalendario
from app.agenda.rules import DAYS_BEFORE, QUIET_DAYS
from app.feature import Feature

FEATURE = Feature(
    name="agenda",
    models=(EnlaceCalendario,),
    pages=(pages,),
    settings=(DAYS_BEFORE, QUIET_DAYS),
    jobs=(tell_what_is_due,),
)
