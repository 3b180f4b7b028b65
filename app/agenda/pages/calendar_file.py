"""A calendar as other programs read it (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.agenda.queries import Cita

#: How often a program is asked to look again.
_REFRESH = timedelta(hours=1)


def write_calendar(citas: Iterable[Cita], base_url: str, *, now: datetime) -> bytes:
    """The file of these lines. A line keeps its UID, so that a moved one moves."""
    from icalendar import Calendar, Event  # eighty modules, for this file alone

    host = urlsplit(base_url).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", "-//Rastro//Agenda//ES")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Rastro")
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    for cita in citas:
        event = Event()
        event.add("uid", f"{cita.uid}@{host}")
        event.add("dtstamp", now)
        event.add("summary", cita.titulo)
        event.add("dtstart", cita.cuando)
        event.add("url", f"{base_url}/oficios/{cita.oficio_id}")
        event.add("class", "PRIVATE")
        # A reminder takes no time of its own: it leaves the person free for others.
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
