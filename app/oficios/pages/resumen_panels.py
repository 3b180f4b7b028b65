"""What the case itself brings to its *Resumen*: addresses, entries, debtor and car."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from flask import url_for

from app.core.clock import local_today, utcnow
from app.core.plazos import business_days_left
from app.oficios.models import Oficio
from app.oficios.pages.sections import Attention, Panel, Side
from app.oficios.queries import newest_visits
from app.oficios.queries.bitacora import BitacoraFilter, list_entries
from app.oficios.rules.historial import pieces_of, text_of

#: Entries, addresses and people that the *Resumen* shows; the others are in their sections.
ENTRIES = 8
ADDRESSES = 4
PEOPLE = 2
#: Business days before a deadline from which it is due.
NEAR = 3
#: Days without anybody's work after which a case wants attention.
QUIET_DAYS = 3


def load_entries(oficio: Oficio, _counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The newest entries of the bitácora."""
    rows, _total = list_entries(oficio.id, BitacoraFilter(), limit=ENTRIES, offset=0, total=0)
    return {"entries": [row.entry for row in rows], "text_of": text_of, "pieces_of": pieces_of}


def load_addresses(oficio: Oficio, _counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The addresses of the case, those that were visited last first."""
    last = newest_visits(oficio.id) if oficio.direcciones else {}
    visited = sorted(
        oficio.direcciones,
        key=lambda one: last[one.id].fecha_hora if one.id in last else one.created_at,
        reverse=True,
    )
    return {
        "addresses": visited[:ADDRESSES],
        "last_visits": last,
        "more_addresses": max(0, len(visited) - ADDRESSES),
    }


def load_people(oficio: Oficio, _counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The people of the case; the template covers their RUT and telephone."""
    people = oficio.propietarios
    return {"people": people[:PEOPLE], "more_people": max(0, len(people) - PEOPLE)}


def load_car(_oficio: Oficio, _counts: Mapping[str, int]) -> Mapping[str, Any]:
    """The vehicle, which every part of the page has at hand."""
    return {}


def watch_dates(oficio: Oficio, _counts: Mapping[str, int]) -> Iterator[Attention]:
    """A deadline that is near or past, and a case that nobody worked on for days."""
    if oficio.estado.is_final:
        return
    now = utcnow()
    today = local_today(now)
    if oficio.fecha_limite and (said := _say_deadline(oficio.fecha_limite, today)):
        data = url_for("oficios.datos", oficio_id=oficio.id)
        is_late = oficio.fecha_limite < today
        yield Attention(said, data, "Ver el plazo", "calendar-due", is_late=is_late)
    quiet = (today - local_today(oficio.ultima_actividad_at)).days
    if quiet >= QUIET_DAYS:
        where = url_for("oficios.timeline", oficio_id=oficio.id)
        yield Attention(f"{quiet} días sin actividad.", where, "Anotar", "clock")


def _say_deadline(limit: date, today: date) -> str | None:
    """What is said of a deadline that is past or near; None of one that is far off."""
    if limit < today:
        return "El plazo ya venció."
    if limit == today:
        return "El plazo vence hoy."
    if limit > today + timedelta(days=4 * NEAR):
        return None  # and not counted: a typo may lie decades away
    left = business_days_left(limit, today)
    if left > NEAR:
        return None
    return f"El plazo vence en {left} {'día hábil' if left == 1 else 'días hábiles'}."


PANELS = (
    Panel("direcciones", Side.MAIN, 20, "oficios/_resumen_direcciones.html", load_addresses),
    Panel("entradas", Side.RAIL, 10, "oficios/_resumen_entradas.html", load_entries),
    Panel("deudor", Side.RAIL, 30, "oficios/_resumen_personas.html", load_people),
    Panel("vehiculo", Side.RAIL, 40, "oficios/_resumen_vehiculo.html", load_car),
)
