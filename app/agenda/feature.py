"""What is due."""

from __future__ import annotations

from app.agenda import pages
from app.agenda.jobs import tell_what_is_due
from app.agenda.models import EnlaceCalendario
from app.agenda.rules import DAYS_BEFORE, QUIET_DAYS
from app.agenda.service import drop_link_of_account
from app.feature import Feature
from app.usuarios.rules.leaving import end_links_of_account

FEATURE = Feature(
    name="agenda",
    models=(EnlaceCalendario,),
    pages=(pages,),
    settings=(DAYS_BEFORE, QUIET_DAYS),
    jobs=(tell_what_is_due,),
    provides=(end_links_of_account.by(drop_link_of_account),),
)
