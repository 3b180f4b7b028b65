"""What a law firm sees through its link."""

from __future__ import annotations

from app.feature import Feature
from app.portal import pages
from app.portal.access import landing, open_link_id
from app.portal.jobs import mail_link
from app.portal.pages import lost_links, own_cases, own_messages
from app.web.conditional import find_open_link
from app.web.navigation import Audience, Link, Menu

FEATURE = Feature(
    name="portal",
    pages=(pages, own_cases, own_messages, lost_links),
    navigation=(
        Link(Menu.BAR, 10, "portal.home", "Mis oficios", "file-text", audience=Audience.CLIENTE),
    ),
    jobs=(mail_link,),
    landing=landing,
    provides=(find_open_link.by(open_link_id),),
)
